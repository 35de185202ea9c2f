//! The echo server of fastwebsockets, in one thread: `fastwebsockets PORT`.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fastwebsockets::{Frame, OpCode, Role, WebSocket};
use sha1::{Digest, Sha1};
use std::error::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LARGEST_MESSAGE: usize = 64 << 20;
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::args().nth(1).ok_or("expected a port")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (socket, _) = listener.accept().await?;
        tokio::spawn(async {
            // It ends with the connection, however that does.
            let _ = echo(socket).await;
        });
    }
}

async fn echo(mut socket: TcpStream) -> Result<(), Box<dyn Error>> {
    socket.set_nodelay(true)?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if socket.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let answer = accept(std::str::from_utf8(&request)?).ok_or("no handshake")?;
    socket.write_all(answer.as_bytes()).await?;

    let mut connection = WebSocket::after_handshake(socket, Role::Server);
    connection.set_max_message_size(LARGEST_MESSAGE);
    loop {
        let frame = connection.read_frame().await?;
        match frame.opcode {
            OpCode::Text | OpCode::Binary => {
                // A new frame: the one that came keeps its mask.
                let echo = Frame::new(frame.fin, frame.opcode, None, frame.payload);
                connection.write_frame(echo).await?;
            }
            OpCode::Close => return Ok(()),
            OpCode::Continuation | OpCode::Ping | OpCode::Pong => (),
        }
    }
}

/// The crate's own handshake needs an HTTP library beside it.
fn accept(request: &str) -> Option<String> {
    let key = request
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find_map(|(name, value)| {
            name.eq_ignore_ascii_case("sec-websocket-key")
                .then_some(value)
        })?;
    let accept = BASE64_STANDARD.encode(Sha1::digest(format!("{key}{GUID}")));
    Some(format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    ))
}
