//! `wsoup connect`.

use crate::Failure;
use async_channel::{Receiver, Sender};
use clap::Args;
use std::cell::RefCell;
use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;
use std::rc::Rc;
use wsoup::{Message, Session, WebsocketConnection};

/// Bytes of standard input that become one binary message at most.
const CHUNK: usize = 64 * 1024;

#[derive(Args)]
pub(crate) struct Options {
    /// Where to connect to, such as wss://example.org/chat.
    uri: String,
    /// A header of the request, such as "Authorization: Bearer 1234". May be repeated.
    #[arg(long, value_name = "NAME: VALUE", value_parser = parse_header)]
    header: Vec<(String, String)>,
    /// The origin to send.
    #[arg(long)]
    origin: Option<String>,
    /// A subprotocol to offer, the preferred one first. May be repeated.
    #[arg(long, value_name = "NAME")]
    protocol: Vec<String>,
    /// Accept any certificate.
    #[arg(long)]
    insecure: bool,
    /// Trust the certificates in this PEM file instead of the system's.
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// Send standard input as binary messages, and print messages as they are.
    #[arg(long)]
    binary: bool,
}

fn parse_header(header: &str) -> Result<(String, String), String> {
    let (name, value) = header.split_once(':').ok_or("expected NAME: VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let main_loop = glib::MainLoop::new(None, false);
    let result = Rc::new(RefCell::new(Ok(())));
    glib::MainContext::default().spawn_local({
        let (main_loop, result) = (main_loop.clone(), result.clone());
        async move {
            let _ = result.replace(talk(options).await);
            main_loop.quit();
        }
    });
    main_loop.run();
    result.replace(Ok(()))
}

/// Connects, and returns when the connection is closed.
async fn talk(options: Options) -> Result<(), Failure> {
    let connection = open(&options).await?;
    // A connection that is not polled any more has no end to report.
    let (closed_sender, closed) = async_channel::bounded(1);
    let error = Rc::new(RefCell::new(None::<String>));

    let binary = options.binary;
    connection.connect_message(move |connection, _, bytes| {
        if print(bytes, binary).is_err() {
            // Nobody reads what we print.
            connection.close(1000, None);
        }
    });
    connection.connect_error({
        let error = error.clone();
        move |_, cause| {
            error.replace(Some(cause.to_string()));
        }
    });
    connection.connect_closed(move |_| {
        let _ = closed_sender.try_send(());
    });
    glib::MainContext::default().spawn_local(send_input(connection.clone(), binary));

    let _ = closed.recv().await;
    let error = error.take();
    match (error, connection.close_code()) {
        (Some(error), _) => Err(Failure::Broken(error)),
        (None, 1000 | 1001 | 1005) => Ok(()),
        (None, code) => {
            let reason = connection.close_data().unwrap_or_default();
            Err(Failure::Broken(
                format!("closed with {code} {reason}").trim_end().to_owned(),
            ))
        }
    }
}

async fn open(options: &Options) -> Result<WebsocketConnection, Failure> {
    let message = Message::new("GET", &options.uri)
        .ok_or_else(|| Failure::NotStarted(format!("{} is no URI to connect to", options.uri)))?;
    for (name, value) in &options.header {
        message.request_headers().append(name, value);
    }
    if options.insecure {
        message.connect_accept_certificate(|_, _, _| true);
    }
    let session = Session::builder().user_agent("").build();
    if let Some(ca) = &options.ca {
        session.set_tls_database(Some(&gio::TlsFileDatabase::new(ca)?));
    }
    let protocols: Vec<&str> = options.protocol.iter().map(String::as_str).collect();
    let connection = session
        .websocket_connect_future(&message, options.origin.as_deref(), &protocols)
        .await;
    match connection {
        Ok(connection) => {
            // Whoever runs this wants to see what comes, however big.
            connection.set_max_incoming_payload_size(0);
            Ok(connection)
        }
        Err(error) if message.status() >= 300 => Err(Failure::NotStarted(format!(
            "the server answered {} {}",
            message.status(),
            message
                .reason_phrase()
                .unwrap_or_else(|| error.to_string().into())
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Sends what comes from standard input, and closes the connection at its end.
async fn send_input(connection: WebsocketConnection, binary: bool) {
    // Reading blocks, so it has a thread of its own; the channel keeps it from running ahead.
    let (sender, receiver): (Sender<Vec<u8>>, Receiver<Vec<u8>>) = async_channel::bounded(1);
    std::thread::spawn(move || {
        if binary {
            read_chunks(&sender)
        } else {
            read_lines(&sender)
        }
    });
    while let Ok(input) = receiver.recv().await {
        if binary {
            connection.send_binary(&input);
        } else {
            connection.send_text(&String::from_utf8_lossy(&input));
        }
    }
    connection.close(1000, None);
}

fn read_lines(sender: &Sender<Vec<u8>>) {
    let mut input = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        match input.read_until(b'\n', &mut line) {
            Ok(1..) => (),
            Ok(0) | Err(_) => return,
        }
        if line.ends_with(b"\n") {
            line.pop();
        }
        if sender.send_blocking(line).is_err() {
            return;
        }
    }
}

fn read_chunks(sender: &Sender<Vec<u8>>) {
    let mut input = io::stdin().lock();
    let mut chunk = vec![0; CHUNK];
    while let Ok(length @ 1..) = input.read(&mut chunk) {
        if sender.send_blocking(chunk[..length].to_vec()).is_err() {
            return;
        }
    }
}

fn print(bytes: &[u8], binary: bool) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(bytes)?;
    if !binary {
        output.write_all(b"\n")?;
    }
    output.flush()
}
