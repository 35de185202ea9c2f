//! Sends back every message, on every path.
//!
//! ```text
//! cargo run --example echo_server [PORT]
//! ```

use std::env;
use std::error::Error;
use wsoup::{Server, ServerListenOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let port = env::args().nth(1).map_or(Ok(8080), |port| port.parse())?;
    let server = Server::new();
    server.add_websocket_handler(None, None, &[], |_, _, _, connection| {
        // The server keeps the connection until it is closed.
        connection.connect_message(|connection, kind, bytes| connection.send_message(kind, bytes));
    });
    server.listen_local(port, ServerListenOptions::IPV4_ONLY)?;
    for uri in server.uris() {
        println!("listening on ws://127.0.0.1:{}/", uri.port());
    }
    glib::MainLoop::new(None, false).run();
    Ok(())
}
