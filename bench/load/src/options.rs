//! What a run is told.

use crate::Result;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// All options of all words; each word reads those that concern it.
pub struct Options {
    /// The server.
    pub address: SocketAddr,
    /// Connections with messages in flight.
    pub connections: usize,
    /// Messages in flight on each of them.
    pub in_flight: usize,
    /// Bytes of a message.
    pub size: usize,
    /// Connections beside these on which nothing is sent.
    pub idle: usize,
    /// What is counted.
    pub duration: Duration,
    /// What passes before.
    pub warmup: Duration,
    /// The server does not know WebSocket, and sends back what it gets as it got it.
    pub raw: bool,
    /// Text messages instead of binary ones.
    pub text: bool,
    /// The authority of the server's certificate, or the certificate and key of our own.
    pub tls: Option<PathBuf>,
    /// The server's process, to account what it uses.
    pub pid: Option<u32>,
    /// Where the server counts its allocations.
    pub counter: Option<PathBuf>,
}

/// Takes the word and the options from the command line.
pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<(String, Options)> {
    let word = arguments.next().unwrap_or_default();
    let mut options = Options {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        connections: 1,
        in_flight: 1,
        size: 16,
        idle: 0,
        duration: Duration::from_secs(2),
        warmup: Duration::from_millis(500),
        raw: false,
        text: false,
        tls: None,
        pid: None,
        counter: None,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--connections" => options.connections = value()?.parse()?,
            "--in-flight" => options.in_flight = value()?.parse()?,
            "--size" => options.size = value()?.parse()?,
            "--idle" => options.idle = value()?.parse()?,
            "--duration" => options.duration = Duration::from_secs_f64(value()?.parse()?),
            "--warmup" => options.warmup = Duration::from_secs_f64(value()?.parse()?),
            "--raw" => options.raw = true,
            "--text" => options.text = true,
            "--tls" => options.tls = Some(value()?.into()),
            "--pid" => options.pid = Some(value()?.parse()?),
            "--counter" => options.counter = Some(value()?.into()),
            address => {
                options.address = address
                    .parse()
                    .map_err(|_| format!("neither an option nor an address: {address}"))?;
            }
        }
    }
    if options.in_flight == 0 || options.size == 0 {
        return Err("there is no load without messages".into());
    }
    Ok((word, options))
}
