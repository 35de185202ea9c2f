//! The soak itself works: a short one with few connections.

use std::path::PathBuf;
use std::process::Command;

#[test]
fn a_short_soak_accounts_for_everything() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("soak");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let make = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/certificates/make");
    let made = Command::new(make).arg(&folder).status();
    assert!(made.expect("the script can be run").success());
    let output = Command::new(env!("CARGO_BIN_EXE_wsoup-soak"))
        .arg("--folder")
        .arg(&folder)
        .args(["--connections", "100", "--seconds", "4", "--rate", "1000"])
        .output()
        .expect("it can be run");
    let (out, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}{errors}");
    // It did what it is for.
    for what in [
        "connections cut",
        "closed after a farewell",
        "resets",
        "streams sent",
        "pauses",
    ] {
        assert!(out.contains(what), "no {what}: {out}");
    }
}
