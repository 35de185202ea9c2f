//! `wsoup`: WebSockets on the command line, written against the public Rust API of the library.

mod connect;
mod serve;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Talk WebSocket on the command line.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Connect to a server: lines from standard input are sent, messages are printed.
    ///
    /// Ends with 0 when the connection was closed in order, 1 when it could not be opened, 3 when
    /// it broke or was closed with an error.
    Connect(connect::Options),
    /// Serve WebSocket connections that get back what they send, on every path.
    Echo(Listen),
    /// Serve a folder over HTTP, an echo under /echo and a chat room under /chat.
    Serve {
        /// The folder.
        folder: PathBuf,
        #[command(flatten)]
        listen: Listen,
    },
}

/// Where a server listens: unless systemd has passed it sockets, then it listens on those.
#[derive(Args)]
struct Listen {
    /// The port; 0 for a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Listen on all addresses of the machine, not only for programs that run on it.
    #[arg(long)]
    all: bool,
    /// Serve over TLS, with the certificate and the private key in this PEM file.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
}

/// How a command can end badly.
enum Failure {
    /// There was no connection, or no server.
    NotStarted(String),
    /// The connection broke.
    Broken(String),
}

impl From<glib::Error> for Failure {
    fn from(error: glib::Error) -> Self {
        Self::NotStarted(error.to_string())
    }
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Connect(options) => connect::run(options),
        Command::Echo(listen) => serve::echo(&listen),
        Command::Serve { folder, listen } => serve::folder(folder, &listen),
    };
    let (code, text) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::NotStarted(text)) => (1, text),
        Err(Failure::Broken(text)) => (3, text),
    };
    eprintln!("wsoup: {text}");
    ExitCode::from(code)
}
