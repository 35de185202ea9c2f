//! What an application has added for a path.

use super::Server;
use crate::{ServerMessage, WebsocketConnection};
use std::collections::HashMap;
use std::rc::Rc;

/// Answers a request: the server, the message, the path, the decoded query.
pub(super) type Callback =
    Rc<dyn Fn(&Server, &ServerMessage, &str, Option<&HashMap<String, String>>)>;

/// Takes a new connection: the server, the request that it began with, the path, the connection.
pub(super) type WebsocketCallback = Rc<dyn Fn(&Server, &ServerMessage, &str, &WebsocketConnection)>;

/// The handlers of one path.
#[derive(Clone, Default)]
pub(super) struct Handlers {
    /// Called when the head of a request is there.
    pub(super) early: Option<Callback>,
    /// Called when the whole request is there.
    pub(super) normal: Option<Callback>,
    pub(super) websocket: Option<WebsocketHandler>,
}

/// What is accepted as a WebSocket handshake, and what is called with the connection.
#[derive(Clone)]
pub(super) struct WebsocketHandler {
    /// The origins that are accepted; empty: all.
    pub(super) origins: Rc<[String]>,
    /// The subprotocols that are spoken; empty: none.
    pub(super) protocols: Rc<[String]>,
    pub(super) callback: WebsocketCallback,
}
