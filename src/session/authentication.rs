//! Answering the challenges of servers and proxies (RFC 9110 §11), and what is remembered of it.
//!
//! Credentials belong to a [`Party`] and are sent to no other. A [`Request`] keeps what it sends in
//! [`Credentials`], one for the server and one for the proxy; what was accepted goes to the session's
//! [`Memory`], so that its later connections send it unasked.

use super::connect::Request;
use super::origin::Origin;
use crate::event_loop::with_cancellable;
use crate::http::target::{authority, parse_uri, request_target};
use crate::{Auth, MessageHeaders};
use gio::prelude::*;
use glib::subclass::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Challenges that one request answers at most: whoever answers without a user may do so for ever.
const MAX_CHALLENGES: u32 = 10;

/// Realms of one party that a session remembers at most: a server may name a new one each time.
const MAX_REALMS: usize = 16;

/// Who asks for credentials.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Party {
    Server(Origin),
    /// Protocol, host and port.
    Proxy(String),
}

impl Party {
    pub(super) fn server(uri: &glib::Uri) -> Option<Self> {
        Origin::of(uri).map(Self::Server)
    }

    pub(super) fn proxy(proxy: &gio::ProxyAddress) -> Self {
        Self::Proxy(format!("{}://{}", proxy.protocol(), proxy_authority(proxy)))
    }

    fn is_proxy(&self) -> bool {
        matches!(self, Self::Proxy(_))
    }
}

/// Host and port of a proxy, as its URI has them.
fn proxy_authority(proxy: &gio::ProxyAddress) -> String {
    let uri = proxy.uri().and_then(|uri| parse_uri(&uri));
    uri.map_or_else(
        || format!("{}:{}", proxy.address().to_str(), proxy.port()),
        |uri| authority(&uri),
    )
}

/// User and password that stand in a URI.
pub(super) struct UserInfo {
    pub(super) user: String,
    pub(super) password: String,
}

impl UserInfo {
    pub(super) fn of_uri(uri: &glib::Uri) -> Option<Self> {
        Some(Self {
            user: uri.user()?.into(),
            password: uri.password().unwrap_or_default().into(),
        })
    }

    pub(super) fn of_proxy(proxy: &gio::ProxyAddress) -> Option<Self> {
        Some(Self {
            user: proxy.username()?.into(),
            password: proxy.password().unwrap_or_default().into(),
        })
    }
}

/// A response that asks for credentials.
pub(super) struct Challenge {
    party: Party,
    authority: String,
    userinfo: Option<UserInfo>,
    /// Whether a scheme is among those asked for by which `userinfo` was sent already.
    was_sent_as_basic: bool,
}

impl Challenge {
    pub(super) fn of_server(uri: &glib::Uri) -> Option<Self> {
        Some(Self {
            party: Party::server(uri)?,
            authority: authority(uri),
            userinfo: UserInfo::of_uri(uri),
            was_sent_as_basic: false,
        })
    }

    /// `was_sent_as_basic` tells that what stands in the URI of the proxy was refused.
    pub(super) fn of_proxy(proxy: &gio::ProxyAddress, was_sent_as_basic: bool) -> Self {
        Self {
            party: Party::proxy(proxy),
            authority: proxy_authority(proxy),
            userinfo: UserInfo::of_proxy(proxy),
            was_sent_as_basic,
        }
    }
}

/// What a request sends, either to servers or to proxies.
#[derive(Default)]
pub(super) struct Credentials {
    used: RefCell<Option<(Party, Auth)>>,
    /// Who has been sent the userinfo of the URI.
    tried: RefCell<Option<Party>>,
    challenges: Cell<u32>,
}

impl Credentials {
    /// The one that is used for `party`.
    fn used_for(&self, party: &Party) -> Option<Auth> {
        let used = self.used.borrow();
        let (_, auth) = used.as_ref().filter(|(for_whom, _)| for_whom == party)?;
        Some(auth.clone())
    }
}

/// What a session remembers: the credentials that each party has accepted, the last one last.
#[derive(Default)]
pub(super) struct Memory(RefCell<HashMap<Party, Vec<Auth>>>);

impl Memory {
    fn latest(&self, party: &Party) -> Option<Auth> {
        self.0.borrow().get(party)?.last().cloned()
    }

    /// The one with which `challenge` can be answered.
    fn matching(&self, party: &Party, challenge: &Auth) -> Option<Auth> {
        let memory = self.0.borrow();
        let known = memory.get(party)?.iter();
        let mut matching =
            known.filter(|auth| auth.is_authenticated() && is_same_realm(auth, challenge));
        matching.next().cloned()
    }

    fn add(&self, party: &Party, auth: &Auth) {
        let mut memory = self.0.borrow_mut();
        let known = memory.entry(party.clone()).or_default();
        let mut forgotten: Vec<Auth> = known
            .extract_if(.., |other| is_same_realm(other, auth))
            .collect();
        known.push(auth.clone());
        let too_many = known.len().saturating_sub(MAX_REALMS);
        forgotten.extend(known.drain(..too_many));
        // What a program does when an object of it goes may lead here.
        drop(memory);
        drop(forgotten);
    }

    fn remove(&self, party: &Party, auth: &Auth) {
        if let Some(known) = self.0.borrow_mut().get_mut(party) {
            known.retain(|other| other != auth);
        }
    }
}

fn is_same_realm(one: &Auth, other: &Auth) -> bool {
    one.scheme_name() == other.scheme_name() && one.realm() == other.realm()
}

impl Request {
    fn memory(&self) -> &Memory {
        &self.session.imp().memory
    }

    fn credentials(&self, party: &Party) -> &Credentials {
        if party.is_proxy() {
            &self.for_proxies
        } else {
            &self.for_servers
        }
    }

    /// What is sent to `party` because it has asked before: this request or an earlier one.
    ///
    /// `own` is what the program has set instead, which goes before what earlier requests used.
    pub(super) fn authorization(
        &self,
        party: &Party,
        own: Option<String>,
        method: &str,
        target: &str,
    ) -> Option<String> {
        let credentials = self.credentials(party);
        let used = credentials.used_for(party);
        if used.is_none() && own.is_some() {
            return own;
        }
        let auth = used.or_else(|| self.memory().latest(party))?;
        let value = auth.authorization(method, target)?;
        let _old = credentials.used.replace(Some((party.clone(), auth)));
        Some(value)
    }

    /// Has the message carry what its server is sent.
    pub(super) fn authorize(&self, uri: &glib::Uri) {
        let Some(party) = Party::server(uri) else {
            return;
        };
        let headers = self.message.request_headers();
        let set = headers.one("Authorization").map(String::from);
        let is_ours = set.is_some() && *self.authorization.borrow() == set;
        let own = set.filter(|_| !is_ours);
        let method = self.message.method();
        match self.authorization(&party, own.clone(), &method, &request_target(uri)) {
            Some(value) if own.as_ref() != Some(&value) => {
                headers.replace("Authorization", &value);
                self.authorization.replace(Some(value));
            }
            None if is_ours => headers.remove("Authorization"),
            _ => (),
        }
    }

    /// Remembers what was sent to `party`, which has accepted it.
    pub(super) fn was_authorized(&self, party: &Party) {
        if let Some(auth) = self.credentials(party).used_for(party) {
            self.memory().add(party, &auth);
        }
    }

    /// Finds credentials in answer to the response that the message has; `false` if there are none.
    pub(super) async fn answer_challenge(&self, challenge: Challenge) -> Result<bool, glib::Error> {
        let (party, headers) = (&challenge.party, self.message.response_headers());
        let credentials = self.credentials(party);
        let answered = credentials.challenges.get();
        let is_proxy = party.is_proxy();
        let auth = Auth::from_challenges(&headers, is_proxy, &challenge.authority);
        let Some(auth) = auth.filter(|_| answered < MAX_CHALLENGES) else {
            return Ok(false);
        };
        credentials.challenges.set(answered + 1);
        let refused = self.look_at_refused(credentials, party, &auth, &headers);
        if let Refused::OnlyStale = refused {
            return Ok(true);
        }
        let mut retrying = matches!(refused, Refused::Wrong);
        if challenge.was_sent_as_basic && auth.scheme_name().as_deref() == Some("Basic") {
            credentials.tried.replace(Some(party.clone()));
            retrying = true;
        }
        let found = if let Some(known) = self.memory().matching(party, &auth) {
            Some(known)
        } else if let Some(userinfo) = &challenge.userinfo
            && credentials.tried.borrow().as_ref() != Some(party)
        {
            credentials.tried.replace(Some(party.clone()));
            auth.authenticate(&userinfo.user, &userinfo.password);
            Some(auth)
        } else {
            self.ask(auth, retrying).await?
        };
        let is_found = found.is_some();
        let _old = credentials
            .used
            .replace(found.map(|auth| (party.clone(), auth)));
        Ok(is_found)
    }

    /// Looks what the new challenge says of the credentials that were sent, if any were.
    fn look_at_refused(
        &self,
        credentials: &Credentials,
        party: &Party,
        challenge: &Auth,
        headers: &MessageHeaders,
    ) -> Refused {
        // What is for another realm may be right there.
        let used = credentials.used_for(party);
        let Some(used) = used.filter(|used| is_same_realm(used, challenge)) else {
            return Refused::Nothing;
        };
        if used.update(headers) {
            return Refused::OnlyStale;
        }
        self.memory().remove(party, &used);
        Refused::Wrong
    }

    /// Asks the program, and waits until it has decided, for as long as that takes.
    async fn ask(&self, auth: Auth, retrying: bool) -> Result<Option<Auth>, glib::Error> {
        let will_answer = self.message.emit_authenticate(&auth, retrying);
        if !will_answer && !auth.is_authenticated() {
            return Ok(None);
        }
        let decision = async move { Ok(auth.decided().await) };
        with_cancellable(&self.cancellable, decision).await
    }
}

/// What became of the credentials that were sent before a challenge.
enum Refused {
    /// None were sent, or they are for something else.
    Nothing,
    /// They can be sent again, with a new nonce.
    OnlyStale,
    Wrong,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageHeadersType;

    fn auth(realm: usize) -> Auth {
        let headers = MessageHeaders::new(MessageHeadersType::Response);
        headers.append("WWW-Authenticate", &format!("Basic realm=r{realm}"));
        let auth = Auth::from_challenges(&headers, false, "a:80").unwrap();
        auth.authenticate("user", "password");
        auth
    }

    #[test]
    fn what_is_remembered_of_a_party_is_bounded() {
        let memory = Memory::default();
        let party = Party::server(&parse_uri("ws://a/").unwrap()).unwrap();
        for realm in 0..2 * MAX_REALMS {
            memory.add(&party, &auth(realm));
            memory.add(&party, &auth(realm));
        }
        for realm in 0..2 * MAX_REALMS {
            let known = memory.matching(&party, &auth(realm));
            assert_eq!(known.is_some(), realm >= MAX_REALMS, "{realm}");
        }
        let latest = memory.latest(&party).unwrap();
        assert!(is_same_realm(&latest, &auth(2 * MAX_REALMS - 1)));
    }
}
