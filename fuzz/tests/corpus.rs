//! Tries again all inputs that are known: the seeds of each target, and its folder in `corpus/`.
//!
//! A finding becomes a test by being put there: see `fuzz/README.md`.

use std::panic::catch_unwind;
use std::path::Path;
use wsoup_fuzz::{Target, seeds};

/// Tries everything, and then says what failed.
fn try_all(name: &str, target: Target) {
    let mut inputs: Vec<(String, Vec<u8>)> = Vec::new();
    for (number, seed) in seeds::of(name).into_iter().enumerate() {
        inputs.push((format!("seed {number}"), seed));
    }
    assert!(inputs.len() > 10, "there are seeds");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    for entry in folder.read_dir().expect("each target has a corpus") {
        let path = entry.expect("the folder can be read").path();
        let input = std::fs::read(&path).expect("it can be read");
        inputs.push((path.display().to_string(), input));
    }
    let fails = |input: &[u8]| catch_unwind(|| target(input)).is_err();
    let failed = inputs.iter().filter(|(_, input)| fails(input));
    let failed: Vec<_> = failed.map(|(name, _)| &**name).collect();
    assert!(failed.is_empty(), "failed:\n{}", failed.join("\n"));
}

#[test]
fn frames() {
    try_all("frames", wsoup_fuzz::frames);
}

#[test]
fn endpoint() {
    try_all("endpoint", wsoup_fuzz::endpoint);
}

#[test]
fn deflate() {
    try_all("deflate", wsoup_fuzz::deflate);
}

#[test]
fn handshake() {
    try_all("handshake", wsoup_fuzz::handshake);
}

#[test]
fn headers() {
    try_all("headers", wsoup_fuzz::headers);
}

#[test]
fn differential() {
    try_all("differential", wsoup_fuzz::differential);
}
