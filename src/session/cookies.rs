//! The cookies of a request: those of the session's [`CookieJar`](crate::CookieJar), if it has one.

use super::connect::Request;

impl Request {
    /// Sends the cookies of the jar that are for `uri`; what an attempt before has set is not for it.
    ///
    /// They go before what the message has as `Cookie` itself, which is sent if the jar has none.
    pub(super) fn add_cookies(&self, uri: &glib::Uri) {
        let headers = self.message.request_headers();
        if let Some(set) = self.cookie.take()
            && headers.one("Cookie").is_some_and(|cookie| cookie == set)
        {
            headers.remove("Cookie");
        }
        let jar = self.session.cookie_jar_for(&self.message);
        if let Some(cookie) = jar.and_then(|jar| jar.cookies(uri, true)) {
            headers.replace("Cookie", &cookie);
            self.cookie.replace(Some(cookie));
        }
    }

    /// Keeps the cookies that the response to the request for `uri` sets, whatever its status is.
    pub(super) fn keep_cookies(&self, uri: &glib::Uri) {
        if let Some(jar) = self.session.cookie_jar_for(&self.message) {
            jar.keep_cookies(uri, &self.message.response_headers());
        }
    }
}
