//! The peer of Autobahn's test suite, in either role: it sends back every message.
//!
//! ```text
//! wsoup-autobahn server                 prints where it listens, and echoes until it is ended
//! wsoup-autobahn client URI AGENT       runs each case of the fuzzing server there
//! ```
//!
//! What the suite makes of it is in the reports that it writes; `suite.py` reads them.

use std::cell::RefCell;
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::rc::Rc;
use wsoup::{Message, Server, ServerListenOptions, Session, WebsocketConnection};

/// The biggest messages of the suite have 16 MiB, those of 9.1.6 and 9.2.6.
const LARGEST_MESSAGE: u64 = 16 << 20;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["server"] => serve(),
        ["client", uri, agent] => glib::MainContext::default().block_on(run_cases(uri, agent)),
        _ => Err("expected `server`, or `client URI AGENT`".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wsoup-autobahn: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Sends back what comes, and lets pass what the suite sends at most.
fn echo(connection: &WebsocketConnection) {
    connection.set_max_incoming_payload_size(LARGEST_MESSAGE);
    connection.set_max_total_message_size(LARGEST_MESSAGE);
    connection.connect_message(|connection, kind, bytes| connection.send_message(kind, bytes));
}

fn serve() -> Result<()> {
    let server = Server::new();
    server.add_websocket_handler(None, None, &[], |_, _, _, connection| echo(connection));
    server.listen_local(0, ServerListenOptions::IPV4_ONLY)?;
    for uri in server.uris() {
        println!("ws://127.0.0.1:{}", uri.port());
    }
    glib::MainLoop::new(None, false).run();
    Ok(())
}

/// Opens one connection for each case, and one before and one after to ask for their number and
/// for the reports.
async fn run_cases(uri: &str, agent: &str) -> Result<()> {
    let session = Session::new();
    let count: u32 = first_message(&session, &format!("{uri}/getCaseCount"))
        .await?
        .ok_or("the server did not say how many cases there are")?
        .parse()?;
    for case in 1..=count {
        let connection = open(
            &session,
            &format!("{uri}/runCase?case={case}&agent={agent}"),
        )
        .await?;
        echo(&connection);
        closed(&connection).await;
    }
    let reports = format!("{uri}/updateReports?agent={agent}");
    closed(&open(&session, &reports).await?).await;
    println!("{count}");
    Ok(())
}

async fn open(session: &Session, uri: &str) -> Result<WebsocketConnection> {
    let message = Message::new("GET", uri).ok_or_else(|| format!("no URI: {uri}"))?;
    Ok(session
        .websocket_connect_future(&message, None, &[])
        .await
        .map_err(|error| format!("{uri}: {error}"))?)
}

/// What the server says before it closes the connection, if anything.
async fn first_message(session: &Session, uri: &str) -> Result<Option<String>> {
    let connection = open(session, uri).await?;
    let text: Rc<RefCell<Option<String>>> = Rc::default();
    connection.connect_message({
        let text = text.clone();
        move |_, _, bytes| {
            text.borrow_mut()
                .get_or_insert(String::from_utf8_lossy(bytes).into_owned());
        }
    });
    closed(&connection).await;
    Ok(text.take())
}

/// Returns when the connection is closed, however that came about: most cases end it badly.
async fn closed(connection: &WebsocketConnection) {
    let (sender, receiver) = async_channel::bounded::<()>(1);
    connection.connect_closed(move |_| {
        sender.close();
    });
    let _ = receiver.recv().await;
}
