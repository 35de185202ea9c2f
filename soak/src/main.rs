//! Many connections between two processes, for a long time, with all that a connection can do, and
//! with all kinds of faults. Each message carries the number of its connection, its own and a checksum,
//! so that each side sees what is lost, reordered, doubled or changed. At the end both sides compare
//! their accounts, and nothing may be left: no object, no operation, no descriptor.
//!
//! `wsoup-soak [--connections N] [--seconds N] [--rate N] [--seed N] --folder FOLDER`, where the folder
//! has what `tests/certificates/make` makes. `--server` is for itself.

mod actions;
mod client;
mod control;
mod counts;
mod memory;
mod message;
mod peer;
mod process;
mod random;
mod record;
mod report;
mod server;
mod wait;

use actions::Pace;
use std::cell::RefCell;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

#[derive(Clone, Debug)]
pub(crate) struct Options {
    is_server: bool,
    folder: PathBuf,
    pub(crate) connections: u64,
    pub(crate) seconds: u64,
    /// Actions a second of each process.
    pub(crate) rate: u64,
    pub(crate) seed: u64,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self {
            is_server: false,
            folder: PathBuf::new(),
            connections: 10_000,
            seconds: 600,
            rate: 3000,
            seed: glib::random_int().into(),
        };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or("an option without a value")?;
            match name.as_str() {
                "--server" | "--folder" => {
                    options.is_server = name == "--server";
                    options.folder = value.into();
                }
                "--connections" => options.connections = value.parse()?,
                "--seconds" => options.seconds = value.parse()?,
                "--rate" => options.rate = value.parse()?,
                "--seed" => options.seed = value.parse()?,
                _ => return Err(format!("unknown option: {name}").into()),
            }
        }
        Ok(options)
    }

    /// Connections live for a minute, or a third of the time if that is shorter.
    pub(crate) fn pace(&self) -> Pace {
        let life = (self.seconds / 3).clamp(1, 60);
        // Both sides end them.
        let endings = self.connections * 10_000 / (2 * life * self.rate.max(1));
        Pace {
            rate: self.rate,
            endings: endings.clamp(1, 2000),
            most_unanswered: 20 + self.connections / 20,
        }
    }
}

fn main() -> ExitCode {
    let result = Options::parse(std::env::args().skip(1)).and_then(run);
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("wsoup-soak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<bool, Box<dyn Error>> {
    // What the library complains of is a failure, too.
    glib::log_set_always_fatal(glib::LogLevels::LEVEL_CRITICAL | glib::LogLevels::LEVEL_ERROR);
    if options.is_server {
        server::run(options.seed, options.pace(), &options.folder)?;
        return Ok(true);
    }
    let result = Rc::new(RefCell::new(None));
    let main_loop = glib::MainLoop::new(None, false);
    glib::MainContext::default().spawn_local({
        let (result, main_loop) = (result.clone(), main_loop.clone());
        async move {
            let folder = options.folder.clone();
            let outcome = client::run(options, &folder).await;
            result.replace(Some(outcome));
            main_loop.quit();
        }
    });
    main_loop.run();
    result
        .take()
        .unwrap_or_else(|| Err("it has not ended".into()))
}
