//! Which failures are final: those that trying again would only repeat.
//!
//! The default, that is; a program may know better. What is refused because of who asks, for what,
//! or how, is final; what is refused because of the moment is not.

/// How an attempt, or a connection, has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server, or a proxy, answered with this status (RFC 9110 §15).
    Refused(u32),
    /// What answered does not speak WebSocket, or not as it should.
    NoWebsocket,
    /// The server's certificate is not trusted, or it does not trust ours.
    Certificate,
    /// The program has taken it back, or asked for what cannot be.
    Misused,
    /// There was no connection: no address, no way, no answer in time.
    Unreachable,
    /// The peer closed the connection with this code (RFC 6455 §7.4).
    Closed(u16),
    /// The peer broke a rule, and was told so with this code.
    Violated(u16),
    /// The connection broke, or the peer was found gone.
    Broken,
}

impl Failure {
    pub(super) fn is_final(self) -> bool {
        match self {
            Self::Refused(status) => refusal_is_final(status),
            Self::NoWebsocket | Self::Certificate | Self::Misused => true,
            Self::Closed(code) | Self::Violated(code) => close_is_final(code),
            Self::Unreachable | Self::Broken => false,
        }
    }
}

fn refusal_is_final(status: u32) -> bool {
    match status {
        // Request Timeout, Too Early, Too Many Requests: the same request may do later.
        408 | 425 | 429 => false,
        500.. => false,
        // Anything but an upgrade: what answers is another kind of service.
        _ => true,
    }
}

fn close_is_final(code: u16) -> bool {
    match code {
        // The peer says that all is done.
        1000 => true,
        // Something was wrong with what was said, and would be said again: a violation of the protocol,
        // data of the wrong kind or form, against a policy, too big, without an extension.
        1002 | 1003 | 1007..=1010 => true,
        // In IANA's registry: Unauthorized, Forbidden.
        3000 | 3003 => true,
        // The server goes away, restarts, is overloaded, or means something of its own.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Failure::*;

    #[test]
    fn what_would_only_be_repeated_is_final() {
        let cases = [
            (Refused(200), true),
            (Refused(301), true),
            (Refused(400), true),
            (Refused(401), true),
            (Refused(403), true),
            (Refused(404), true),
            (Refused(407), true),
            (Refused(408), false),
            (Refused(410), true),
            (Refused(425), false),
            (Refused(426), true),
            (Refused(429), false),
            (Refused(500), false),
            (Refused(502), false),
            (Refused(503), false),
            (Refused(504), false),
            (NoWebsocket, true),
            (Certificate, true),
            (Misused, true),
            (Unreachable, false),
            (Broken, false),
            (Closed(1000), true),
            (Closed(1001), false),
            (Closed(1002), true),
            (Closed(1003), true),
            (Closed(1005), false),
            (Closed(1006), false),
            (Closed(1007), true),
            (Closed(1008), true),
            (Closed(1009), true),
            (Closed(1010), true),
            (Closed(1011), false),
            (Closed(1012), false),
            (Closed(1013), false),
            (Closed(1014), false),
            (Closed(3000), true),
            (Closed(3003), true),
            (Closed(3008), false),
            (Closed(4000), false),
            (Violated(1002), true),
            (Violated(1007), true),
            (Violated(1009), true),
        ];
        for (failure, is_final) in cases {
            assert_eq!(failure.is_final(), is_final, "{failure:?}");
        }
    }
}
