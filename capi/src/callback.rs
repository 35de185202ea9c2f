//! A callback that C has passed with its data, and with what frees the data.

use std::collections::HashMap;

use glib::ffi::{GDestroyNotify, gpointer};
use glib::translate::*;
use wsoup::{Server, ServerMessage, WebsocketConnection};

use crate::server::{WsoupServerCallback, WsoupServerWebsocketCallback};

/// Frees the data when it is dropped: once, and not while the callback runs.
///
/// To be moved into a closure as a whole: call methods, do not use fields.
pub(crate) struct Callback<F> {
    function: F,
    user_data: gpointer,
    destroy: GDestroyNotify,
}

impl<F> Callback<F> {
    pub(crate) fn new(function: F, user_data: gpointer, destroy: GDestroyNotify) -> Self {
        Self {
            function,
            user_data,
            destroy,
        }
    }
}

impl Callback<WsoupServerCallback> {
    pub(crate) fn answer(
        &self,
        server: &Server,
        msg: &ServerMessage,
        path: &str,
        query: Option<&HashMap<String, String>>,
    ) {
        let Some(function) = self.function else {
            return;
        };
        let (server, msg) = (server.to_glib_none(), msg.to_glib_none());
        let (path, query) = (path.to_glib_none(), query.map(ToGlibPtr::to_glib_none));
        let query = query.as_ref().map_or(std::ptr::null_mut(), |query| query.0);
        // SAFETY: the arguments live for the call, and the data has not been freed.
        unsafe { function(server.0, msg.0, path.0, query, self.user_data) };
    }
}

impl Callback<WsoupServerWebsocketCallback> {
    pub(crate) fn take(
        &self,
        server: &Server,
        msg: &ServerMessage,
        path: &str,
        connection: &WebsocketConnection,
    ) {
        let Some(function) = self.function else {
            return;
        };
        let (server, msg) = (server.to_glib_none(), msg.to_glib_none());
        let (path, connection) = (path.to_glib_none(), connection.to_glib_none());
        // SAFETY: as above.
        unsafe { function(server.0, msg.0, path.0, connection.0, self.user_data) };
    }
}

impl<F> Drop for Callback<F> {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            // SAFETY: C passed the two together, and this runs once.
            unsafe { destroy(self.user_data) };
        }
    }
}
