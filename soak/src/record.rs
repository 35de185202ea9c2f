//! What each side of a connection says of it at the end, and whether that fits together.

use std::fmt;
use std::str::FromStr;

/// The account of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) connection: u64,
    /// The messages that were given to the connection.
    pub(crate) sent: u64,
    /// How many of them are known to have been written, up to the last that is.
    pub(crate) written: u64,
    pub(crate) received: u64,
    /// It called `close()` before it heard of the other's.
    pub(crate) has_closed: bool,
    /// It was closed in order.
    pub(crate) is_clean: bool,
    /// It broke the connection on purpose.
    pub(crate) is_faulty: bool,
    /// It was told that there would be no more, or told the other so.
    pub(crate) is_quiet: bool,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = u8::from;
        write!(
            f,
            "{} {} {} {} {} {} {} {}",
            self.connection,
            self.sent,
            self.written,
            self.received,
            flag(self.has_closed),
            flag(self.is_clean),
            flag(self.is_faulty),
            flag(self.is_quiet)
        )
    }
}

impl FromStr for Record {
    type Err = std::num::ParseIntError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let mut numbers = line.split(' ').map(str::parse::<u64>);
        let mut next = || numbers.next().unwrap_or(Ok(0));
        Ok(Self {
            connection: next()?,
            sent: next()?,
            written: next()?,
            received: next()?,
            has_closed: next()? != 0,
            is_clean: next()? != 0,
            is_faulty: next()? != 0,
            is_quiet: next()? != 0,
        })
    }
}

/// What kind of end the two sides tell of together, or what is wrong with it.
pub(crate) fn compare(client: &Record, server: &Record) -> Result<&'static str, String> {
    let wrong = |what: &str| Err(format!("{what}: client {client:?}, server {server:?}"));
    for (from, to) in [(client, server), (server, client)] {
        if to.received > from.sent {
            return wrong("more messages arrived than were sent");
        }
    }
    let is_clean = client.is_clean && server.is_clean;
    if !is_clean {
        if client.is_faulty || server.is_faulty {
            return Ok("cut");
        }
        return wrong("nobody broke the connection");
    }
    if client.is_faulty || server.is_faulty {
        return Ok("closed in spite of a fault");
    }
    for (from, to) in [(client, server), (server, client)] {
        if to.received < from.written {
            return wrong("a message that was written was lost");
        }
        let is_exact = from.has_closed || client.is_quiet && server.is_quiet;
        if is_exact && to.received != from.sent {
            return wrong("messages were lost before an orderly close");
        }
    }
    Ok(
        match (
            client.is_quiet && server.is_quiet,
            client.has_closed,
            server.has_closed,
        ) {
            (true, ..) => "closed after a farewell",
            (false, true, true) => "closed by both",
            (false, true, false) => "closed by the client",
            (false, false, true) => "closed by the server",
            (false, false, false) => return wrong("nobody closed the connection"),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            connection: 1,
            sent: 5,
            written: 3,
            received: 5,
            has_closed: true,
            is_clean: true,
            ..Record::default()
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        assert_eq!(record().to_string().parse(), Ok(record()));
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        let edit = |edit: fn(&mut Record)| {
            let mut record = record();
            edit(&mut record);
            record
        };
        assert!(compare(&record(), &record()).is_ok());
        let (more, fewer) = (edit(|r| r.received = 6), edit(|r| r.received = 4));
        assert!(compare(&record(), &more).is_err());
        assert!(compare(&record(), &fewer).is_err());
        let answers = edit(|r| r.has_closed = false);
        assert!(
            compare(&answers, &fewer).is_ok(),
            "who only answers may have more to say"
        );
        assert!(
            compare(&answers, &edit(|r| r.received = 2)).is_err(),
            "but not what it has said"
        );
        let cut = edit(|r| r.is_clean = false);
        assert!(compare(&record(), &cut).is_err());
        assert_eq!(compare(&edit(|r| r.is_faulty = true), &cut), Ok("cut"));
    }
}
