//! What extensions of a program promise: they are negotiated by name and change messages in order.

mod support;

use glib::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use support::echo::{connect, get, uri};
use support::raw::{Accepted, recording_server};
use support::{Log, wait_until, with_context};
use wsoup::subclass::prelude::*;
use wsoup::{
    Message, Server, Session, WebsocketConnection, WebsocketConnectionType, WebsocketError,
    WebsocketExtension, WebsocketExtensionDeflate, WebsocketExtensionManager,
};

const RSV1: u8 = 0x40;
const RSV2: u8 = 0x20;
const RSV3: u8 = 0x10;

/// What an extension is called with: first bytes of frames, and payloads.
type Seen = RefCell<Vec<(u8, Vec<u8>)>>;

fn bad_data(text: &str) -> glib::Error {
    glib::Error::new(WebsocketError::BadData, text)
}

#[expect(missing_docs, reason = "the macro makes public methods")]
mod imp {
    use super::*;

    /// Notes what it is told, puts a byte behind what is sent, and undoes that to what comes.
    #[derive(Default)]
    pub struct Noted {
        pub configured: RefCell<Vec<(WebsocketConnectionType, Vec<String>)>>,
        pub sent: Seen,
        pub received: Seen,
    }

    impl Noted {
        fn configure(&self, side: WebsocketConnectionType, params: &Params) {
            let mut texts: Vec<String> = params
                .iter()
                .map(|(name, value)| format!("{name}={value:?}"))
                .collect();
            texts.sort();
            self.configured.borrow_mut().push((side, texts));
        }

        fn append(&self, header: &mut u8, payload: &[u8], bit: u8, byte: u8) -> glib::Bytes {
            self.sent.borrow_mut().push((*header, payload.to_vec()));
            *header |= bit;
            glib::Bytes::from_owned([payload, &[byte]].concat())
        }

        fn strip(&self, header: &mut u8, payload: &[u8], bit: u8, byte: u8) -> Processed {
            self.received.borrow_mut().push((*header, payload.to_vec()));
            let shorter = payload.strip_suffix(&[byte]);
            let shorter = shorter.filter(|_| *header & bit != 0);
            *header &= !bit;
            shorter
                .map(glib::Bytes::from)
                .ok_or_else(|| bad_data("the byte is missing"))
        }
    }

    type Params = HashMap<String, Option<String>>;
    type Processed = Result<glib::Bytes, glib::Error>;

    #[derive(Default)]
    pub struct First(pub Noted);

    #[glib::object_subclass]
    impl ObjectSubclass for First {
        const NAME: &'static str = "WsoupTestFirst";
        type Type = super::First;
        type ParentType = WebsocketExtension;
    }

    impl ObjectImpl for First {}

    impl WebsocketExtensionImpl for First {
        const EXTENSION_NAME: &'static std::ffi::CStr = c"x-first";

        fn configure(
            &self,
            side: WebsocketConnectionType,
            params: &Params,
        ) -> Result<(), glib::Error> {
            self.0.configure(side, params);
            Ok(())
        }

        fn request_params(&self) -> Option<glib::GString> {
            Some("; level=3; name=\"quoted\"; fast".into())
        }

        fn response_params(&self) -> Option<glib::GString> {
            Some("; level=2".into())
        }

        fn process_outgoing_message(&self, header: &mut u8, payload: glib::Bytes) -> Processed {
            Ok(self.0.append(header, &payload, RSV2, b'1'))
        }

        fn process_incoming_message(&self, header: &mut u8, payload: glib::Bytes) -> Processed {
            self.0.strip(header, &payload, RSV2, b'1')
        }
    }

    #[derive(Default)]
    pub struct Second(pub Noted);

    #[glib::object_subclass]
    impl ObjectSubclass for Second {
        const NAME: &'static str = "WsoupTestSecond";
        type Type = super::Second;
        type ParentType = WebsocketExtension;
    }

    impl ObjectImpl for Second {}

    impl WebsocketExtensionImpl for Second {
        const EXTENSION_NAME: &'static std::ffi::CStr = c"x-second";

        fn configure(
            &self,
            side: WebsocketConnectionType,
            params: &Params,
        ) -> Result<(), glib::Error> {
            self.0.configure(side, params);
            Ok(())
        }

        fn process_outgoing_message(&self, header: &mut u8, payload: glib::Bytes) -> Processed {
            Ok(self.0.append(header, &payload, RSV3, b'2'))
        }

        fn process_incoming_message(&self, header: &mut u8, payload: glib::Bytes) -> Processed {
            self.0.strip(header, &payload, RSV3, b'2')
        }
    }

    /// Does everything wrong, as its property says.
    #[derive(Default, glib::Properties)]
    #[properties(wrapper_type = super::Faulty)]
    pub struct Faulty {
        #[property(get, set)]
        pub fault: RefCell<String>,
    }

    impl Faulty {
        fn fail_if(&self, fault: &str) -> Result<(), glib::Error> {
            if *self.fault.borrow() == fault {
                return Err(bad_data(fault));
            }
            Ok(())
        }
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Faulty {
        const NAME: &'static str = "WsoupTestFaulty";
        type Type = super::Faulty;
        type ParentType = WebsocketExtension;
    }

    #[glib::derived_properties]
    impl ObjectImpl for Faulty {}

    impl WebsocketExtensionImpl for Faulty {
        const EXTENSION_NAME: &'static std::ffi::CStr = c"x-faulty";

        fn configure(
            &self,
            side: WebsocketConnectionType,
            _params: &Params,
        ) -> Result<(), glib::Error> {
            self.fail_if(&format!("{side:?}"))
        }

        fn request_params(&self) -> Option<glib::GString> {
            let bad = self.fail_if("offer").is_err();
            bad.then(|| "; key=\"two words\"".into())
        }

        fn response_params(&self) -> Option<glib::GString> {
            let bad = self.fail_if("answer").is_err();
            bad.then(|| "key, x-other".into())
        }

        fn process_outgoing_message(&self, header: &mut u8, payload: glib::Bytes) -> Processed {
            match self.fault.borrow().as_str() {
                "bit" => *header |= RSV3,
                "ping" => *header = 0x89,
                "fragment" => *header = 0x01,
                _ => (),
            }
            self.fail_if("outgoing").map(|()| payload)
        }

        fn process_incoming_message(&self, _header: &mut u8, payload: glib::Bytes) -> Processed {
            self.fail_if("incoming").map(|()| payload)
        }
    }
}

glib::wrapper! {
    pub struct First(ObjectSubclass<imp::First>) @extends WebsocketExtension;
}

glib::wrapper! {
    pub struct Second(ObjectSubclass<imp::Second>) @extends WebsocketExtension;
}

glib::wrapper! {
    pub struct Faulty(ObjectSubclass<imp::Faulty>) @extends WebsocketExtension;
}

/// A session and a server that use the extensions of a test, in order, and no others.
struct Pair {
    session: Session,
    server: Server,
    accepted: Accepted,
}

/// One end of a connection, and what it has emitted.
type End = (WebsocketConnection, Log);

impl Pair {
    fn new(types: &[glib::Type]) -> Self {
        let (server, accepted) = recording_server();
        let session = Session::new();
        session.remove_feature_by_type(WebsocketExtensionDeflate::static_type());
        for extension in types {
            session.add_feature_by_type(*extension);
            server.add_websocket_extension(*extension);
        }
        Self {
            session,
            server,
            accepted,
        }
    }

    fn faulty(fault: &str) -> Self {
        let pair = Self::new(&[]);
        let manager = WebsocketExtensionManager::static_type();
        let manager = pair.session.feature(manager);
        let properties: &[(&str, &dyn ToValue)] = &[("fault", &fault)];
        manager
            .and_downcast::<WebsocketExtensionManager>()
            .expect("there is one")
            .add_extension_with_properties(Faulty::static_type(), properties);
        pair.server
            .add_websocket_extension_with_properties(Faulty::static_type(), properties);
        pair
    }

    fn message(&self) -> Message {
        get(&uri(&self.server, "/"))
    }

    /// Connects; returns the client's end and the server's.
    fn open(&self, context: &glib::MainContext, message: &Message) -> (End, End) {
        let client = connect(context, &self.session, message, &[]).expect("it connects");
        let log = Log::of(&client);
        wait_until(context, "the server's end", || {
            self.accepted.borrow().is_some()
        });
        let peer = self.accepted.take().expect("it is there");
        ((client, log), peer)
    }
}

fn types_of((connection, _): &End) -> Vec<glib::Type> {
    let extensions = connection.extensions();
    extensions
        .iter()
        .map(|extension| extension.type_())
        .collect()
}

fn extension_of<T: IsA<WebsocketExtension>>((connection, _): &End) -> T {
    let mut extensions = connection.extensions().into_iter();
    extensions
        .find_map(|extension| extension.downcast().ok())
        .expect("it is among them")
}

fn wait_closed(context: &glib::MainContext, ends: [&End; 2]) {
    wait_until(context, "both ends to be closed", || {
        ends.iter().all(|(_, log)| log.has("closed"))
    });
}

#[test]
fn parameters_reach_both_sides() {
    with_context(|context| {
        let pair = Pair::new(&[First::static_type(), Second::static_type()]);
        let (client, peer) = pair.open(context, &pair.message());
        let offered = ["fast=None", "level=Some(\"3\")", "name=Some(\"quoted\")"];
        let answered = ["level=Some(\"2\")"];
        for (end, side, params) in [
            (&peer, WebsocketConnectionType::Server, &offered[..]),
            (&client, WebsocketConnectionType::Client, &answered[..]),
        ] {
            let first: First = extension_of(end);
            let params = params.iter().map(ToString::to_string).collect();
            assert_eq!(first.imp().0.configured.take(), [(side, params)]);
            let second: Second = extension_of(end);
            assert_eq!(second.imp().0.configured.take(), [(side, Vec::new())]);
        }
    });
}

#[test]
fn messages_pass_all_in_order() {
    with_context(|context| {
        let types = [
            First::static_type(),
            WebsocketExtensionDeflate::static_type(),
            Second::static_type(),
        ];
        let pair = Pair::new(&types);
        let (client, peer) = pair.open(context, &pair.message());
        assert_eq!(
            (types_of(&client), types_of(&peer)),
            (types.into(), types.into())
        );
        let text = "compressible, compressible, compressible, compressible";
        for (sender, receiver) in [(&client, &peer), (&peer, &client)] {
            sender.0.send_text(text);
            wait_until(context, "the message", || {
                receiver
                    .1
                    .has(&format!("message Text {} bytes", text.len()))
            });
            let (first, second): (First, Second) = (extension_of(sender), extension_of(sender));
            assert_eq!(first.imp().0.sent.take(), [(0x81, text.into())]);
            let [(header, deflated)] = &second.imp().0.sent.take()[..] else {
                panic!("it came once");
            };
            assert_eq!(*header, 0x81 | RSV1 | RSV2);
            assert!(deflated.len() < text.len());
            let (first, second): (First, Second) = (extension_of(receiver), extension_of(receiver));
            assert_eq!(
                second.imp().0.received.take(),
                [(0x81 | RSV1 | RSV2 | RSV3, [&deflated[..], b"2"].concat())]
            );
            assert_eq!(
                first.imp().0.received.take(),
                [(0x81 | RSV2, format!("{text}1").into())]
            );
        }
    });
}

#[test]
fn the_server_declines_what_refuses_its_parameters() {
    with_context(|context| {
        let pair = Pair::faulty("Server");
        pair.session.add_feature_by_type(Second::static_type());
        pair.server.add_websocket_extension(Second::static_type());
        let (client, peer) = pair.open(context, &pair.message());
        assert_eq!(types_of(&client), [Second::static_type()]);
        assert_eq!(types_of(&peer), [Second::static_type()]);
    });
}

/// They are reported as critical.
#[test]
fn parameters_that_nobody_could_read_are_not_sent() {
    with_context(|context| {
        for fault in ["offer", "answer"] {
            let pair = Pair::faulty(fault);
            pair.session.add_feature_by_type(Second::static_type());
            pair.server.add_websocket_extension(Second::static_type());
            let message = pair.message();
            let (client, peer) = pair.open(context, &message);
            assert_eq!(types_of(&client), [Second::static_type()], "{fault}");
            assert_eq!(types_of(&peer), [Second::static_type()], "{fault}");
            let offers = message.request_headers().one("Sec-WebSocket-Extensions");
            assert_eq!(offers.expect("one").contains("x-faulty"), fault == "answer");
        }
    });
}

#[test]
fn the_client_fails_when_one_refuses_the_answer() {
    with_context(|context| {
        let pair = Pair::faulty("Client");
        let error = connect(context, &pair.session, &pair.message(), &[]);
        let error = error.expect_err("it is refused");
        assert!(error.matches(WebsocketError::BadData), "{error}");
        assert_eq!(error.message(), "Client");
    });
}

/// Sends a message with the fault, which closes the connection with that error and code.
fn check_failure(fault: &str, fails_client: bool, error: &str, code: u16) {
    with_context(|context| {
        let pair = Pair::faulty(fault);
        let (client, peer) = pair.open(context, &pair.message());
        client.0.send_text("hello");
        wait_closed(context, [&client, &peer]);
        let (failing, other) = if fails_client {
            (&client, &peer)
        } else {
            (&peer, &client)
        };
        assert_eq!(failing.1.entries()[0], format!("error {error}"));
        assert_eq!(other.0.close_code(), code);
        let texts = [client.1.entries(), peer.1.entries()].concat();
        assert!(
            !texts.iter().any(|text| text.starts_with("message")),
            "{texts:?}"
        );
    });
}

#[test]
fn errors_with_messages_close_the_connection() {
    check_failure("outgoing", true, "outgoing", 1007);
    check_failure("incoming", false, "incoming", 1007);
}

#[test]
fn a_message_for_which_an_extension_fails_is_refused() {
    with_context(|context| {
        let pair = Pair::faulty("outgoing");
        let (client, peer) = pair.open(context, &pair.message());
        let error = client.0.try_send_text("hello").expect_err("it is not sent");
        assert!(error.matches(gio::IOErrorEnum::Closed), "{error}");
        wait_closed(context, [&client, &peer]);
    });
}

#[test]
fn a_reserved_bit_that_is_left_breaks_the_protocol() {
    let error = "reserved bits 0b001 set without an extension";
    check_failure("bit", false, error, 1002);
}

#[test]
fn a_message_that_is_made_another_kind_of_frame_is_not_sent() {
    for (fault, byte) in [("ping", "0x89"), ("fragment", "0x01")] {
        let error = format!("an extension made a frame with {byte} of a message");
        check_failure(fault, true, &error, 1002);
    }
}

#[test]
fn each_connection_has_its_own_which_goes_with_it() {
    with_context(|context| {
        let pair = Pair::new(&[Second::static_type()]);
        let (client, peer) = pair.open(context, &pair.message());
        let (other, _other_peer) = pair.open(context, &pair.message());
        client.0.send_text("hello");
        wait_until(context, "the message", || peer.1.has("message Text hello"));
        let (used, unused): (Second, Second) = (extension_of(&client), extension_of(&other));
        assert_eq!(used.imp().0.sent.borrow().len(), 1);
        assert_eq!(unused.imp().0.sent.borrow().len(), 0);
        let ends = [used.downgrade(), extension_of::<Second>(&peer).downgrade()];
        drop(used);
        client.0.close(1000, None);
        wait_closed(context, [&client, &peer]);
        drop((client, peer));
        wait_until(context, "the extensions to go", || {
            ends.iter().all(|end| end.upgrade().is_none())
        });
    });
}

#[test]
fn a_server_without_it_declines_it() {
    with_context(|context| {
        let pair = Pair::new(&[First::static_type(), Second::static_type()]);
        pair.server
            .remove_websocket_extension(Second::static_type());
        let (client, peer) = pair.open(context, &pair.message());
        assert_eq!(types_of(&client), [First::static_type()]);
        assert_eq!(types_of(&peer), [First::static_type()]);
    });
}
