//! [`AuthDomainDigest`]: a proof that the password is known, in its place (RFC 7616).
//!
//! The algorithm is MD5, as in libsoup: an encoded password is made for one algorithm, and programs
//! keep them.

use super::callback::{DigestAuth, Slot};
use super::imp::pointers;
use super::nonces::Nonces;
use super::subclass::AuthDomainImpl;
use super::{AuthDomain, is_same_secret};
use crate::ServerMessage;
use crate::http::auth::digest::{Algorithm, Counted};
use crate::http::auth::header::AuthHeader;
use crate::http::syntax::{decode_extended, push_quoted};
use crate::http::target::{URI_FLAGS, request_target};
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::{GString, ParamSpec};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;
use std::time::Duration;

glib::wrapper! {
    /// A domain whose users prove that they know their password, without sending it (RFC 7616).
    ///
    /// A server need not know the passwords either: [`encode_password`](Self::encode_password)
    /// makes what it has to keep. That is as good as the password, but within the realm alone.
    ///
    /// A proof is good for one request, and a nonce for five minutes.
    ///
    /// ```
    /// use wsoup::{AuthDomainDigest, Server, prelude::*};
    ///
    /// let password = AuthDomainDigest::encode_password("Aladdin", "chat", "open sesame");
    /// let domain = AuthDomainDigest::new("chat");
    /// domain.add_path("/chat");
    /// domain.set_auth_callback(move |_, _, username| {
    ///     (username == "Aladdin").then(|| password.clone())
    /// });
    /// Server::new().add_auth_domain(&domain);
    /// ```
    pub struct AuthDomainDigest(ObjectSubclass<imp::AuthDomainDigest>) @extends AuthDomain;
}

mod imp {
    use super::*;

    #[derive(Default)]
    pub struct AuthDomainDigest {
        pub(super) auth: Slot<DigestAuth>,
        nonces: RefCell<Nonces>,
        /// The last request whose proof was right, but not its nonce.
        stale: glib::WeakRef<ServerMessage>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for AuthDomainDigest {
        const NAME: &'static str = type_name!("AuthDomainDigest");
        const ALLOW_NAME_CONFLICT: bool = !cfg!(feature = "capi");
        const FINAL: bool = true;
        type Type = super::AuthDomainDigest;
        type ParentType = AuthDomain;
    }

    impl ObjectImpl for AuthDomainDigest {
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

    impl AuthDomainImpl for AuthDomainDigest {
        fn accepts(&self, message: &ServerMessage, header: &str) -> Option<GString> {
            let domain = self.obj();
            let proof = Proof::read(header)?;
            let is_right = match self.auth.get() {
                Some(auth) => auth(&domain, message, &proof.username)
                    .is_some_and(|password| domain.is_proven(&proof, message, &password)),
                None => domain
                    .upcast_ref::<AuthDomain>()
                    .generic_auth(message, &proof.username),
            };
            if !is_right {
                return None;
            }
            let taken = self
                .nonces
                .borrow_mut()
                .take(&proof.nonce, proof.count, now());
            if !taken {
                self.stale.set(Some(message));
                return None;
            }
            Some(proof.username.into())
        }

        fn challenge(&self, message: &ServerMessage) -> Option<GString> {
            let nonce = self.nonces.borrow().create(now());
            let mut challenge = "Digest realm=".to_owned();
            push_quoted(
                &mut challenge,
                &self.obj().upcast_ref::<AuthDomain>().realm_or_empty(),
            );
            challenge.push_str(&format!(", nonce=\"{nonce}\", qop=\"auth\", algorithm=MD5"));
            if self.stale.upgrade().as_ref() == Some(message) {
                challenge.push_str(", stale=true");
            }
            Some(challenge.into())
        }

        fn check_password(&self, message: &ServerMessage, username: &str, password: &str) -> bool {
            let domain = self.obj();
            let domain: &AuthDomain = domain.upcast_ref();
            let header = domain.credentials_of(message);
            let Some(proof) = header.and_then(|header| Proof::read(&header)) else {
                return false;
            };
            let realm = domain.realm_or_empty();
            let password = super::AuthDomainDigest::encode_password(username, &realm, password);
            username == proof.username && self.obj().is_proven(&proof, message, &password)
        }
    }
}

impl AuthDomainDigest {
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

    pub(super) fn slot(&self) -> &Slot<DigestAuth> {
        &self.imp().auth
    }

    /// Has `callback` look up the encoded password of a user, whose name it gets; `None` if there
    /// is no such user.
    pub fn set_auth_callback(
        &self,
        callback: impl Fn(&Self, &ServerMessage, &str) -> Option<String> + 'static,
    ) {
        self.imp().auth.set(Some(Rc::new(callback)));
    }

    /// What a server keeps in the place of a password, for one realm.
    pub fn encode_password(username: &str, realm: &str, password: &str) -> String {
        Algorithm::MD5.secret(username, realm, password)
    }

    /// Whether the proof is that of somebody who knows the password, and is for this request.
    fn is_proven(&self, proof: &Proof, message: &ServerMessage, password: &str) -> bool {
        let domain: &AuthDomain = self.upcast_ref();
        if domain.realm_or_empty() != proof.realm || !proof.is_for(message) {
            return false;
        }
        let counted = Counted {
            count: &proof.count_text,
            client_nonce: &proof.client_nonce,
        };
        let response = Algorithm::MD5.response(
            password,
            &proof.nonce,
            Some(counted),
            &message.method(),
            &proof.uri,
        );
        is_same_secret(&response, &proof.response.to_ascii_lowercase())
    }
}

/// What a client has sent.
struct Proof {
    username: String,
    realm: String,
    nonce: String,
    uri: String,
    response: String,
    client_nonce: String,
    count: u32,
    count_text: String,
}

impl Proof {
    fn read(header: &str) -> Option<Self> {
        let header = AuthHeader::credentials(header).filter(|header| header.is_scheme("Digest"))?;
        let is_ours = header.parameter_is("qop", "auth")
            && (header.parameter("algorithm").is_none() || header.parameter_is("algorithm", "MD5"));
        if !is_ours {
            return None;
        }
        let parameter = |name| header.parameter(name).map(str::to_owned);
        let username = match header.parameter("username*") {
            Some(extended) => decode_extended(extended)?,
            None => parameter("username")?,
        };
        let count_text = parameter("nc").filter(|count| is_count(count))?;
        Some(Self {
            username: Some(username).filter(|name| !name.contains('\0'))?,
            realm: parameter("realm")?,
            nonce: parameter("nonce")?,
            uri: parameter("uri")?,
            response: parameter("response")?,
            client_nonce: parameter("cnonce")?,
            count: u32::from_str_radix(&count_text, 16).ok()?,
            count_text,
        })
    }

    /// Whether the URI in it is that of the request.
    fn is_for(&self, message: &ServerMessage) -> bool {
        message.uri().is_some_and(|uri| {
            let named = uri.parse_relative(&self.uri, URI_FLAGS);
            named.is_ok_and(|named| request_target(&named) == request_target(&uri))
        })
    }
}

/// RFC 7616 §3.4: eight digits, hexadecimal.
fn is_count(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The time since the machine was started, or some such event.
fn now() -> Duration {
    Duration::from_micros(glib::monotonic_time().unsigned_abs())
}
