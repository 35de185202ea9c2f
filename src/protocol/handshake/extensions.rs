//! The header `Sec-WebSocket-Extensions` (RFC 6455 §9.1).

use std::collections::HashSet;
use std::fmt;

use super::{SPACE, is_token};

/// An extension as it is offered or accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Its parameters in order, some of which have a value.
    pub parameters: Vec<(String, Option<String>)>,
}

/// Reads the value of a `Sec-WebSocket-Extensions` header.
///
/// An entry that is not as it should be is left out, and does not spoil the others: an offer that
/// nobody understands is one that nobody accepts.
pub fn parse_extensions(value: &str) -> Vec<Extension> {
    entries(value).flatten().collect()
}

/// Reads the value of a `Sec-WebSocket-Extensions` header; None if any entry is not as it should
/// be.
pub(super) fn parse_extensions_strictly(value: &str) -> Option<Vec<Extension>> {
    entries(value).collect()
}

fn entries(value: &str) -> impl Iterator<Item = Option<Extension>> {
    // A list may have empty elements (RFC 9110 §5.6.1).
    split(value, b',')
        .into_iter()
        .filter(|entry| !entry.is_empty())
        .map(Extension::parse)
}

fn parse_parameter(parameter: &str) -> Option<(String, Option<String>)> {
    let (name, value) = match parameter.split_once('=') {
        None => (parameter, None),
        Some((name, value)) => (
            name.trim_matches(SPACE),
            Some(unquote(value.trim_matches(SPACE))?),
        ),
    };
    is_token(name).then(|| (name.to_owned(), value))
}

/// Returns a value without its quotes. It must be a token even between them.
fn unquote(value: &str) -> Option<String> {
    let value = match value.strip_prefix('"') {
        None => value.to_owned(),
        Some(quoted) => {
            let mut unquoted = String::new();
            let mut characters = quoted.strip_suffix('"')?.chars();
            while let Some(character) = characters.next() {
                unquoted.push(if character == '\\' {
                    characters.next()?
                } else {
                    character
                });
            }
            unquoted
        }
    };
    is_token(&value).then_some(value)
}

/// Splits at a separator outside of quotes, and takes off the space around.
fn split(value: &str, separator: u8) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ if byte == separator && !is_quoted => {
                parts.push(value[start..at].trim_matches(SPACE));
                start = at + 1;
            }
            _ => (),
        }
    }
    parts.push(value[start..].trim_matches(SPACE));
    parts
}

impl Extension {
    /// Reads one entry of the header; None if it is not as it should be.
    pub fn parse(entry: &str) -> Option<Self> {
        let mut parts = split(entry, b';').into_iter();
        let name = parts.next().filter(|name| is_token(name))?.to_owned();
        let parameters = parts.map(parse_parameter).collect::<Option<_>>()?;
        Some(Self { name, parameters })
    }

    /// Whether no parameter is there twice. Those of which some are, nobody can use: parameters are
    /// given to an extension by name.
    pub fn has_unique_parameters(&self) -> bool {
        let mut names = HashSet::new();
        self.parameters.iter().all(|(name, _)| names.insert(name))
    }

    /// Whether both cannot be used on one connection: they are the same, or both compress messages
    /// and say so by the same bit (RFC 7692 §5).
    pub fn conflicts_with(&self, other: &Self) -> bool {
        let compresses = |name: &str| name.starts_with("permessage-");
        self.name == other.name || compresses(&self.name) && compresses(&other.name)
    }
}

impl fmt::Display for Extension {
    /// Writes the extension as it stands in the header.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (name, value) in &self.parameters {
            write!(f, "; {name}")?;
            if let Some(value) = value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(value: &str) -> Vec<String> {
        parse_extensions(value)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn headers_are_read() {
        for (value, expected) in [
            ("", &[][..]),
            ("permessage-deflate", &["permessage-deflate"]),
            (" a ;b ; c = 1 , d", &["a; b; c=1", "d"]),
            (r#"a; b="10""#, &["a; b=10"]),
            (r#"a; b="1\0", c"#, &["a; b=10", "c"]),
            (",a,,b,", &["a", "b"]),
        ] {
            assert_eq!(written(value), expected, "{value}");
            assert!(parse_extensions_strictly(value).is_some(), "{value}");
        }
    }

    #[test]
    fn a_bad_entry_does_not_spoil_the_others() {
        for (value, expected) in [
            ("a b, c", &["c"][..]),
            ("a;, c", &["c"]),
            ("a; =1, c", &["c"]),
            ("a; b=, c", &["c"]),
            (r#"a; b="x,y", c"#, &["c"]),
            (r#"a; b="x y"; d, c"#, &["c"]),
            (r#"a; b="", c"#, &["c"]),
            (r#"c, a; b="unfinished, d"#, &["c"]),
            (r#"c, a; b=""#, &["c"]),
            (r#"c, a; b="\"#, &["c"]),
            ("c, ä", &["c"]),
            ("c, a\0", &["c"]),
        ] {
            assert_eq!(written(value), expected, "{value}");
            assert_eq!(parse_extensions_strictly(value), None, "{value}");
        }
    }

    #[test]
    fn extensions_that_compress_conflict() {
        let conflict = |one: &str, other: &str| {
            let all = parse_extensions(&format!("{one}, {other}"));
            all[0].conflicts_with(&all[1])
        };
        assert!(conflict("x-one; a=1", "x-one; a=2"));
        assert!(conflict("permessage-deflate", "permessage-bzip2"));
        assert!(!conflict("permessage-deflate", "x-one"));
        assert!(!conflict("x-one", "x-two"));
    }

    #[test]
    fn parameters_may_be_there_once() {
        for (value, expected) in [("a", true), ("a; b; c=1", true), ("a; b; c; b=1", false)] {
            assert_eq!(
                parse_extensions(value)[0].has_unique_parameters(),
                expected,
                "{value}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            names in prop::collection::vec("[a-z!#-]{1,9}", 1..4),
            parameters in prop::collection::vec(("[a-z-]{1,9}", prop::option::of("[0-9a-z]{1,4}")), 0..4),
        ) {
            let extensions: Vec<_> = names
                .into_iter()
                .map(|name| Extension { name, parameters: parameters.clone() })
                .collect();
            let value: Vec<_> = extensions.iter().map(ToString::to_string).collect();
            prop_assert_eq!(parse_extensions(&value.join(", ")), extensions);
        }

        #[test]
        fn nothing_is_too_strange_to_be_read(value in r#"[a,;="\\ ä]{0,30}"#) {
            for extension in parse_extensions(&value) {
                prop_assert!(is_token(&extension.name));
            }
        }
    }
}
