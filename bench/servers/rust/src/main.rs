//! The echo server of wsoup in Rust: `wsoup-rust PORT`.

use std::error::Error;
use wsoup::{Server, ServerListenOptions};

const LARGEST_MESSAGE: u64 = 64 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).ok_or("expected a port")?.parse()?;
    let server = Server::new();
    server.add_websocket_handler(None, None, &[], |_, _, _, connection| {
        connection.set_max_incoming_payload_size(LARGEST_MESSAGE);
        connection.set_max_total_message_size(LARGEST_MESSAGE);
        connection.connect_message(|connection, kind, bytes| connection.send_message(kind, bytes));
    });
    server.listen_local(port, ServerListenOptions::IPV4_ONLY)?;
    glib::MainLoop::new(None, false).run();
    Ok(())
}
