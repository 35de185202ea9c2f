//! The parameters of `permessage-deflate`, and what follows of them (RFC 7692 §7.1).

use std::{error, fmt};

/// The base-2 logarithm of the size of a window, from 8 to 15 (RFC 7692 §7.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowBits(u8);

impl WindowBits {
    /// A window of 256 bytes.
    pub const MIN: Self = Self(8);
    /// A window of 32 KiB: what is used if nothing is said.
    pub const MAX: Self = Self(15);

    /// Returns the number as window bits, if there is such a window.
    pub fn new(bits: u8) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0)
            .contains(&bits)
            .then_some(Self(bits))
    }

    /// Returns the number.
    pub fn get(self) -> u8 {
        self.0
    }

    /// Reads a value: a number without leading zeros.
    fn parse(value: &str) -> Option<Self> {
        let is_number = !value.starts_with('0') && value.bytes().all(|byte| byte.is_ascii_digit());
        value.parse().ok().filter(|_| is_number).and_then(Self::new)
    }
}

/// The parameters as they stand in an offer or in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// The server remembers nothing from one message to the next.
    pub server_no_context_takeover: bool,
    /// The client remembers nothing from one message to the next.
    pub client_no_context_takeover: bool,
    /// The window of the server's messages.
    pub server_max_window_bits: Option<WindowBits>,
    /// The window of the client's messages. Offers may have the parameter without a value, to say
    /// that it is known.
    pub client_max_window_bits: Option<Option<WindowBits>>,
}

impl Params {
    /// Reads the parameters of an extension: names, and values without their quotes.
    pub fn parse<'a>(
        params: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Result<Self, ParamsError> {
        let mut parsed = Self::default();
        for (name, value) in params {
            let is_new = match name {
                SERVER_NO_CONTEXT_TAKEOVER | CLIENT_NO_CONTEXT_TAKEOVER => {
                    if value.is_some() {
                        return Err(ParamsError::UnexpectedValue(name.to_owned()));
                    }
                    let flag = match name {
                        SERVER_NO_CONTEXT_TAKEOVER => &mut parsed.server_no_context_takeover,
                        _ => &mut parsed.client_no_context_takeover,
                    };
                    !std::mem::replace(flag, true)
                }
                SERVER_MAX_WINDOW_BITS => {
                    let bits = parse_bits(name, value)?
                        .ok_or(ParamsError::MissingValue(SERVER_MAX_WINDOW_BITS))?;
                    parsed.server_max_window_bits.replace(bits).is_none()
                }
                CLIENT_MAX_WINDOW_BITS => parsed
                    .client_max_window_bits
                    .replace(parse_bits(name, value)?)
                    .is_none(),
                _ => return Err(ParamsError::Unknown(name.to_owned())),
            };
            if !is_new {
                return Err(ParamsError::Duplicate(name.to_owned()));
            }
        }
        Ok(parsed)
    }
}

fn parse_bits(name: &str, value: Option<&str>) -> Result<Option<WindowBits>, ParamsError> {
    let Some(value) = value else { return Ok(None) };
    let bits = WindowBits::parse(value).ok_or_else(|| ParamsError::InvalidWindowBits {
        name: name.to_owned(),
        value: value.to_owned(),
    });
    bits.map(Some)
}

impl fmt::Display for Params {
    /// Writes the parameters as they stand behind the name of the extension, each with a `; ` before
    /// it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.server_no_context_takeover {
            write!(f, "; {SERVER_NO_CONTEXT_TAKEOVER}")?;
        }
        if self.client_no_context_takeover {
            write!(f, "; {CLIENT_NO_CONTEXT_TAKEOVER}")?;
        }
        if let Some(WindowBits(bits)) = self.server_max_window_bits {
            write!(f, "; {SERVER_MAX_WINDOW_BITS}={bits}")?;
        }
        match self.client_max_window_bits {
            None => Ok(()),
            Some(None) => write!(f, "; {CLIENT_MAX_WINDOW_BITS}"),
            Some(Some(WindowBits(bits))) => write!(f, "; {CLIENT_MAX_WINDOW_BITS}={bits}"),
        }
    }
}

/// How the messages of one side are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// How far back the compressed data may refer.
    pub max_window_bits: WindowBits,
    /// Whether it may refer to earlier messages.
    pub context_takeover: bool,
}

impl Direction {
    fn new(max_window_bits: WindowBits, no_context_takeover: bool) -> Self {
        Self {
            max_window_bits,
            context_takeover: !no_context_takeover,
        }
    }
}

impl Default for Direction {
    fn default() -> Self {
        Self::new(WindowBits::MAX, false)
    }
}

/// What client and server have agreed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// How the client's messages are compressed.
    pub client: Direction,
    /// How the server's messages are compressed.
    pub server: Direction,
}

/// What one side wants to agree on, with defaults as the RFC has them: everything is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The client is to remember nothing from one message to the next.
    pub client_no_context_takeover: bool,
    /// The server is to remember nothing from one message to the next.
    pub server_no_context_takeover: bool,
    /// The largest window for the client's messages.
    pub client_max_window_bits: WindowBits,
    /// The largest window for the server's messages.
    pub server_max_window_bits: WindowBits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            client_no_context_takeover: false,
            server_no_context_takeover: false,
            client_max_window_bits: WindowBits::MAX,
            server_max_window_bits: WindowBits::MAX,
        }
    }
}

impl Settings {
    /// Returns what a client offers.
    pub fn offer(&self) -> Params {
        let if_smaller = |bits: WindowBits| Some(bits).filter(|bits| *bits < WindowBits::MAX);
        Params {
            server_no_context_takeover: self.server_no_context_takeover,
            client_no_context_takeover: self.client_no_context_takeover,
            server_max_window_bits: if_smaller(self.server_max_window_bits),
            client_max_window_bits: Some(if_smaller(self.client_max_window_bits)),
        }
    }

    /// Returns what a server makes of an offer, and its answer (RFC 7692 §7.1).
    ///
    /// A client that does not say that it knows `client_max_window_bits` is left its window, since
    /// it cannot be told (§7.1.2.2).
    pub fn accept(&self, offer: &Params) -> (Agreement, Params) {
        let server_bits = offer.server_max_window_bits.unwrap_or(WindowBits::MAX);
        let server_bits = server_bits.min(self.server_max_window_bits);
        let client_bits = offer.client_max_window_bits.map(|bits| {
            bits.unwrap_or(WindowBits::MAX)
                .min(self.client_max_window_bits)
        });
        let answer = Params {
            server_no_context_takeover: self.server_no_context_takeover
                || offer.server_no_context_takeover,
            client_no_context_takeover: self.client_no_context_takeover
                || offer.client_no_context_takeover,
            server_max_window_bits: offer
                .server_max_window_bits
                .map(|_| server_bits)
                .or_else(|| Some(server_bits).filter(|bits| *bits < WindowBits::MAX)),
            client_max_window_bits: client_bits
                .filter(|bits| {
                    *bits < WindowBits::MAX || matches!(offer.client_max_window_bits, Some(Some(_)))
                })
                .map(Some),
        };
        let agreement = Agreement {
            client: Direction::new(
                client_bits.unwrap_or(WindowBits::MAX),
                answer.client_no_context_takeover,
            ),
            server: Direction::new(server_bits, answer.server_no_context_takeover),
        };
        (agreement, answer)
    }

    /// Checks the answer to [`offer`](Self::offer), and returns what a client makes of it.
    pub fn verify(&self, answer: &Params) -> Result<Agreement, ParamsError> {
        if self.server_no_context_takeover && !answer.server_no_context_takeover {
            return Err(ParamsError::NotAccepted(SERVER_NO_CONTEXT_TAKEOVER));
        }
        // §7.1.2.1: it may come unasked, but if it was asked for it has to come.
        let server_bits = answer.server_max_window_bits;
        if server_bits.unwrap_or(WindowBits::MAX) > self.server_max_window_bits {
            return Err(ParamsError::NotAccepted(SERVER_MAX_WINDOW_BITS));
        }
        let client_bits = match answer.client_max_window_bits {
            None => WindowBits::MAX,
            Some(None) => return Err(ParamsError::MissingValue(CLIENT_MAX_WINDOW_BITS)),
            Some(Some(bits)) if bits > self.client_max_window_bits => {
                return Err(ParamsError::NotAccepted(CLIENT_MAX_WINDOW_BITS));
            }
            Some(Some(bits)) => bits,
        };
        Ok(Agreement {
            // What the client wants for its own messages it does, whatever the server says.
            client: Direction::new(
                client_bits.min(self.client_max_window_bits),
                self.client_no_context_takeover || answer.client_no_context_takeover,
            ),
            server: Direction::new(
                server_bits.unwrap_or(WindowBits::MAX),
                answer.server_no_context_takeover,
            ),
        })
    }
}

/// Why an offer is declined, or an answer fails the handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParamsError {
    /// The RFC does not know the parameter.
    Unknown(String),
    /// A parameter is there twice.
    Duplicate(String),
    /// A parameter has a value, and may not.
    UnexpectedValue(String),
    /// A parameter has no value, and should.
    MissingValue(&'static str),
    /// A value is no number from 8 to 15.
    InvalidWindowBits {
        /// The parameter.
        name: String,
        /// Its value.
        value: String,
    },
    /// The server did not accept what was offered.
    NotAccepted(&'static str),
}

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "unknown parameter {name:?}"),
            Self::Duplicate(name) => write!(f, "parameter {name} is there more than once"),
            Self::UnexpectedValue(name) => write!(f, "parameter {name} has a value"),
            Self::MissingValue(name) => write!(f, "parameter {name} has no value"),
            Self::InvalidWindowBits { name, value } => {
                write!(f, "parameter {name} is {value:?}, expected 8 to 15")
            }
            Self::NotAccepted(name) => {
                write!(
                    f,
                    "server did not accept parameter {name} as it was offered"
                )
            }
        }
    }
}

impl error::Error for ParamsError {}

const SERVER_NO_CONTEXT_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_NO_CONTEXT_TAKEOVER: &str = "client_no_context_takeover";
const SERVER_MAX_WINDOW_BITS: &str = "server_max_window_bits";
const CLIENT_MAX_WINDOW_BITS: &str = "client_max_window_bits";

#[cfg(test)]
mod tests {
    use super::{super::super::handshake::parse_extensions, *};

    /// Reads the parameters of `permessage-deflate` + `text`, as a handshake does.
    fn parse(text: &str) -> Result<Params, ParamsError> {
        let extensions = parse_extensions(&format!("permessage-deflate{text}"));
        let [extension] = &extensions[..] else {
            panic!("{text}: {extensions:?}");
        };
        let params = extension.parameters.iter();
        Params::parse(params.map(|(name, value)| (&**name, value.as_deref())))
    }

    fn bits(bits: u8) -> WindowBits {
        WindowBits::new(bits).unwrap()
    }

    #[test]
    fn params_are_read_and_written() {
        for (text, written) in [
            ("", ""),
            (
                "; server_no_context_takeover",
                "; server_no_context_takeover",
            ),
            (";client_max_window_bits", "; client_max_window_bits"),
            (
                r#";client_max_window_bits="8""#,
                "; client_max_window_bits=8",
            ),
            (
                "; client_max_window_bits=15; server_max_window_bits=10; \
                 client_no_context_takeover; server_no_context_takeover",
                "; server_no_context_takeover; client_no_context_takeover; \
                 server_max_window_bits=10; client_max_window_bits=15",
            ),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn wrong_params_are_refused() {
        use ParamsError::*;
        let invalid = |value: &str| InvalidWindowBits {
            name: SERVER_MAX_WINDOW_BITS.into(),
            value: value.into(),
        };
        for (text, expected) in [
            ("; x", Unknown("x".into())),
            (
                "; Client_max_window_bits",
                Unknown("Client_max_window_bits".into()),
            ),
            (
                "; server_no_context_takeover=1",
                UnexpectedValue(SERVER_NO_CONTEXT_TAKEOVER.into()),
            ),
            (
                "; client_no_context_takeover=true",
                UnexpectedValue(CLIENT_NO_CONTEXT_TAKEOVER.into()),
            ),
            (
                "; server_max_window_bits",
                MissingValue(SERVER_MAX_WINDOW_BITS),
            ),
            ("; server_max_window_bits=7", invalid("7")),
            ("; server_max_window_bits=16", invalid("16")),
            ("; server_max_window_bits=08", invalid("08")),
            ("; server_max_window_bits=+9", invalid("+9")),
            ("; server_max_window_bits=-9", invalid("-9")),
            ("; server_max_window_bits=9x", invalid("9x")),
            ("; server_max_window_bits=256", invalid("256")),
            (
                "; client_no_context_takeover; client_no_context_takeover",
                Duplicate(CLIENT_NO_CONTEXT_TAKEOVER.into()),
            ),
            (
                "; client_max_window_bits; client_max_window_bits=9",
                Duplicate(CLIENT_MAX_WINDOW_BITS.into()),
            ),
            (
                "; server_max_window_bits=9; server_max_window_bits=9",
                Duplicate(SERVER_MAX_WINDOW_BITS.into()),
            ),
        ] {
            assert_eq!(parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn servers_answer_what_is_offered() {
        let plain = Settings::default();
        let narrow = Settings {
            client_max_window_bits: bits(10),
            server_max_window_bits: bits(11),
            client_no_context_takeover: true,
            server_no_context_takeover: true,
        };
        let flags = "; server_no_context_takeover; client_no_context_takeover";
        for (settings, offer, answer) in [
            (plain, "", ""),
            (plain, "; client_max_window_bits", ""),
            (
                plain,
                "; client_max_window_bits=15",
                "; client_max_window_bits=15",
            ),
            (
                plain,
                "; client_max_window_bits=8; server_max_window_bits=8",
                "; server_max_window_bits=8; client_max_window_bits=8",
            ),
            (
                plain,
                "; server_max_window_bits=15",
                "; server_max_window_bits=15",
            ),
            (plain, flags, flags),
            (narrow, "", &format!("{flags}; server_max_window_bits=11")),
            (
                narrow,
                "; client_max_window_bits; server_max_window_bits=9",
                &format!("{flags}; server_max_window_bits=9; client_max_window_bits=10"),
            ),
            (
                narrow,
                "; client_max_window_bits=12; server_max_window_bits=12",
                &format!("{flags}; server_max_window_bits=11; client_max_window_bits=10"),
            ),
        ] {
            let (_, params) = settings.accept(&parse(offer).unwrap());
            assert_eq!(params.to_string(), answer, "{offer}");
        }
    }

    #[test]
    fn clients_check_what_is_answered() {
        use ParamsError::*;
        let plain = Settings::default();
        let narrow = Settings {
            client_max_window_bits: bits(10),
            server_max_window_bits: bits(11),
            ..plain
        };
        let forgetful = Settings {
            server_no_context_takeover: true,
            ..plain
        };
        for (settings, answer, expected) in [
            (plain, "", Ok((15, 15))),
            (plain, "; client_max_window_bits=8", Ok((8, 15))),
            (plain, "; server_max_window_bits=9", Ok((15, 9))),
            (plain, "; server_no_context_takeover", Ok((15, 15))),
            (
                plain,
                "; client_max_window_bits",
                Err(MissingValue(CLIENT_MAX_WINDOW_BITS)),
            ),
            (narrow, "", Err(NotAccepted(SERVER_MAX_WINDOW_BITS))),
            (
                narrow,
                "; server_max_window_bits=12",
                Err(NotAccepted(SERVER_MAX_WINDOW_BITS)),
            ),
            (narrow, "; server_max_window_bits=9", Ok((10, 9))),
            (
                narrow,
                "; server_max_window_bits=11; client_max_window_bits=11",
                Err(NotAccepted(CLIENT_MAX_WINDOW_BITS)),
            ),
            (forgetful, "", Err(NotAccepted(SERVER_NO_CONTEXT_TAKEOVER))),
            (forgetful, "; server_no_context_takeover", Ok((15, 15))),
        ] {
            let agreed = parse(answer).and_then(|answer| settings.verify(&answer));
            let agreed = agreed.map(|Agreement { client, server }| {
                (client.max_window_bits.get(), server.max_window_bits.get())
            });
            assert_eq!(agreed, expected, "{answer}");
        }
    }

    #[test]
    fn both_sides_come_to_the_same() {
        let all = [8, 9, 12, 15].map(bits);
        let flags = [false, true];
        let settings: Vec<Settings> = all
            .into_iter()
            .flat_map(|client| all.map(|server| (client, server)))
            .flat_map(|bits| flags.map(|flag| (bits, flag)))
            .flat_map(|(bits, client)| flags.map(|server| (bits, client, server)))
            .map(|((client_bits, server_bits), client, server)| Settings {
                client_max_window_bits: client_bits,
                server_max_window_bits: server_bits,
                client_no_context_takeover: client,
                server_no_context_takeover: server,
            })
            .collect();
        for client in &settings {
            for server in &settings {
                let (agreement, answer) =
                    server.accept(&parse(&client.offer().to_string()).unwrap());
                let answer = parse(&answer.to_string()).unwrap();
                assert_eq!(
                    client.verify(&answer),
                    Ok(agreement),
                    "{client:?} {server:?}"
                );
            }
        }
    }
}
