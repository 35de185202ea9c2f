//! The notation of the tables of heads: changes to a good one. `requests.txt` says how they are written.

use crate::notation::unescape;

/// Makes these changes to a head.
pub(crate) fn changed(head: &str, changes: &str) -> Vec<u8> {
    let lines = head.trim_end().split("\r\n");
    let mut lines: Vec<Vec<u8>> = lines.map(|line| line.as_bytes().to_vec()).collect();
    for change in changes.split(" ;; ").map(str::trim_start) {
        let (count, change) = match change.split_once('(') {
            Some((count, repeated)) if count.parse::<usize>().is_ok() => {
                (count, repeated.strip_suffix(')').expect("a parenthesis"))
            }
            _ => ("1", change),
        };
        for _ in 0..count.parse().expect("a number") {
            change_once(&mut lines, change);
        }
    }
    let mut changed = lines.join(&b"\r\n"[..]);
    changed.extend(b"\r\n\r\n");
    changed
}

fn change_once(lines: &mut Vec<Vec<u8>>, change: &str) {
    let mut remove = |name: &str| {
        let named = |line: &[u8]| line.get(..name.len() + 1) == Some(format!("{name}:").as_bytes());
        lines.retain(|line| !named(line));
    };
    if let Some(name) = change.strip_prefix('-') {
        remove(name);
    } else if let Some(line) = change.strip_prefix("= ") {
        lines[0] = repeated(line);
    } else if let Some(line) = change.strip_prefix('+') {
        lines.push(repeated(line));
    } else if let Some((name, _)) = change.split_once(':') {
        remove(name);
        lines.push(repeated(change));
    }
}

/// Unescapes `text`, in which `a*10` stands for ten bytes, and `10(…)` as a whole for ten times that.
fn repeated(text: &str) -> Vec<u8> {
    if let Some((before, rest)) = text.split_once("a*") {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count = rest[..digits].parse().expect("a number");
        return [
            unescape(before),
            b"a".repeat(count),
            unescape(&rest[digits..]),
        ]
        .concat();
    }
    match text.split_once('(') {
        Some((count, repeated)) if count.parse::<usize>().is_ok() => {
            let repeated = repeated.strip_suffix(')').expect("a parenthesis");
            let mut lines = unescape(repeated).repeat(count.parse().expect("a number"));
            lines.extend(b"HTTP/1.1 101 Switching Protocols");
            lines
        }
        _ => unescape(text),
    }
}
