//! What `Session` promises about its features, and which extensions it offers for them.

mod support;

use glib::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use support::echo::{NO_OPTIONS, connect, get, uri};
use support::with_context;
use wsoup::subclass::prelude::*;
use wsoup::{
    Message, Server, Session, SessionFeature, WebsocketExtension, WebsocketExtensionManager,
};

#[expect(missing_docs, reason = "the macro makes public methods")]
mod imp {
    use super::*;

    /// An extension that is offered with a property.
    #[derive(Default, glib::Properties)]
    #[properties(wrapper_type = super::Paint)]
    pub struct Paint {
        #[property(get, set, construct, minimum = 1, maximum = 9, default = 1)]
        pub colour: std::cell::Cell<u32>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Paint {
        const NAME: &'static str = "WsoupTestPaint";
        type Type = super::Paint;
        type ParentType = WebsocketExtension;
    }

    #[glib::derived_properties]
    impl ObjectImpl for Paint {}

    impl WebsocketExtensionImpl for Paint {
        const EXTENSION_NAME: &'static std::ffi::CStr = c"x-paint";

        fn request_params(&self) -> Option<glib::GString> {
            Some(format!("; colour={}", self.colour.get()).into())
        }
    }

    /// Another one, without properties.
    #[derive(Default)]
    pub struct Plain;

    #[glib::object_subclass]
    impl ObjectSubclass for Plain {
        const NAME: &'static str = "WsoupTestPlain";
        type Type = super::Plain;
        type ParentType = WebsocketExtension;
    }

    impl ObjectImpl for Plain {}

    impl WebsocketExtensionImpl for Plain {
        const EXTENSION_NAME: &'static std::ffi::CStr = c"x-plain";
    }

    /// A feature of the program.
    #[derive(Default)]
    pub struct Counter;

    #[glib::object_subclass]
    impl ObjectSubclass for Counter {
        const NAME: &'static str = "WsoupTestCounter";
        type Type = super::Counter;
        type Interfaces = (SessionFeature,);
    }

    impl ObjectImpl for Counter {}

    impl SessionFeatureImpl for Counter {}
}

glib::wrapper! {
    pub struct Paint(ObjectSubclass<imp::Paint>) @extends WebsocketExtension;
}

glib::wrapper! {
    pub struct Plain(ObjectSubclass<imp::Plain>) @extends WebsocketExtension;
}

glib::wrapper! {
    pub struct Counter(ObjectSubclass<imp::Counter>) @implements SessionFeature;
}

const MANAGER: fn() -> glib::Type = WebsocketExtensionManager::static_type;

fn manager(session: &Session) -> WebsocketExtensionManager {
    session
        .feature(MANAGER())
        .and_downcast()
        .expect("there is one")
}

/// What a server sees of `Sec-WebSocket-Extensions`, among the extensions of these tests.
fn offered(session: &Session, change: impl Fn(&Message)) -> String {
    let seen = Rc::new(RefCell::new(String::new()));
    with_context(|context| {
        let server = Server::new();
        let s = seen.clone();
        server.add_handler(None, move |_, message, _, _| {
            let headers = message.request_headers();
            s.replace(
                headers
                    .one("Sec-WebSocket-Extensions")
                    .unwrap_or_default()
                    .into(),
            );
            message.set_status(404, None);
        });
        server.listen_local(0, NO_OPTIONS).expect("there is a port");
        let message = get(&uri(&server, "/"));
        change(&message);
        connect(context, session, &message, &[]).expect_err("it is refused");
        server.disconnect();
    });
    let offers = seen.take();
    let ours = offers.split(", ").filter(|offer| offer.starts_with("x-"));
    ours.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_session_begins_with_a_manager_of_extensions() {
    let session = Session::new();
    assert!(session.has_feature(MANAGER()));
    assert!(session.has_feature(SessionFeature::static_type()));
    assert!(!session.has_feature(Paint::static_type()));
}

#[test]
fn extensions_are_offered_in_the_order_in_which_they_were_added() {
    let session = Session::new();
    session.add_feature_by_type(Plain::static_type());
    session.add_feature_by_type(Paint::static_type());
    assert!(session.has_feature(Paint::static_type()));
    assert_eq!(offered(&session, |_| ()), "x-plain, x-paint; colour=1");
    session.remove_feature_by_type(Plain::static_type());
    assert!(!session.has_feature(Plain::static_type()));
    assert_eq!(offered(&session, |_| ()), "x-paint; colour=1");
}

#[test]
fn an_extension_is_offered_once_with_the_properties_that_came_last() {
    let session = Session::new();
    let manager = manager(&session);
    manager.add_extension_with_properties(Paint::static_type(), &[("colour", &7u32)]);
    manager.add_extension(Plain::static_type());
    assert_eq!(offered(&session, |_| ()), "x-paint; colour=7, x-plain");
    manager.add_extension_with_properties(Paint::static_type(), &[("colour", &3u32)]);
    assert_eq!(offered(&session, |_| ()), "x-paint; colour=3, x-plain");
    assert!(manager.remove_extension(Paint::static_type()));
    assert!(!manager.remove_extension(Paint::static_type()));
    assert_eq!(offered(&session, |_| ()), "x-plain");
}

#[test]
fn a_property_that_does_not_fit_changes_nothing() {
    let manager = WebsocketExtensionManager::new();
    let add = |properties: &[(&str, &dyn ToValue)]| {
        manager.add_extension_with_properties(Paint::static_type(), properties);
        manager.has_extension(Paint::static_type())
    };
    assert!(!add(&[("taste", &1u32)]));
    assert!(!add(&[("colour", &"a lot")]));
    assert!(!add(&[("colour", &10u32)]));
    assert!(!add(&[("col\0our", &1u32)]));
    // An integer of another type is converted, as by g_object_new().
    assert!(add(&[("colour", &2i32), ("colour", &4u64)]));
    for type_ in [
        WebsocketExtension::static_type(),
        Counter::static_type(),
        glib::Type::U32,
        glib::Type::INVALID,
    ] {
        manager.add_extension(type_);
        assert!(!manager.has_extension(type_), "{type_}");
    }
}

#[test]
fn what_is_disabled_for_a_message_is_not_offered() {
    let session = Session::new();
    session.add_feature_by_type(Paint::static_type());
    session.add_feature_by_type(Plain::static_type());
    for (disabled, expected) in [
        (Plain::static_type(), "x-paint; colour=1"),
        (Paint::static_type(), "x-plain"),
        (WebsocketExtension::static_type(), ""),
        (MANAGER(), ""),
        (SessionFeature::static_type(), ""),
        (Counter::static_type(), "x-paint; colour=1, x-plain"),
    ] {
        let offers = offered(&session, |message| message.disable_feature(disabled));
        assert_eq!(offers, expected, "{disabled}");
    }
}

#[test]
fn without_the_manager_no_extensions_are_offered() {
    let session = Session::new();
    session.add_feature_by_type(Plain::static_type());
    session.remove_feature_by_type(MANAGER());
    assert!(!session.has_feature(MANAGER()) && !session.has_feature(Plain::static_type()));
    session.add_feature_by_type(Plain::static_type());
    assert!(!session.has_feature(Plain::static_type()));
    assert_eq!(offered(&session, |_| ()), "");
}

#[test]
fn the_manager_of_the_beginning_gives_way_to_another_one() {
    let session = Session::new();
    session.add_feature_by_type(MANAGER());
    let other = WebsocketExtensionManager::new();
    session.add_feature(&other);
    assert_eq!(manager(&session), other);
    session.add_feature(&WebsocketExtensionManager::new());
    assert_eq!(manager(&session), other);
}

#[test]
fn a_session_keeps_one_feature_of_a_type() {
    let session = Session::new();
    let counter: Counter = glib::Object::new();
    session.add_feature(&counter);
    session.add_feature(&glib::Object::new::<Counter>());
    session.add_feature_by_type(Counter::static_type());
    let found = session.feature(Counter::static_type());
    assert_eq!(found.as_ref(), Some(counter.upcast_ref()));
    session.remove_feature(&glib::Object::new::<Counter>());
    assert!(session.has_feature(Counter::static_type()));
    session.remove_feature(&counter);
    assert!(!session.has_feature(Counter::static_type()));
    session.add_feature_by_type(Counter::static_type());
    session.remove_feature_by_type(SessionFeature::static_type());
    assert!(!session.has_feature(SessionFeature::static_type()));
    // Nothing that could be added or removed.
    for type_ in [
        glib::Type::U32,
        glib::Type::INVALID,
        SessionFeature::static_type(),
    ] {
        session.add_feature_by_type(type_);
        session.remove_feature_by_type(type_);
        assert!(!session.has_feature(type_), "{type_}");
    }
}

#[test]
fn a_feature_is_not_found_for_a_message_that_disables_it() {
    let session = Session::new();
    session.add_feature_by_type(Counter::static_type());
    let message = get("ws://localhost/");
    let found = || {
        session
            .feature_for_message(Counter::static_type(), &message)
            .is_some()
    };
    assert!(found() && !message.is_feature_disabled(Counter::static_type()));
    message.disable_feature(Counter::static_type());
    assert!(!found() && message.is_feature_disabled(Counter::static_type()));
    assert!(message.is_feature_disabled(SessionFeature::static_type()));
    assert!(!message.is_feature_disabled(MANAGER()));
}
