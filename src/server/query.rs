//! The queries of URIs, as HTML forms make them.

use crate::http::syntax::percent_decode;
use std::collections::HashMap;

/// The names and values of a query in the form of HTML forms.
pub(super) fn parse_query(query: &str) -> HashMap<String, String> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode(&text).unwrap_or(text)
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let query = parse_query("a=b+c&d=%C3%A4&&e&f=g=h&i=%zz&j=%ff");
        let expected = [
            ("a", "b c"),
            ("d", "ä"),
            ("e", ""),
            ("f", "g=h"),
            ("i", "%zz"),
            ("j", "%ff"),
        ];
        assert_eq!(query.len(), expected.len());
        for (name, value) in expected {
            assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
        }
    }
}
