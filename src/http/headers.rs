//! [`MessageHeaders`]: the header fields of a request or response.
//!
//! A set of headers is shared: whoever holds a reference sees the changes of all others. Values
//! are kept so that C can borrow them: see [`Text`].

use super::syntax::{
    decode_field_value, is_field_value, is_token, list_items, push_parameter, split_parameters,
};
use super::text::{Text, as_ptr_or_null};
use crate::MessageHeadersType;
use glib::GString;
use std::collections::HashMap;
use std::ffi::c_char;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The header fields of a request or response.
///
/// Names compare case-insensitively. Fields keep their order, and a name may occur several times.
/// Clones share their content, like references to one object.
///
/// Headers that come from a peer may hold bytes that are not UTF-8; such a value is taken to be
/// ISO-8859-1 and converted. Values are sent as UTF-8.
///
/// A name that is no token (RFC 9110 §5.6.2) and a value with a line break or NUL are programmer
/// errors: a critical is logged and the headers stay as they are.
///
/// ```
/// use wsoup::{MessageHeaders, MessageHeadersType};
///
/// let headers = MessageHeaders::new(MessageHeadersType::Request);
/// headers.append("Connection", "keep-alive");
/// headers.append("connection", "Upgrade");
/// assert_eq!(headers.list("Connection").as_deref(), Some("keep-alive, Upgrade"));
/// assert!(headers.header_contains("Connection", "upgrade"));
/// ```
#[derive(Clone, glib::SharedBoxed)]
#[cfg_attr(feature = "capi", shared_boxed_type(name = "WsoupMessageHeaders"))]
#[cfg_attr(
    not(feature = "capi"),
    shared_boxed_type(name = "RsWsoupMessageHeaders", allow_name_conflict)
)]
pub struct MessageHeaders(Arc<WsoupMessageHeaders>);

/// What a `WsoupMessageHeaders *` points to in C.
#[doc(hidden)]
pub struct WsoupMessageHeaders {
    headers_type: MessageHeadersType,
    fields: Mutex<Fields>,
}

#[derive(Default)]
struct Fields {
    list: Vec<Field>,
    /// Joined lists that C has borrowed; dropped when the header changes.
    lent_lists: Vec<(String, Text)>,
    /// The content type without parameters that C has borrowed.
    lent_content_type: Option<Text>,
}

struct Field {
    name: Text,
    value: Text,
}

impl MessageHeaders {
    /// Creates an empty set of headers.
    pub fn new(headers_type: MessageHeadersType) -> Self {
        Self(Arc::new(WsoupMessageHeaders {
            headers_type,
            fields: Mutex::default(),
        }))
    }

    /// Adds a header, after those of the same name that are there already.
    ///
    /// Several headers of one name are allowed where the value is a list; see
    /// [`replace`](Self::replace) for the others.
    pub fn append(&self, name: &str, value: &str) {
        if is_valid(name, value) {
            self.fields().append(name, value);
        }
    }

    /// Sets a header, in place of all others of that name.
    pub fn replace(&self, name: &str, value: &str) {
        if is_valid(name, value) {
            let mut fields = self.fields();
            fields.remove(name);
            fields.append(name, value);
        }
    }

    /// Removes all headers of a name.
    pub fn remove(&self, name: &str) {
        self.fields().remove(name);
    }

    /// Removes all headers.
    pub fn clear(&self) {
        *self.fields() = Fields::default();
    }

    /// Returns the value of a header which is not a list.
    ///
    /// Should there be several against the rules, the last one is returned.
    pub fn one(&self, name: &str) -> Option<GString> {
        self.fields().last(name).map(Text::to_gstring)
    }

    /// Returns the value of a header which is a list: all values of that name, joined by commas.
    pub fn list(&self, name: &str) -> Option<GString> {
        self.fields().joined(name).map(Into::into)
    }

    /// Returns what the headers were made for.
    pub fn headers_type(&self) -> MessageHeadersType {
        self.0.headers_type
    }

    /// Returns the length of the body as `Content-Length` has it.
    ///
    /// It is 0 if there is no (valid) such header, or if `Transfer-Encoding` overrules it.
    pub fn content_length(&self) -> i64 {
        let fields = self.fields();
        if fields.last("Transfer-Encoding").is_some() {
            return 0;
        }
        fields
            .joined("Content-Length")
            .as_deref()
            .and_then(parse_length)
            .unwrap_or(0)
    }

    /// Sets `Content-Length` and removes `Transfer-Encoding`, which would contradict it.
    pub fn set_content_length(&self, content_length: i64) {
        if content_length < 0 {
            return glib::g_critical!("Wsoup", "a content length of {content_length} is negative");
        }
        self.remove("Transfer-Encoding");
        self.replace("Content-Length", &content_length.to_string());
    }

    /// Returns the media type in `Content-Type` and its parameters, such as `charset`.
    ///
    /// The names of parameters are in lower case. `None` when there is no such header, or no
    /// media type in it.
    pub fn content_type(&self) -> Option<(GString, HashMap<String, String>)> {
        self.fields()
            .content_type()
            .map(|(content_type, parameters)| (content_type.into(), parameters))
    }

    /// Sets `Content-Type` to a media type and parameters, which are quoted and encoded as needed.
    pub fn set_content_type(&self, content_type: &str, parameters: &[(&str, &str)]) {
        let mut value = content_type.to_owned();
        for (name, parameter) in parameters {
            if !is_token(name) {
                return glib::g_critical!("Wsoup", "{name:?} cannot be the name of a parameter");
            }
            push_parameter(&mut value, name, parameter);
        }
        self.replace("Content-Type", &value);
    }

    /// Whether the list-valued header `name` holds `token`, compared case-insensitively.
    pub fn header_contains(&self, name: &str, token: &str) -> bool {
        self.fields()
            .values(name)
            .any(|value| list_items(value.as_str()).any(|item| item.eq_ignore_ascii_case(token)))
    }

    /// Whether the header `name` is there and equal to `value`, compared case-insensitively.
    pub fn header_equals(&self, name: &str, value: &str) -> bool {
        self.fields()
            .joined(name)
            .is_some_and(|joined| joined.eq_ignore_ascii_case(value))
    }

    /// Calls `function` with the name and value of each header, in order.
    pub fn foreach(&self, mut function: impl FnMut(&str, &str)) {
        for (name, value) in self {
            function(&name, &value);
        }
    }

    /// Iterates over the headers as they are now: later changes are not seen.
    pub fn iter(&self) -> MessageHeadersIter {
        let fields = self.fields();
        let pairs = fields
            .list
            .iter()
            .map(|f| (f.name.to_gstring(), f.value.to_gstring()));
        MessageHeadersIter(pairs.collect::<Vec<_>>().into_iter())
    }

    /// Removes the headers that `Connection` lists, which are for one hop only (RFC 9110 §7.6.1).
    pub fn clean_connection_headers(&self) {
        let mut fields = self.fields();
        let Some(connection) = fields.joined("Connection") else {
            return;
        };
        for name in list_items(&connection).filter(|name| !name.eq_ignore_ascii_case("Connection"))
        {
            fields.remove(name);
        }
    }

    /// [`one`](Self::one) for C: valid until the header changes, NULL for `None`.
    #[doc(hidden)]
    pub fn one_ptr(&self, name: &str) -> *const c_char {
        as_ptr_or_null(self.fields().last(name))
    }

    /// [`list`](Self::list) for C: valid until the header changes, NULL for `None`.
    #[doc(hidden)]
    pub fn list_ptr(&self, name: &str) -> *const c_char {
        self.fields().lend_list(name)
    }

    /// The type of [`content_type`](Self::content_type) for C: valid until the header changes.
    #[doc(hidden)]
    pub fn content_type_ptr(&self) -> *const c_char {
        self.fields().lend_content_type()
    }

    /// Name and value of the header at `index` for C, valid until they change; `None` at the end.
    #[doc(hidden)]
    pub fn nth_ptr(&self, index: usize) -> Option<(*const c_char, *const c_char)> {
        let fields = self.fields();
        fields
            .list
            .get(index)
            .map(|field| (field.name.as_ptr(), field.value.as_ptr()))
    }

    /// Whether `text` can be the name of a header, or a method: for the checks of the C ABI.
    #[doc(hidden)]
    pub fn is_token(text: &str) -> bool {
        is_token(text)
    }

    /// Whether `text` can be the value of a header, or a reason phrase.
    #[doc(hidden)]
    pub fn is_field_value(text: &str) -> bool {
        is_field_value(text)
    }

    /// Adds a header that came from a peer. The parser has checked it.
    pub(super) fn append_received(&self, name: &str, value: &[u8]) {
        self.fields().append(name, &decode_field_value(value));
    }

    /// Takes over the headers of another set, in place of all that are there.
    pub(super) fn copy_from(&self, other: &Self) {
        let mut fields = Fields::default();
        other.foreach(|name, value| fields.append(name, value));
        *self.fields() = fields;
    }

    /// How many headers of that name there are.
    pub(super) fn count(&self, name: &str) -> usize {
        self.fields().values(name).count()
    }

    fn fields(&self) -> MutexGuard<'_, Fields> {
        self.0.fields.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fields {
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Text> {
        self.list
            .iter()
            .filter(|field| field.is(name))
            .map(|field| &field.value)
    }

    fn last(&self, name: &str) -> Option<&Text> {
        self.list
            .iter()
            .rfind(|field| field.is(name))
            .map(|field| &field.value)
    }

    fn joined(&self, name: &str) -> Option<String> {
        let mut values = self.values(name);
        let mut joined = values.next()?.as_str().to_owned();
        for value in values {
            joined.push_str(", ");
            joined.push_str(value.as_str());
        }
        Some(joined)
    }

    fn content_type(&self) -> Option<(String, HashMap<String, String>)> {
        let value = self.last("Content-Type")?;
        let (content_type, parameters) = split_parameters(value.as_str());
        let (media_type, subtype) = content_type.split_once('/')?;
        let valid = is_token(media_type) && is_token(subtype);
        valid.then(|| (content_type.to_owned(), parameters))
    }

    fn append(&mut self, name: &str, value: &str) {
        self.forget_lent(name);
        self.list.push(Field {
            name: Text::new(name),
            value: Text::new(value),
        });
    }

    fn remove(&mut self, name: &str) {
        self.forget_lent(name);
        self.list.retain(|field| !field.is(name));
    }

    fn forget_lent(&mut self, name: &str) {
        self.lent_lists
            .retain(|(lent, _)| !lent.eq_ignore_ascii_case(name));
        if name.eq_ignore_ascii_case("Content-Type") {
            self.lent_content_type = None;
        }
    }

    fn lend_list(&mut self, name: &str) -> *const c_char {
        if let Some((_, lent)) = self
            .lent_lists
            .iter()
            .find(|(lent, _)| lent.eq_ignore_ascii_case(name))
        {
            return lent.as_ptr();
        }
        let Some(joined) = self.joined(name) else {
            return std::ptr::null();
        };
        let text = Text::new(&joined);
        let address = text.as_ptr();
        self.lent_lists.push((name.to_owned(), text));
        address
    }

    fn lend_content_type(&mut self) -> *const c_char {
        if self.lent_content_type.is_none() {
            self.lent_content_type = self.content_type().map(|(value, _)| Text::new(&value));
        }
        as_ptr_or_null(self.lent_content_type.as_ref())
    }
}

impl Field {
    fn is(&self, name: &str) -> bool {
        self.name.as_str().eq_ignore_ascii_case(name)
    }
}

/// Logs what is wrong with a header that the program wants to set.
fn is_valid(name: &str, value: &str) -> bool {
    if !is_token(name) {
        glib::g_critical!("Wsoup", "{name:?} cannot be the name of a header");
        return false;
    }
    if !is_field_value(value) {
        glib::g_critical!(
            "Wsoup",
            "the value of header {name} holds a line break or NUL"
        );
        return false;
    }
    true
}

/// Reads a `Content-Length`: digits only, and no more than fits (RFC 9110 §8.6).
pub(super) fn parse_length(value: &str) -> Option<i64> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().ok()).flatten()
}

impl fmt::Debug for MessageHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// Iterates over the names and values of [`MessageHeaders`].
#[derive(Debug, Clone)]
pub struct MessageHeadersIter(std::vec::IntoIter<(GString, GString)>);

impl Iterator for MessageHeadersIter {
    type Item = (GString, GString);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for MessageHeadersIter {}

impl IntoIterator for &MessageHeaders {
    type Item = (GString, GString);
    type IntoIter = MessageHeadersIter;

    fn into_iter(self) -> MessageHeadersIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests;
