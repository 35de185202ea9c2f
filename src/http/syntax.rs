//! The small pieces of HTTP's grammar that header fields are made of: tokens, lists, parameters.

use std::collections::HashMap;

/// Whether `name` is a token, as method and field names have to be (RFC 9110 §5.6.2).
pub(crate) fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_token_byte)
}

pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether `value` can be sent as a field value or reason phrase without ending its line.
pub(crate) fn is_field_value(value: &str) -> bool {
    !value
        .bytes()
        .any(|byte| matches!(byte, b'\r' | b'\n' | b'\0'))
}

/// Turns what a peer sent into UTF-8: header fields may hold any byte above 0x7f (`obs-text`, RFC
/// 9110 §5.5), which is UTF-8 where it can be, and ISO-8859-1, as HTTP once had it, where not.
pub(crate) fn decode_field_value(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().copied().map(char::from).collect(),
    }
}

/// The elements of a comma-separated list (RFC 9110 §5.6.1): empty ones are left out, commas
/// inside of quoted strings do not separate.
pub(crate) fn list_items(list: &str) -> impl Iterator<Item = &str> {
    split_outside_quotes(list, b',')
        .map(trim)
        .filter(|item| !item.is_empty())
}

/// Splits a value like `text/html; charset=utf-8` into what stands first and its parameters, whose
/// names compare case-insensitively and are therefore in lower case (RFC 9110 §5.6.6).
///
/// Something without `=` is no parameter and is left out. `name*=UTF-8''…` is read as RFC 8187
/// has it and wins over a plain `name`.
pub(crate) fn split_parameters(value: &str) -> (&str, HashMap<String, String>) {
    let mut pieces = split_outside_quotes(value, b';').map(trim);
    let first = pieces.next().unwrap_or_default();
    let (mut parameters, mut extended) = (HashMap::new(), HashMap::new());
    for (name, value) in pieces.filter_map(|piece| piece.split_once('=')) {
        let name = name.trim_end().to_ascii_lowercase();
        match name.strip_suffix('*') {
            Some(name) => extended.extend(decode_extended(value).map(|v| (name.to_owned(), v))),
            None => drop(parameters.insert(name, unquote(value.trim_start()))),
        }
    }
    parameters.extend(extended);
    (first, parameters)
}

/// Appends `; name=value` to `target`, quoting and encoding the value as it needs.
pub(crate) fn push_parameter(target: &mut String, name: &str, value: &str) {
    target.push_str("; ");
    target.push_str(name);
    if is_token(value) {
        target.push('=');
        target.push_str(value);
    } else if value.is_ascii() {
        target.push('=');
        push_quoted(target, value);
    } else {
        target.push_str("*=");
        push_extended(target, value);
    }
}

/// Appends `value` as a quoted string (RFC 9110 §5.6.4).
pub(crate) fn push_quoted(target: &mut String, value: &str) {
    target.push('"');
    for character in value.chars() {
        if matches!(character, '"' | '\\') {
            target.push('\\');
        }
        target.push(character);
    }
    target.push('"');
}

/// Appends `value` as percent-encoded UTF-8 (RFC 8187 §3.2).
pub(super) fn push_extended(target: &mut String, value: &str) {
    target.push_str("UTF-8''");
    target.push_str(&glib::Uri::escape_string(value, None::<&str>, false));
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn split_outside_quotes(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.bytes().position(|byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ => return byte == separator && !quoted,
            }
            false
        });
        // `separator` is ASCII, so both sides of it are whole characters.
        rest = end.map(|end| &text[end + 1..]);
        Some(end.map_or(text, |end| &text[..end]))
    })
}

fn unquote(value: &str) -> String {
    let Some(quoted) = value.strip_prefix('"') else {
        return value.to_owned();
    };
    let mut unquoted = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => unquoted.extend(characters.next()),
            _ => unquoted.push(character),
        }
    }
    unquoted
}

/// Reads `charset'language'value` (RFC 8187 §3.2.1), where only UTF-8 is in use.
pub(crate) fn decode_extended(value: &str) -> Option<String> {
    let mut parts = value.trim_start().splitn(3, '\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    if !charset.eq_ignore_ascii_case("UTF-8") {
        return None;
    }
    percent_decode(text)
}

/// Decodes `%41` and its like; `None` if what comes out is no UTF-8, or has a NUL, behind which C would
/// not see.
///
/// `glib::Uri::unescape_string()` takes for granted that it is UTF-8, which is a peer's to decide.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    let bytes = glib::Uri::unescape_bytes(text, None).ok()?;
    let decoded = String::from_utf8(bytes.to_vec()).ok()?;
    (!decoded.contains('\0')).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_what_rfc_9110_says() {
        for token in ["GET", "x-y_z", "!#$%&'*+-.^_`|~09"] {
            assert!(is_token(token), "{token}");
        }
        for other in [
            "", "a b", "a:", "a\t", "é", "a\0", "a(", "a/b", "\"a\"", "a\r",
        ] {
            assert!(!is_token(other), "{other:?}");
        }
    }

    #[test]
    fn lists_skip_empty_elements_and_respect_quotes() {
        let items = |list| list_items(list).collect::<Vec<_>>();
        assert_eq!(items("a, b ,c"), ["a", "b", "c"]);
        assert_eq!(items(",, a,\t,"), ["a"]);
        assert_eq!(items("\"a,b\", c"), ["\"a,b\"", "c"]);
        assert_eq!(items("\"a\\\",b\", c"), ["\"a\\\",b\"", "c"]);
        assert_eq!(items("é,ü"), ["é", "ü"]);
        assert!(items("").is_empty());
    }

    #[test]
    fn parameters_are_unquoted_and_decoded() {
        let (first, parameters) = split_parameters(
            "text/html; Charset = \"u\\\"t;f\" ;b=c; nothing; u*=UTF-8'de'%C3%A9; u=plain; v*=x",
        );
        assert_eq!(first, "text/html");
        let expected = [("charset", "u\"t;f"), ("b", "c"), ("u", "é")];
        assert_eq!(
            parameters,
            expected.map(|(n, v)| (n.into(), v.into())).into()
        );
    }

    #[test]
    fn parameters_survive_a_round_trip() {
        for value in ["utf-8", "a b", "a\"b\\c", "é;ü", "", "a;b,c"] {
            let mut text = "x/y".to_owned();
            push_parameter(&mut text, "name", value);
            assert_eq!(
                split_parameters(&text).1.get("name").map(String::as_str),
                Some(value)
            );
        }
    }

    #[test]
    fn what_is_decoded_is_text() {
        for (text, expected) in [
            ("a%20b%C3%A4+%25", Some("a bä+%")),
            ("", Some("")),
            ("%ff", None),
            ("%C3", None),
            ("a%00b", None),
            ("%zz", None),
            ("%", None),
        ] {
            assert_eq!(percent_decode(text).as_deref(), expected, "{text}");
        }
        assert_eq!(decode_extended("UTF-8''%ff"), None);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_read_as_latin_1() {
        assert_eq!(decode_field_value("é".as_bytes()), "é");
        assert_eq!(decode_field_value(b"caf\xe9"), "café");
    }
}
