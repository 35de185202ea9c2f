//! The process with the server: what it does is told by lines of the other.

use crate::actions::{Pace, act};
use crate::control::Control;
use crate::peer::{Peer, World};
use crate::process::{cpu_time, descriptors};
use crate::wait::wait_for;
use std::cell::{Cell, OnceCell};
use std::error::Error;
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::Path;
use std::rc::Rc;
use wsoup::{Server, ServerListenOptions, WebsocketConnectionType};

/// Serves until it is told to end; `folder` has the certificate and gets the socket.
pub(crate) fn run(seed: u64, pace: Pace, folder: &Path) -> Result<(), Box<dyn Error>> {
    crate::process::raise_descriptors();
    let world = World::new(WebsocketConnectionType::Server, seed);
    let server = listen(&world, folder)?;
    let main_loop = glib::MainLoop::new(None, false);
    // SAFETY: the parent has put the socket there, and nobody else uses it.
    let control = unsafe { OwnedFd::from_raw_fd(0) };
    let own: Rc<OnceCell<Control>> = Rc::default();
    let is_running = Rc::new(Cell::new(false));
    let control = Control::new(control, {
        let (world, own, main_loop) = (world.clone(), own.clone(), main_loop.clone());
        let server = Cell::new(Some(server.clone()));
        move |line| {
            let Some(control) = own.get().cloned() else {
                return;
            };
            match line {
                Some("act") => {
                    is_running.set(true);
                    act(&world, pace, &is_running);
                }
                Some("rest") => is_running.set(false),
                Some("count") => control.send(&format!("descriptors {}", descriptors())),
                Some("end") => {
                    let end = end(world.clone(), server.take(), control, main_loop.clone());
                    glib::MainContext::ref_thread_default().spawn_local(end);
                }
                Some("tell") => world.tell_of_open(),
                Some(_) => (),
                None => main_loop.quit(),
            }
        }
    })?;
    world.connect_end({
        let control = control.clone();
        move |record| control.send(&format!("record {record}"))
    });
    let port = |is_tls| {
        let uris = server.uris();
        let mut uris = uris
            .iter()
            .filter(|uri| (uri.scheme() == "https") == is_tls);
        uris.next().map_or(0, glib::Uri::port)
    };
    control.send(&format!("ready {} {}", port(false), port(true)));
    if own.set(control).is_err() {
        return Err("it was set".into());
    }
    drop(server);
    main_loop.run();
    Ok(())
}

fn listen(world: &Rc<World>, folder: &Path) -> Result<Server, Box<dyn Error>> {
    let certificate = gio::TlsCertificate::from_file(folder.join("server.pem"))?;
    let server = Server::builder().tls_certificate(&certificate).build();
    server.add_websocket_handler(None, None, &[], {
        let world = world.clone();
        move |_, _, path, connection| match path.trim_start_matches('/').parse() {
            Ok(number) => {
                Peer::add(&world, number, connection);
            }
            Err(_) => world.counts.fail(&format!("a connection for {path}")),
        }
    });
    server.listen_all(0, ServerListenOptions::IPV4_ONLY)?;
    server.listen_local(
        0,
        ServerListenOptions::HTTPS | ServerListenOptions::IPV4_ONLY,
    )?;
    let path = folder.join("socket");
    // It is there after a run that did not end.
    let _ = std::fs::remove_file(&path);
    let address = gio::UnixSocketAddress::new(&path);
    server.listen(&address, ServerListenOptions::empty())?;
    Ok(server)
}

/// Tells what has come of it all, and ends.
async fn end(
    world: Rc<World>,
    server: Option<Server>,
    control: Control,
    main_loop: glib::MainLoop,
) {
    if let Some(server) = server {
        server.disconnect();
    }
    wait_for(10, || {
        world.objects.get() == 0 && world.operations.get() == 0
    })
    .await;
    for (what, number) in world.counts.all() {
        control.send(&format!("counted {number} {what}"));
    }
    let (objects, operations) = (world.objects.get(), world.operations.get());
    let (time, failures) = (cpu_time(), world.counts.failures());
    control.send(&format!("ended {objects} {operations} {time} {failures}"));
    wait_for(10, || control.is_idle()).await;
    main_loop.quit();
}
