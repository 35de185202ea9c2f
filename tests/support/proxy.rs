//! Proxies that run in the context of the test. They know one host, this one: whatever name they are
//! told to connect to is `127.0.0.1`, so that what connects has not looked the name up by itself.

use gio::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    service: gio::SocketService,
    pub(crate) port: u16,
    /// What it was asked: heads of requests, or the host and port in SOCKS.
    pub(crate) requests: Rc<RefCell<Vec<String>>>,
}

impl Proxy {
    /// An HTTP proxy, which gives `answer` to what it is asked, and tunnels if that says 200.
    pub(crate) fn http(answer: impl Fn(&str) -> String + 'static) -> Self {
        Self::http_over(None, answer)
    }

    /// An HTTP proxy that is itself spoken to over TLS.
    pub(crate) fn https(
        certificate: gio::TlsCertificate,
        answer: impl Fn(&str) -> String + 'static,
    ) -> Self {
        Self::http_over(Some(certificate), answer)
    }

    fn http_over(
        certificate: Option<gio::TlsCertificate>,
        answer: impl Fn(&str) -> String + 'static,
    ) -> Self {
        let answer = Rc::new(answer);
        Self::serving(move |connection, requests| {
            let (certificate, answer) = (certificate.clone(), answer.clone());
            async move {
                let stream = match certificate {
                    Some(certificate) => {
                        let tls = gio::TlsServerConnection::new(&connection, Some(&certificate))?;
                        tls.handshake_future(glib::Priority::DEFAULT).await?;
                        tls.upcast()
                    }
                    None => connection.upcast(),
                };
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    head.push(char::from(read(&stream, 1).await?[0]));
                }
                let target = head.split(' ').nth(1).unwrap_or_default();
                let port = target.rsplit(':').next().and_then(|port| port.parse().ok());
                let answer = answer(&head);
                requests.borrow_mut().push(head);
                write(&stream, answer.clone().into_bytes()).await?;
                if answer.starts_with("HTTP/1.1 200") {
                    relay(stream, port.unwrap_or_default()).await
                } else {
                    stream.close_future(glib::Priority::DEFAULT).await
                }
            }
        })
    }

    /// A SOCKS proxy of version 5 (RFC 1928), for everybody.
    pub(crate) fn socks5() -> Self {
        Self::serving(|connection, requests| async move {
            let stream: gio::IOStream = connection.upcast();
            let greeting = read(&stream, 2).await?;
            read(&stream, greeting[1].into()).await?;
            write(&stream, vec![5, 0]).await?;
            let head = read(&stream, 5).await?;
            assert_eq!(head[..4], [5, 1, 0, 3], "CONNECT with a name");
            let rest = read(&stream, usize::from(head[4]) + 2).await?;
            let (host, port) = rest.split_at(rest.len() - 2);
            let port = u16::from_be_bytes([port[0], port[1]]);
            let host = String::from_utf8_lossy(host);
            requests.borrow_mut().push(format!("{host}:{port}"));
            write(&stream, vec![5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
            relay(stream, port).await
        })
    }

    fn serving<F>(
        serve: impl Fn(gio::SocketConnection, Rc<RefCell<Vec<String>>>) -> F + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), glib::Error>> + 'static,
    {
        let service = gio::SocketService::new();
        let port = service
            .add_any_inet_port(None::<&glib::Object>)
            .expect("there is a free port");
        let requests: Rc<RefCell<Vec<String>>> = Rc::default();
        service.connect_incoming({
            let requests = Rc::clone(&requests);
            move |_, connection, _| {
                let serving = serve(connection.clone(), requests.clone());
                glib::MainContext::ref_thread_default().spawn_local(async move {
                    // A client that goes away is no failure of the proxy.
                    let _ = serving.await;
                });
                true
            }
        });
        service.start();
        Self {
            service,
            port,
            requests,
        }
    }

    /// What tells clients to use the proxy, spoken to by `scheme`, and with `userinfo@` or without.
    pub(crate) fn resolver(&self, scheme: &str, userinfo: &str) -> gio::ProxyResolver {
        let uri = format!("{scheme}://{userinfo}127.0.0.1:{}", self.port);
        gio::SimpleProxyResolver::new(Some(&uri), &[] as &[&str])
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.service.stop();
        self.service.close();
    }
}

async fn read(stream: &gio::IOStream, length: usize) -> Result<Vec<u8>, glib::Error> {
    let input = stream.input_stream();
    let reading = input.read_all_future(vec![0; length], glib::Priority::DEFAULT);
    let (buffer, read, error) = reading.await.map_err(|(_, error)| error)?;
    match error {
        Some(error) => Err(error),
        None if read < length => Err(glib::Error::new(gio::IOErrorEnum::BrokenPipe, "end")),
        None => Ok(buffer),
    }
}

async fn write(stream: &gio::IOStream, bytes: Vec<u8>) -> Result<(), glib::Error> {
    let output = stream.output_stream();
    let writing = output.write_all_future(bytes, glib::Priority::DEFAULT);
    writing.await.map(|_| ()).map_err(|(_, error)| error)
}

/// Passes everything on in both directions, until one ends.
async fn relay(client: gio::IOStream, port: u16) -> Result<(), glib::Error> {
    let connecting = gio::SocketClient::new();
    connecting.set_enable_proxy(false);
    let server = connecting.connect_to_host_future("127.0.0.1", port).await?;
    let server: gio::IOStream = server.upcast();
    let pass = |from: gio::IOStream, to: gio::IOStream| async move {
        let flags = gio::OutputStreamSpliceFlags::NONE;
        let (input, output) = (from.input_stream(), to.output_stream());
        let splicing = output.splice_future(&input, flags, glib::Priority::DEFAULT);
        let _ = splicing.await;
        let _ = to.close_future(glib::Priority::DEFAULT).await;
    };
    let back = pass(server.clone(), client.clone());
    glib::MainContext::ref_thread_default().spawn_local(back);
    pass(client, server).await;
    Ok(())
}
