//! [`AuthDomainBasic`]: name and password as they are (RFC 7617).

use super::callback::{BasicAuth, Slot};
use super::imp::pointers;
use super::subclass::AuthDomainImpl;
use super::{AuthDomain, is_same_secret};
use crate::ServerMessage;
use crate::http::auth::header::AuthHeader;
use crate::http::syntax::{decode_field_value, push_quoted};
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::{GString, ParamSpec};
use std::rc::Rc;
use std::sync::LazyLock;

glib::wrapper! {
    /// A domain whose users send name and password as they are (RFC 7617).
    ///
    /// Without TLS everyone on the way can read them.
    ///
    /// ```
    /// use wsoup::{AuthDomainBasic, Server, prelude::*};
    ///
    /// let domain = AuthDomainBasic::new("chat");
    /// domain.add_path("/chat");
    /// domain.set_auth_callback(|_, _, username, password| {
    ///     username == "Aladdin" && password == "open sesame"
    /// });
    /// Server::new().add_auth_domain(&domain);
    /// ```
    pub struct AuthDomainBasic(ObjectSubclass<imp::AuthDomainBasic>) @extends AuthDomain;
}

mod imp {
    use super::*;

    #[derive(Default)]
    pub struct AuthDomainBasic {
        pub(super) auth: Slot<BasicAuth>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for AuthDomainBasic {
        const NAME: &'static str = type_name!("AuthDomainBasic");
        const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
        const FINAL: bool = true;
        type Type = super::AuthDomainBasic;
        type ParentType = AuthDomain;
    }

    impl ObjectImpl for AuthDomainBasic {
        fn properties() -> &'static [ParamSpec] {
            static PROPERTIES: LazyLock<Vec<ParamSpec>> =
                LazyLock::new(|| pointers(&["auth-callback", "auth-data"]));
            &PROPERTIES
        }

        fn set_property(&self, _id: usize, value: &glib::Value, pspec: &ParamSpec) {
            match pspec.name() {
                "auth-callback" => self.auth.set_function_property(value),
                "auth-data" => self.auth.set_data_property(value),
                name => unreachable!("{name} is not writable"),
            }
        }

        fn property(&self, _id: usize, pspec: &ParamSpec) -> glib::Value {
            match pspec.name() {
                "auth-callback" => self.auth.function().to_value(),
                "auth-data" => self.auth.data().to_value(),
                name => unreachable!("there is no property {name}"),
            }
        }

        fn dispose(&self) {
            self.auth.set(None);
        }
    }

    impl AuthDomainImpl for AuthDomainBasic {
        fn accepts(&self, message: &ServerMessage, header: &str) -> Option<GString> {
            let (username, password) = credentials(header)?;
            let domain = self.obj();
            let is_right = match self.auth.get() {
                Some(auth) => auth(&domain, message, &username, &password),
                None => domain
                    .upcast_ref::<AuthDomain>()
                    .generic_auth(message, &username),
            };
            is_right.then(|| username.into())
        }

        fn challenge(&self, _message: &ServerMessage) -> Option<GString> {
            let mut challenge = "Basic realm=".to_owned();
            push_quoted(
                &mut challenge,
                &self.obj().upcast_ref::<AuthDomain>().realm_or_empty(),
            );
            // RFC 7617 §2.1
            challenge.push_str(", charset=\"UTF-8\"");
            Some(challenge.into())
        }

        fn check_password(&self, message: &ServerMessage, username: &str, password: &str) -> bool {
            let header = self
                .obj()
                .upcast_ref::<AuthDomain>()
                .credentials_of(message);
            let sent = header.and_then(|header| credentials(&header));
            sent.is_some_and(|(sent_username, sent_password)| {
                // Both in any case.
                is_same_secret(username, &sent_username) & is_same_secret(password, &sent_password)
            })
        }
    }
}

impl AuthDomainBasic {
    /// Creates a domain; users may be shown `realm`.
    pub fn new(realm: &str) -> Self {
        glib::Object::builder().property("realm", realm).build()
    }

    /// Creates a domain for what is sent through a proxy.
    pub fn for_proxy(realm: &str) -> Self {
        glib::Object::builder()
            .property("realm", realm)
            .property("proxy", true)
            .build()
    }

    pub(super) fn slot(&self) -> &Slot<BasicAuth> {
        &self.imp().auth
    }

    /// Has `callback` tell whether a user has a password: it gets the two.
    pub fn set_auth_callback(
        &self,
        callback: impl Fn(&Self, &ServerMessage, &str, &str) -> bool + 'static,
    ) {
        self.imp().auth.set(Some(Rc::new(callback)));
    }
}

/// Reads name and password from a header.
fn credentials(header: &str) -> Option<(String, String)> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let header = AuthHeader::credentials(header).filter(|header| header.is_scheme("Basic"))?;
    let decoded = LENIENT.decode(header.token68()?).ok()?;
    // Old clients, and libsoup, send ISO-8859-1.
    let decoded = decode_field_value(&decoded);
    let (username, password) = decoded.split_once(':')?;
    // C could see no further than a NUL, and take one user for another.
    (!decoded.contains('\0')).then(|| (username.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read() {
        for (header, expected) in [
            (
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
                Some(("Aladdin", "open sesame")),
            ),
            (
                "basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ",
                Some(("Aladdin", "open sesame")),
            ),
            ("Basic dTpwOnE=", Some(("u", "p:q"))),
            ("Basic dGVzdDoxMjPCow==", Some(("test", "123£"))),
            ("Basic /Dpw", Some(("ü", "p"))),
            ("Basic Og==", Some(("", ""))),
            ("Basic bm9jb2xvbg==", None),
            ("Basic dQA6cA==", None),
            ("Basic realm=x", None),
            ("Basic", None),
            ("Digest dTpw", None),
            ("Basic dTpw, Basic dTpw", None),
            ("", None),
        ] {
            let credentials = credentials(header);
            let read = credentials.as_ref().map(|(u, p)| (u.as_str(), p.as_str()));
            assert_eq!(read, expected, "{header}");
        }
    }
}
