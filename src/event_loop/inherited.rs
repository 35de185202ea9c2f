//! Listening sockets that others have made: those that a service manager has passed to this process,
//! as systemd does, by the protocol of sd_listen_fds(3), and any other.
//!
//! The environment stays as it is: a child has another process ID, and so knows that nothing was meant
//! for it. Instead, a socket that was taken over once is not taken over again: its number may be
//! somebody else's by then.
#![allow(unsafe_code)]

use super::lock;
use std::collections::BTreeSet;
use std::env;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Mutex;

/// The number of the first one that is passed.
const FIRST: RawFd = 3;

/// What systemd calls those that have no name.
const NO_NAME: &str = "unknown";

/// What this process has taken over.
static TAKEN: Mutex<BTreeSet<RawFd>> = Mutex::new(BTreeSet::new());

/// Takes over the sockets that were passed with this name, or all, but for those that were taken over
/// before. All of them listen.
pub(crate) fn take_inherited(name: Option<&str>) -> Result<Vec<gio::Socket>, glib::Error> {
    let variable = |name| env::var(name).ok();
    let passed = passed(
        std::process::id(),
        variable("LISTEN_PID").as_deref(),
        variable("LISTEN_FDS").as_deref(),
        variable("LISTEN_FDNAMES").as_deref(),
    )?;
    let mut taken = lock(&TAKEN);
    let left: Vec<&(RawFd, String)> = passed
        .iter()
        .filter(|(fd, _)| !taken.contains(fd))
        .collect();
    for (fd, _) in &left {
        keep_from_children(*fd).map_err(|error| failed(*fd, &error.to_string()))?;
    }
    let wanted = |other: &str| name.is_none_or(|name| name == other);
    let wanted: Vec<RawFd> = left
        .iter()
        .filter(|(_, other)| wanted(other))
        .map(|(fd, _)| *fd)
        .collect();
    // All of them or none: what is left stays for another try.
    if let Some(fd) = wanted.iter().find(|fd| !listens(**fd)) {
        return Err(failed(*fd, "it is no socket that listens"));
    }
    taken.extend(&wanted);
    wanted
        .into_iter()
        // SAFETY: it is open, was passed for this process to own, and is taken only here, once.
        .map(|fd| gio::Socket::from_fd(unsafe { OwnedFd::from_raw_fd(fd) }))
        .collect()
}

/// What the variables say was passed: numbers and names.
fn passed(
    own_pid: u32,
    pid: Option<&str>,
    count: Option<&str>,
    names: Option<&str>,
) -> Result<Vec<(RawFd, String)>, glib::Error> {
    let (Some(pid), Some(count)) = (pid, count) else {
        return Ok(Vec::new());
    };
    let pid: u32 = number("LISTEN_PID", pid)?;
    if pid != own_pid {
        return Ok(Vec::new());
    }
    let count: u16 = number("LISTEN_FDS", count)?;
    let mut names = names.into_iter().flat_map(|names| names.split(':'));
    let numbers = (0..count).map(|index| FIRST + RawFd::from(index));
    Ok(numbers
        .map(|fd| (fd, names.next().unwrap_or(NO_NAME).to_owned()))
        .collect())
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, glib::Error> {
    text.parse().map_err(|_| {
        let text = format!("{name} should be a number, and is {text:?}");
        glib::Error::new(gio::IOErrorEnum::InvalidArgument, &text)
    })
}

fn failed(fd: RawFd, reason: &str) -> glib::Error {
    let text = format!("cannot listen on the file descriptor {fd} that was passed: {reason}");
    glib::Error::new(gio::IOErrorEnum::InvalidArgument, &text)
}

/// Has `fd` closed in programs that this process executes.
fn keep_from_children(fd: RawFd) -> io::Result<()> {
    // SAFETY: takes no pointers; a number that is not open is refused by the system.
    match unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Makes a socket of a copy of `fd`, which no child inherits. It has to listen.
pub(crate) fn copy_listening(fd: BorrowedFd<'_>) -> Result<gio::Socket, glib::Error> {
    // Asked before, because gio-rs closes twice what GIO does not take for a socket.
    let copy = if listens(fd.as_raw_fd()) {
        fd.try_clone_to_owned().map_err(|error| error.to_string())
    } else {
        Err("it is no socket that listens".to_owned())
    };
    let copy = copy.map_err(|reason| {
        let text = format!("cannot listen on a file descriptor: {reason}");
        glib::Error::new(gio::IOErrorEnum::InvalidArgument, &text)
    })?;
    gio::Socket::from_fd(copy)
}

/// Whether `fd` is a socket that listens.
fn listens(fd: RawFd) -> bool {
    let mut value: libc::c_int = 0;
    let mut length = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: value and length live for the call, and belong together.
    let result = unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_ACCEPTCONN,
            (&raw mut value).cast(),
            &raw mut length,
        )
    };
    result == 0 && value != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_passed_is_in_the_environment() {
        let list = |pairs: &[(RawFd, &str)]| {
            let owned = pairs.iter().map(|&(fd, name)| (fd, name.to_owned()));
            owned.collect::<Vec<_>>()
        };
        for (pid, count, names, expected) in [
            (None, None, None, list(&[])),
            (Some("7"), None, None, list(&[])),
            (None, Some("1"), None, list(&[])),
            (Some("8"), Some("1"), None, list(&[])),
            (Some("7"), Some("0"), Some(""), list(&[])),
            (Some("7"), Some("1"), None, list(&[(3, "unknown")])),
            (
                Some("7"),
                Some("3"),
                Some("web:tls"),
                list(&[(3, "web"), (4, "tls"), (5, "unknown")]),
            ),
        ] {
            let passed = passed(7, pid, count, names).expect("it is right");
            assert_eq!(passed, expected, "{pid:?} {count:?} {names:?}");
        }
    }

    #[test]
    fn an_environment_that_is_wrong_is_an_error() {
        for (pid, count) in [("x", "1"), ("7", "x"), ("7", "-1"), ("7", ""), ("", "1")] {
            let error = passed(7, Some(pid), Some(count), None).expect_err("it is wrong");
            assert!(error.matches(gio::IOErrorEnum::InvalidArgument), "{error}");
        }
    }
}
