//! Says something to an echo server, looks at what comes back, and closes the connection.
//!
//! ```text
//! cargo run --example echo_client ws://127.0.0.1:8080/
//! ```

use std::env;
use std::error::Error;
use std::process::ExitCode;
use wsoup::{Message, Session};

const TEXT: &str = "hello";
const BYTES: &[u8] = &[0x00, 0x01, 0xfe, 0xff];

fn main() -> ExitCode {
    let uri = env::args()
        .nth(1)
        .unwrap_or_else(|| "ws://127.0.0.1:8080/".to_owned());
    match glib::MainContext::default().block_on(talk(&uri)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("Rust: no connection: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether both messages came back and the connection was closed in order.
async fn talk(uri: &str) -> Result<bool, Box<dyn Error>> {
    let session = Session::new();
    let message =
        Message::new("GET", uri).ok_or_else(|| format!("{uri} is no URI to connect to"))?;
    let connection = session
        .websocket_connect_future(&message, None, &[])
        .await?;

    // What the signals say becomes something to wait for; the channel ends with the connection.
    let (sender, messages) = async_channel::unbounded();
    connection.connect_closed({
        let sender = sender.clone();
        move |_| {
            sender.close();
        }
    });
    connection.connect_message(move |_, _, bytes| {
        let _ = sender.try_send(bytes.clone());
    });

    connection.send_text(TEXT);
    let text = messages.recv().await?;
    println!(
        "Rust: sent {TEXT:?}, got {:?}",
        String::from_utf8_lossy(&text)
    );

    connection.send_binary(BYTES);
    let bytes = messages.recv().await?;
    println!(
        "Rust: sent {} bytes, got {} bytes",
        BYTES.len(),
        bytes.len()
    );

    connection.close(1000, Some("thank you"));
    let is_silent = messages.recv().await.is_err();
    println!("Rust: closed with {}", connection.close_code());
    Ok(is_silent && text == TEXT.as_bytes() && bytes == BYTES && connection.close_code() == 1000)
}
