//! The grammar that challenges and credentials share (RFC 9110 §11): a scheme, and either one
//! token68 or parameters.
//!
//! What a peer sent is read in one pass. A statement that names a parameter twice is void: two
//! readers could take it for two different things.

use super::super::syntax::{is_token_byte, list_items};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A challenge or credentials.
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(crate) struct AuthHeader {
    scheme: String,
    token68: Option<String>,
    /// By name, in lower case.
    parameters: HashMap<String, String>,
}

impl AuthHeader {
    /// Reads the challenges in one header field: a comma separates both challenges and parameters.
    pub(crate) fn challenges(value: &str) -> Vec<Self> {
        let (mut challenges, mut current) = (Vec::new(), None::<Building>);
        for item in list_items(value) {
            match Item::parse(item) {
                Item::Scheme(scheme, start) => {
                    challenges.extend(current.take().and_then(Building::finish));
                    current = Some(Building::new(scheme, start));
                }
                Item::Parameter(name, value) => {
                    if let Some(current) = &mut current {
                        current.add(name, value);
                    }
                }
                Item::Garbage => {
                    if let Some(current) = &mut current {
                        current.is_void = true;
                    }
                }
            }
        }
        challenges.extend(current.and_then(Building::finish));
        challenges
    }

    /// Reads credentials, of which there is one.
    pub(crate) fn credentials(value: &str) -> Option<Self> {
        let mut found = Self::challenges(value);
        let credentials = found.pop()?;
        found.is_empty().then_some(credentials)
    }

    /// Whether the scheme is this one; they compare case-insensitively.
    pub(crate) fn is_scheme(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    pub(crate) fn token68(&self) -> Option<&str> {
        self.token68.as_deref()
    }

    /// The value of a parameter, whose name is given in lower case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Whether a parameter has this value, which compares case-insensitively.
    pub(crate) fn parameter_is(&self, name: &str, value: &str) -> bool {
        self.parameter(name)
            .is_some_and(|given| given.eq_ignore_ascii_case(value))
    }
}

/// A challenge of which more may come.
struct Building {
    header: AuthHeader,
    is_void: bool,
}

impl Building {
    fn new(scheme: &str, start: Start<'_>) -> Self {
        let mut building = Self {
            header: AuthHeader {
                scheme: scheme.to_owned(),
                token68: None,
                parameters: HashMap::new(),
            },
            is_void: false,
        };
        match start {
            Start::Nothing => (),
            Start::Token68(token) => building.header.token68 = Some(token.to_owned()),
            Start::Parameter(name, value) => building.add(name, value),
        }
        building
    }

    fn add(&mut self, name: &str, value: String) {
        match self.header.parameters.entry(name.to_ascii_lowercase()) {
            Entry::Vacant(entry) => drop(entry.insert(value)),
            Entry::Occupied(_) => self.is_void = true,
        }
        self.is_void |= self.header.token68.is_some();
    }

    fn finish(self) -> Option<AuthHeader> {
        (!self.is_void).then_some(self.header)
    }
}

/// What stands between two commas.
enum Item<'a> {
    /// A new challenge begins.
    Scheme(&'a str, Start<'a>),
    /// The one before goes on.
    Parameter(&'a str, String),
    Garbage,
}

/// What stands with the scheme before the first comma.
enum Start<'a> {
    Nothing,
    Token68(&'a str),
    Parameter(&'a str, String),
}

impl<'a> Item<'a> {
    fn parse(item: &'a str) -> Self {
        if let Some((name, value)) = parse_parameter(item) {
            return Self::Parameter(name, value);
        }
        let (scheme, rest) = split_token(item);
        let rest = trim_start(rest);
        if scheme.is_empty() {
            Self::Garbage
        } else if rest.is_empty() {
            Self::Scheme(scheme, Start::Nothing)
        } else if scheme.len() + rest.len() == item.len() {
            // Nothing separates the two.
            Self::Garbage
        } else if let Some((name, value)) = parse_parameter(rest) {
            Self::Scheme(scheme, Start::Parameter(name, value))
        } else if is_token68(rest) {
            Self::Scheme(scheme, Start::Token68(rest))
        } else {
            Self::Garbage
        }
    }
}

/// Reads `name=value`, where spaces may stand around the sign.
fn parse_parameter(text: &str) -> Option<(&str, String)> {
    let (name, rest) = split_token(text);
    let value = trim_start(trim_start(rest).strip_prefix('=')?);
    let value = match value.strip_prefix('"') {
        Some(quoted) => unquote(quoted)?,
        None => is_unquoted(value).then(|| value.to_owned())?,
    };
    (!name.is_empty()).then_some((name, value))
}

/// Whether a value can stand without quotes. Only a token should, but some servers send paths or
/// base64 so; padding alone belongs to a token68.
fn is_unquoted(value: &str) -> bool {
    !value.trim_start_matches('=').is_empty() && !value.contains([' ', '\t', '"', '\\'])
}

/// Reads a quoted string behind its first quote (RFC 9110 §5.6.4): to its end, which has to be the
/// end of the text.
fn unquote(quoted: &str) -> Option<String> {
    let mut unquoted = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return characters.next().is_none().then_some(unquoted),
            '\\' => unquoted.push(characters.next()?),
            character => unquoted.push(character),
        }
    }
}

fn split_token(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !is_token_byte(byte));
    // What stands before is ASCII, so this is the boundary of a character.
    text.split_at(end.unwrap_or(text.len()))
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// RFC 9110 §11.2
fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(scheme: &str, token68: Option<&str>, parameters: &[(&str, &str)]) -> AuthHeader {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        AuthHeader {
            scheme: scheme.to_owned(),
            token68: token68.map(str::to_owned),
            parameters: parameters.iter().map(owned).collect(),
        }
    }

    #[test]
    fn challenges_and_their_parameters_share_a_list() {
        let value = "Basic realm=\"a, b\" , Newauth, ,Digest Realm = x,qop=\"auth,auth-int\"\t, \
                     nonce=\"a\\\"b\",domain=/a=, Negotiate YWJj==,Bearer";
        assert_eq!(
            AuthHeader::challenges(value),
            [
                header("Basic", None, &[("realm", "a, b")]),
                header("Newauth", None, &[]),
                header(
                    "Digest",
                    None,
                    &[
                        ("realm", "x"),
                        ("qop", "auth,auth-int"),
                        ("nonce", "a\"b"),
                        ("domain", "/a=")
                    ]
                ),
                header("Negotiate", Some("YWJj=="), &[]),
                header("Bearer", None, &[]),
            ]
        );
    }

    #[test]
    fn padding_is_no_parameter() {
        for token in ["YQ==", "YWI=", "YWJj", "a", "-._~+/=="] {
            let credentials = AuthHeader::credentials(&format!("basic  {token}")).unwrap();
            assert_eq!(credentials.token68(), Some(token));
            assert!(credentials.is_scheme("Basic"));
        }
    }

    #[test]
    fn what_is_malformed_or_said_twice_is_void() {
        for value in [
            "",
            "realm=x",
            "Basic realm=\"x",
            "Basic realm=\"x\"y",
            "Basic realm=\"x\\\"",
            "Basic \"x\"",
            "Basic/x",
            "Basic a b",
            "Basic realm=x, realm=y",
            "Basic realm=x, Realm=x",
            "Basic YQ==, realm=x",
            "Basic realm=x y",
            "é",
        ] {
            assert!(AuthHeader::challenges(value).is_empty(), "{value}");
        }
        let after = AuthHeader::challenges("Basic realm=x, realm=y, Digest realm=z");
        assert_eq!(after, [header("Digest", None, &[("realm", "z")])]);
        assert!(AuthHeader::credentials("Basic YQ==, Basic YQ==").is_none());
    }

    proptest! {
        #[test]
        fn nothing_that_is_received_panics(value in "\\PC{0,40}|[ \t,=\"\\\\aé]{0,40}") {
            AuthHeader::challenges(&value);
        }

        #[test]
        fn quoted_values_survive_a_round_trip(values in proptest::collection::vec("\\PC{0,12}", 1..5)) {
            let mut text = "Digest ".to_owned();
            for (index, value) in values.iter().enumerate() {
                text.push_str(&format!("{}p{index}=", if index > 0 { "," } else { "" }));
                super::super::super::syntax::push_quoted(&mut text, value);
            }
            let parsed = AuthHeader::credentials(&text).unwrap();
            for (index, value) in values.iter().enumerate() {
                prop_assert_eq!(parsed.parameter(&format!("p{index}")), Some(value.as_str()));
            }
        }
    }
}
