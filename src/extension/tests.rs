//! Classes derived in Rust, called through the class structure as C would.

use std::collections::HashMap;

use super::*;
use crate::WebsocketError;

mod imp {
    use glib::subclass::prelude::*;

    use super::super::subclass::WebsocketExtensionImpl;
    use super::*;

    /// Overrides everything.
    #[derive(Default)]
    pub struct Shouting;

    #[glib::object_subclass]
    impl ObjectSubclass for Shouting {
        const NAME: &'static str = "WsoupTestShouting";
        type Type = super::Shouting;
        type ParentType = WebsocketExtension;
    }

    impl ObjectImpl for Shouting {}

    impl WebsocketExtensionImpl for Shouting {
        const EXTENSION_NAME: &'static std::ffi::CStr = c"x-shouting";

        fn configure(
            &self,
            connection_type: WebsocketConnectionType,
            params: &HashMap<String, Option<String>>,
        ) -> Result<(), glib::Error> {
            if connection_type == WebsocketConnectionType::Server
                && params.get("volume") == Some(&Some("11".into()))
                && params.get("hoarse") == Some(&None)
            {
                return Ok(());
            }
            Err(glib::Error::new(
                WebsocketError::BadHandshake,
                "not so loud",
            ))
        }

        fn request_params(&self) -> Option<glib::GString> {
            Some("; volume=11".into())
        }

        fn process_outgoing_message(
            &self,
            header: &mut u8,
            payload: glib::Bytes,
        ) -> Result<glib::Bytes, glib::Error> {
            *header |= 0x40;
            Ok(glib::Bytes::from_owned(payload.to_ascii_uppercase()))
        }

        fn process_incoming_message(
            &self,
            _header: &mut u8,
            _payload: glib::Bytes,
        ) -> Result<glib::Bytes, glib::Error> {
            Err(glib::Error::new(WebsocketError::BadData, "too quiet"))
        }
    }

    /// Overrides nothing.
    #[derive(Default)]
    pub struct Silent;

    #[glib::object_subclass]
    impl ObjectSubclass for Silent {
        const NAME: &'static str = "WsoupTestSilent";
        type Type = super::Silent;
        type ParentType = WebsocketExtension;
    }

    impl ObjectImpl for Silent {}

    impl WebsocketExtensionImpl for Silent {
        const EXTENSION_NAME: &'static std::ffi::CStr = c"x-silent";
    }
}

glib::wrapper! {
    pub struct Shouting(ObjectSubclass<imp::Shouting>) @extends WebsocketExtension;
}

glib::wrapper! {
    pub struct Silent(ObjectSubclass<imp::Silent>) @extends WebsocketExtension;
}

fn params(list: &[(&str, Option<&str>)]) -> HashMap<String, Option<String>> {
    let owned = |(name, value): &(&str, Option<&str>)| ((*name).into(), value.map(Into::into));
    list.iter().map(owned).collect()
}

#[test]
fn virtual_methods_reach_the_implementation() {
    let shouting: Shouting = glib::Object::new();
    let mut header = 0x81;
    let payload = glib::Bytes::from_static(b"hello");
    let loud = shouting
        .process_outgoing_message(&mut header, payload)
        .unwrap();
    assert_eq!((header, &*loud), (0xc1, &b"HELLO"[..]));
    assert_eq!(shouting.request_params().as_deref(), Some("; volume=11"));
    assert_eq!(shouting.response_params(), None);
}

#[test]
fn parameters_cross_the_class_structure() {
    let shouting: Shouting = glib::Object::new();
    let agreed = params(&[("volume", Some("11")), ("hoarse", None)]);
    shouting
        .configure(WebsocketConnectionType::Server, &agreed)
        .unwrap();
    let error = shouting
        .configure(WebsocketConnectionType::Client, &agreed)
        .unwrap_err();
    assert!(error.matches(WebsocketError::BadHandshake));
    let error = shouting
        .configure(WebsocketConnectionType::Server, &params(&[]))
        .unwrap_err();
    assert_eq!(error.message(), "not so loud");
}

#[test]
fn errors_cross_the_class_structure() {
    let shouting: Shouting = glib::Object::new();
    let payload = glib::Bytes::from_static(b"hello");
    let error = shouting
        .process_incoming_message(&mut 0x81, payload)
        .unwrap_err();
    assert!(error.matches(WebsocketError::BadData));
}

#[test]
fn defaults_change_nothing() {
    let silent: Silent = glib::Object::new();
    let mut header = 0x82;
    let payload = glib::Bytes::from_static(b"hello");
    let sent = silent
        .process_outgoing_message(&mut header, payload.clone())
        .unwrap();
    let received = silent
        .process_incoming_message(&mut header, payload.clone())
        .unwrap();
    assert_eq!(
        (header, sent.as_ptr(), received.as_ptr()),
        (0x82, payload.as_ptr(), payload.as_ptr())
    );
    assert_eq!(
        (silent.request_params(), silent.response_params()),
        (None, None)
    );
    silent
        .configure(WebsocketConnectionType::Client, &params(&[("any", None)]))
        .unwrap();
}

#[test]
fn types_have_names_and_are_instantiated() {
    assert_eq!(
        WebsocketExtension::name_of_type(Silent::static_type()).as_deref(),
        Some("x-silent")
    );
    assert_eq!(
        WebsocketExtension::name_of_type(WebsocketExtension::static_type()),
        None
    );
    assert_eq!(
        WebsocketExtension::name_of_type(glib::Object::static_type()),
        None
    );
    assert!(WebsocketExtension::with_type(Silent::static_type()).is_some_and(|e| e.is::<Silent>()));
    assert!(WebsocketExtension::with_type(WebsocketExtension::static_type()).is_none());
    assert!(WebsocketExtension::with_type(glib::Type::STRING).is_none());
}
