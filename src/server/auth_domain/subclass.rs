//! Writing an [`AuthDomain`] in Rust.

use glib::GString;
use glib::prelude::*;
use glib::subclass::prelude::*;

use super::AuthDomain;
use super::class::Vtable;
use crate::ServerMessage;

/// What a class derived from [`AuthDomain`] implements.
///
/// The default of each method is the parent class's, and in the end: accept nothing.
///
/// ```
/// use wsoup::subclass::prelude::*;
/// use wsoup::{AuthDomain, ServerMessage, prelude::*};
///
/// mod imp {
///     use super::*;
///
///     #[derive(Default)]
///     pub struct Bearer;
///
///     #[glib::object_subclass]
///     impl ObjectSubclass for Bearer {
///         const NAME: &'static str = "ExampleBearer";
///         type Type = super::Bearer;
///         type ParentType = AuthDomain;
///     }
///
///     impl ObjectImpl for Bearer {}
///
///     impl AuthDomainImpl for Bearer {
///         fn accepts(&self, _message: &ServerMessage, header: &str) -> Option<glib::GString> {
///             (header == "Bearer mF_9.B5f-4.1JqM").then(|| "somebody".into())
///         }
///
///         fn challenge(&self, _message: &ServerMessage) -> Option<glib::GString> {
///             Some("Bearer realm=\"example\"".into())
///         }
///     }
/// }
///
/// glib::wrapper! {
///     pub struct Bearer(ObjectSubclass<imp::Bearer>) @extends AuthDomain;
/// }
///
/// fn main() {
///     let domain: Bearer = glib::Object::builder().property("realm", "example").build();
///     domain.add_path("/");
///     wsoup::Server::new().add_auth_domain(&domain);
/// }
/// ```
pub trait AuthDomainImpl: ObjectImpl + ObjectSubclass<Type: IsA<AuthDomain>> {
    /// Returns the name of the user if the credentials of the request are right.
    ///
    /// `header` is the value of `Authorization`, or of `Proxy-Authorization`. Compare secrets in a
    /// time that does not depend on them.
    fn accepts(&self, message: &ServerMessage, header: &str) -> Option<GString> {
        self.parent_accepts(message, header)
    }

    /// Returns the challenge for a request without right credentials, the value of
    /// `WWW-Authenticate` or of `Proxy-Authenticate`.
    fn challenge(&self, message: &ServerMessage) -> Option<GString> {
        self.parent_challenge(message)
    }

    /// See [`AuthDomainExt::check_password`](super::AuthDomainExt::check_password).
    fn check_password(&self, message: &ServerMessage, username: &str, password: &str) -> bool {
        self.parent_check_password(message, username, password)
    }
}

/// The virtual methods of the parent class, for [`AuthDomainImpl`]s to chain up to.
pub trait AuthDomainImplExt: AuthDomainImpl {
    /// Chains up to `accepts`.
    fn parent_accepts(&self, message: &ServerMessage, header: &str) -> Option<GString> {
        Vtable::parent_of(self).accepts(message, header)
    }

    /// Chains up to `challenge`.
    fn parent_challenge(&self, message: &ServerMessage) -> Option<GString> {
        Vtable::parent_of(self).challenge(message)
    }

    /// Chains up to `check_password`.
    fn parent_check_password(
        &self,
        message: &ServerMessage,
        username: &str,
        password: &str,
    ) -> bool {
        Vtable::parent_of(self).check_password(message, username, password)
    }
}

impl<T: AuthDomainImpl> AuthDomainImplExt for T {}
