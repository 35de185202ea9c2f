//! The names that the header uses, for signatures. Everything is printed as it stands.

#![allow(non_camel_case_types)]

use std::ffi::{c_int, c_uint, c_ushort};

use glib::object::ObjectType;

// GLib's names for the types of C.
pub(crate) type gdouble = f64;
pub(crate) type gint64 = i64;
pub(crate) type gsize = usize;
pub(crate) type guint = c_uint;
pub(crate) type guint8 = u8;
pub(crate) type guint64 = u64;
pub(crate) type gushort = c_ushort;
pub(crate) type GTimeSpan = i64;

// Enumerations: C may pass any number, which would be undefined behaviour as a Rust enumeration.
pub(crate) type WsoupCookieJarAcceptPolicy = c_int;
pub(crate) type WsoupHTTPVersion = c_int;
pub(crate) type WsoupMemoryUse = c_int;
pub(crate) type WsoupMessageHeadersType = c_int;
pub(crate) type WsoupOfflinePolicy = c_int;
pub(crate) type WsoupReconnectingState = c_int;
pub(crate) type WsoupStatus = c_int;
pub(crate) type WsoupWebsocketConnectionType = c_int;
pub(crate) type WsoupWebsocketDataType = c_int;
pub(crate) type WsoupWebsocketOverflowPolicy = c_int;
pub(crate) type WsoupWebsocketState = c_int;

// Flags.
pub(crate) type WsoupMessageFlags = c_uint;
pub(crate) type WsoupServerListenOptions = c_uint;

// Structures, which the Rust crate looks into.
pub(crate) use wsoup::{WsoupMessageBody, WsoupMessageHeaders};

// The structure of a class, whose fields other languages set by functions.
pub(crate) use wsoup::WsoupWebsocketExtensionClass;

// A cookie is what Rust has.
pub(crate) type WsoupCookie = wsoup::Cookie;

// Instances of classes, which only GObject looks into.
pub(crate) type WsoupAuth = <wsoup::Auth as ObjectType>::GlibType;
pub(crate) type WsoupAuthDomain = <wsoup::AuthDomain as ObjectType>::GlibType;
pub(crate) type WsoupCookieJar = <wsoup::CookieJar as ObjectType>::GlibType;
pub(crate) type WsoupMessage = <wsoup::Message as ObjectType>::GlibType;
pub(crate) type WsoupReconnectingClient = <wsoup::ReconnectingClient as ObjectType>::GlibType;
pub(crate) type WsoupServer = <wsoup::Server as ObjectType>::GlibType;
pub(crate) type WsoupServerMessage = <wsoup::ServerMessage as ObjectType>::GlibType;
pub(crate) type WsoupSession = <wsoup::Session as ObjectType>::GlibType;
pub(crate) type WsoupSessionFeature = <wsoup::SessionFeature as ObjectType>::GlibType;
pub(crate) type WsoupWebsocketConnection = <wsoup::WebsocketConnection as ObjectType>::GlibType;
pub(crate) type WsoupWebsocketExtension = <wsoup::WebsocketExtension as ObjectType>::GlibType;
pub(crate) type WsoupWebsocketExtensionDeflate =
    <wsoup::WebsocketExtensionDeflate as ObjectType>::GlibType;
pub(crate) type WsoupWebsocketExtensionManager =
    <wsoup::WebsocketExtensionManager as ObjectType>::GlibType;
