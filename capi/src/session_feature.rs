//! `WsoupSessionFeature`.

use glib::ffi::GType;
use glib::prelude::*;
use glib::translate::*;
use wsoup::SessionFeature;

#[unsafe(no_mangle)]
pub extern "C" fn wsoup_session_feature_get_type() -> GType {
    SessionFeature::static_type().into_glib()
}
