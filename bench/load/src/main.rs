//! The load generator of the benchmarks, in one thread over one epoll set.
//!
//! ```text
//! load run ADDRESS [OPTION...]        keeps messages in flight, and checks each echo of them
//! load connect ADDRESS [OPTION...]    opens and closes connections, one after the other
//! load serve [--raw] [--tls PEM]      is an echo server itself, for clients that are measured
//! ```
//!
//! Each prints one line of JSON; `serve` prints its port. `options.rs` has the options.

mod connect;
mod handshake;
mod histogram;
mod options;
mod process;
mod ring;
mod run;
mod serve;
mod stream;

use std::error::Error;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let result = options::parse(std::env::args().skip(1)).and_then(|(word, options)| {
        process::raise_file_limit()?;
        match word.as_str() {
            "run" => run::run(&options),
            "connect" => connect::run(&options),
            "serve" => serve::run(&options),
            _ => Err("expected `run`, `connect` or `serve`".into()),
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}
