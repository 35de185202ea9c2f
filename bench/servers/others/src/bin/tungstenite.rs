//! The echo server of tokio-tungstenite, in one thread: `tungstenite PORT`.

use futures_util::{StreamExt, TryStreamExt, future};
use std::error::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

const LARGEST_MESSAGE: usize = 64 << 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::args().nth(1).ok_or("expected a port")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        tokio::spawn(echo(socket));
    }
}

async fn echo(socket: TcpStream) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST_MESSAGE))
        .max_frame_size(Some(LARGEST_MESSAGE));
    if let Ok(stream) = accept_async_with_config(socket, Some(config)).await {
        let (sink, messages) = stream.split();
        // Writes when there is nothing more to read. It ends with the connection, however that does.
        let _ = messages
            .try_filter(|message| future::ready(message.is_text() || message.is_binary()))
            .forward(sink)
            .await;
    }
}
