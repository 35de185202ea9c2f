//! Close codes and the bodies of close frames (RFC 6455 §5.5.1, §7.4).

use std::{fmt, str};

use super::{ProtocolError, Role};

/// A close code (RFC 6455 §7.4).
///
/// Any number can be held; [`is_sendable`](Self::is_sendable) says which mean something on the
/// wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// The purpose of the connection has been fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// A server goes down, or a browser leaves the page.
    pub const GOING_AWAY: Self = Self(1001);
    /// The peer broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// The peer sent a type of data that this side cannot accept.
    pub const UNSUPPORTED_DATA: Self = Self(1003);
    /// Never on the wire: the peer's close frame has no close code.
    pub const NO_STATUS: Self = Self(1005);
    /// Never on the wire: the connection ended without a close frame.
    pub const ABNORMAL: Self = Self(1006);
    /// The peer sent data that does not fit its type, such as text that is not UTF-8.
    pub const BAD_DATA: Self = Self(1007);
    /// The peer broke a rule of the application.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// The peer sent more than this side accepts.
    pub const TOO_BIG: Self = Self(1009);
    /// The server did not accept an extension that the client needs. Sent by clients only.
    pub const NO_EXTENSION: Self = Self(1010);
    /// This side met with a condition that it did not expect.
    pub const SERVER_ERROR: Self = Self(1011);
    /// Never on the wire: TLS could not be set up.
    pub const TLS_HANDSHAKE: Self = Self(1015);

    /// Returns whether an application may close with this code.
    ///
    /// These are the codes that are on the wire at all, but for [`NO_EXTENSION`](Self::NO_EXTENSION)
    /// on servers (RFC 6455 §7.4.1).
    pub fn is_sendable(self, role: Role) -> bool {
        self.is_receivable() && !(self == Self::NO_EXTENSION && role == Role::Server)
    }

    /// Returns whether a close frame may carry this code.
    ///
    /// 1012 to 1014 were registered with IANA after RFC 6455; 3000 to 3999 are for libraries and
    /// 4000 to 4999 for applications (§7.4.2).
    pub fn is_receivable(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }
}

impl From<u16> for CloseCode {
    fn from(code: u16) -> Self {
        Self(code)
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a close frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CloseBody {
    /// [`CloseCode::NO_STATUS`] when the frame is empty.
    pub(super) code: CloseCode,
    pub(super) reason: Box<str>,
}

impl CloseBody {
    /// Reads the payload of a received close frame.
    pub(super) fn parse(payload: &[u8]) -> Result<Self, ProtocolError> {
        let (code, reason) = match payload {
            [] => {
                return Ok(Self {
                    code: CloseCode::NO_STATUS,
                    reason: "".into(),
                });
            }
            [_] => return Err(ProtocolError::ShortClose),
            [high, low, reason @ ..] => (CloseCode(u16::from_be_bytes([*high, *low])), reason),
        };
        if !code.is_receivable() {
            return Err(ProtocolError::InvalidCloseCode(code));
        }
        let reason = str::from_utf8(reason).map_err(|_| ProtocolError::InvalidCloseReason)?;
        Ok(Self {
            code,
            reason: reason.into(),
        })
    }
}

/// Returns the payload of a close frame to be sent.
///
/// Without a code there is no place for a reason either. A reason that does not fit is cut, on a
/// character boundary: a close frame must be sent whatever the reason.
pub(super) fn close_payload(code: Option<CloseCode>, reason: &str) -> Vec<u8> {
    let Some(code) = code else { return Vec::new() };
    let reason = &reason[..reason.floor_char_boundary(MAX_REASON)];
    [&code.0.to_be_bytes(), reason.as_bytes()].concat()
}

/// What the code leaves of a control frame's 125 bytes (RFC 6455 §5.5).
const MAX_REASON: usize = 123;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_on_the_wire_are_those_of_the_registry() {
        for (range, on_wire) in [
            (0..=999, false),
            (1000..=1003, true),
            (1004..=1006, false),
            (1007..=1014, true),
            (1015..=2999, false),
            (3000..=4999, true),
            (5000..=u16::MAX, false),
        ] {
            for code in range {
                assert_eq!(CloseCode(code).is_receivable(), on_wire, "{code}");
                let by_client = CloseCode(code).is_sendable(Role::Client);
                let by_server = CloseCode(code).is_sendable(Role::Server);
                assert_eq!(by_client, on_wire, "{code}");
                assert_eq!(by_server, on_wire && code != 1010, "{code}");
            }
        }
    }

    #[test]
    fn bodies_are_checked() {
        use ProtocolError::{InvalidCloseCode, InvalidCloseReason, ShortClose};
        for (payload, expected) in [
            (&b""[..], Ok((1005, ""))),
            (b"\x03\xe8", Ok((1000, ""))),
            (b"\x0f\xa0b\xc3\xa4h", Ok((4000, "bäh"))),
            (b"\x03", Err(ShortClose)),
            (b"\x03\xed", Err(InvalidCloseCode(CloseCode::NO_STATUS))),
            (b"\x00\x00bye", Err(InvalidCloseCode(CloseCode(0)))),
            (b"\x03\xe8b\xc3", Err(InvalidCloseReason)),
        ] {
            let body = CloseBody::parse(payload);
            let body = body
                .as_ref()
                .map(|body| (body.code.0, &*body.reason))
                .map_err(|e| *e);
            assert_eq!(body, expected, "{payload:x?}");
        }
    }

    #[test]
    fn reason_is_cut_on_a_character_boundary() {
        let reason = "ä".repeat(62);
        let payload = close_payload(Some(CloseCode::NORMAL), &reason);
        assert_eq!(payload.len(), 2 + 122);
        assert!(CloseBody::parse(&payload).is_ok());
        assert_eq!(
            close_payload(Some(CloseCode::NORMAL), &"x".repeat(200)).len(),
            125
        );
        assert_eq!(close_payload(None, "lost"), b"");
    }
}
