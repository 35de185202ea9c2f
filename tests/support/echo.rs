//! A server with an echo, and how to connect to it.

use super::block_on;
use wsoup::{Message, Server, ServerListenOptions, Session, WebsocketConnection};

pub(crate) const NO_OPTIONS: ServerListenOptions = ServerListenOptions::empty();

/// A server with an echo under `/echo`, on a free port.
pub(crate) fn echo_server() -> Server {
    let server = Server::new();
    add_echo(&server);
    server
        .listen_local(0, NO_OPTIONS)
        .expect("there is a free port");
    server
}

pub(crate) fn add_echo(server: &Server) {
    server.add_websocket_handler(
        Some("/echo"),
        None,
        &["one", "two"],
        |_, _, _, connection| {
            connection
                .connect_message(|connection, kind, bytes| connection.send_message(kind, bytes));
        },
    );
}

pub(crate) fn port(server: &Server) -> i32 {
    server.uris()[0].port()
}

pub(crate) fn uri(server: &Server, path: &str) -> String {
    let scheme = if server.is_https() { "wss" } else { "ws" };
    format!("{scheme}://127.0.0.1:{}{path}", port(server))
}

pub(crate) fn get(uri: &str) -> Message {
    Message::new("GET", uri).expect("it is a URI")
}

/// Connects and waits for the result.
pub(crate) fn connect(
    context: &glib::MainContext,
    session: &Session,
    message: &Message,
    protocols: &[&str],
) -> Result<WebsocketConnection, glib::Error> {
    block_on(
        context,
        session.websocket_connect_future(message, None, protocols),
    )
}
