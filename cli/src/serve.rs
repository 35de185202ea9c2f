//! `wsoup echo` and `wsoup serve`.

use crate::{Failure, Listen};
use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use wsoup::{Server, ServerListenOptions, ServerMessage, WebsocketCloseCode, WebsocketConnection};

/// Seconds that clients have to go when the server is told to end.
const SHUTDOWN_TIMEOUT: u32 = 10;

pub(crate) fn echo(listen: &Listen) -> Result<(), Failure> {
    let server = Server::builder().server_header("").build();
    add_echo(&server, None);
    run(&server, listen, "ws")
}

pub(crate) fn folder(folder: PathBuf, listen: &Listen) -> Result<(), Failure> {
    let root = fs::canonicalize(&folder)
        .map_err(|error| Failure::NotStarted(format!("{}: {error}", folder.display())))?;
    let server = Server::builder().server_header("").build();
    server.add_handler(None, move |_, message, path, _| {
        answer_file(message, &root, path)
    });
    add_echo(&server, Some("/echo"));
    add_chat(&server, "/chat");
    run(&server, listen, "http")
}

fn run(server: &Server, listen: &Listen, scheme: &str) -> Result<(), Failure> {
    let mut options = ServerListenOptions::empty();
    if let Some(file) = &listen.certificate {
        server.set_tls_certificate(&gio::TlsCertificate::from_file(file)?);
        options |= ServerListenOptions::HTTPS;
    }
    // What systemd passes comes before what is said here.
    if server.listen_fds(None, options)? == 0 {
        if listen.all {
            server.listen_all(listen.port, options)?;
        } else {
            server.listen_local(listen.port, options)?;
        }
    }
    let secure = if options.is_empty() { "" } else { "s" };
    // One line, so that scripts can wait for it; IPv4 is what everybody can type.
    if let Some(uri) = server.uris().first() {
        let host = uri.host().unwrap_or_default();
        println!("listening on {scheme}{secure}://{host}:{}/", uri.port());
    }
    let main_loop = glib::MainLoop::new(None, false);
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let (server, main_loop) = (server.clone(), main_loop.clone());
        glib_unix::unix_signal_add_local_once(signal, move || shut_down(&server, &main_loop));
    }
    main_loop.run();
    Ok(())
}

/// Has all clients go, and ends `main_loop` when they have.
fn shut_down(server: &Server, main_loop: &glib::MainLoop) {
    let main_loop = main_loop.clone();
    let code = WebsocketCloseCode::GoingAway as u16;
    server.shutdown_async(
        code,
        None,
        SHUTDOWN_TIMEOUT,
        gio::Cancellable::NONE,
        move |result| {
            if let Err(error) = result {
                eprintln!("wsoup: {error}");
            }
            main_loop.quit();
        },
    );
}

fn add_echo(server: &Server, path: Option<&str>) {
    server.add_websocket_handler(path, None, &[], |_, _, _, connection| {
        connection.set_max_incoming_payload_size(16 << 20);
        connection.set_max_total_message_size(16 << 20);
        connection.connect_message(|connection, kind, bytes| connection.send_message(kind, bytes));
    });
}

/// A room in which everybody gets what anybody says.
fn add_chat(server: &Server, path: &str) {
    let room: Rc<RefCell<Vec<WebsocketConnection>>> = Rc::default();
    server.add_websocket_handler(Some(path), None, &[], move |_, _, _, connection| {
        room.borrow_mut().push(connection.clone());
        connection.connect_message({
            let room = room.clone();
            move |_, kind, bytes| {
                for member in room.borrow().iter() {
                    member.send_message(kind, bytes);
                }
            }
        });
        connection.connect_closed({
            let room = room.clone();
            move |connection| room.borrow_mut().retain(|member| member != connection)
        });
    });
}

fn answer_file(message: &ServerMessage, root: &Path, path: &str) {
    if !matches!(message.method().as_str(), "GET" | "HEAD") {
        message.response_headers().replace("Allow", "GET, HEAD");
        return message.set_status(405, None);
    }
    match read(root, path) {
        Ok((file, bytes)) => {
            let kind = mime_guess::from_path(&file).first_or_octet_stream();
            message.set_status(200, None);
            message.set_response(Some(kind.essence_str()), &glib::Bytes::from_owned(bytes));
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            message.set_status(403, None);
        }
        Err(_) => message.set_status(404, None),
    }
}

/// Reads the file that `path` names below `root`.
fn read(root: &Path, path: &str) -> io::Result<(PathBuf, Vec<u8>)> {
    let relative = Path::new(path.trim_start_matches('/'));
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut file = root.join(relative);
    if file.is_dir() {
        file.push("index.html");
    }
    // A link may lead out of the folder.
    let file = fs::canonicalize(file)?;
    if !file.starts_with(root) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let bytes = fs::read(&file)?;
    Ok((file, bytes))
}
