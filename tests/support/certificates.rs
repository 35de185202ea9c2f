//! Certificates that are made anew for each run.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("certificates-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let make = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/make");
    let output = Command::new(make)
        .arg(&folder)
        .output()
        .expect("the script can be run");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    folder
});

/// The certificate of a `server` on `localhost` and `127.0.0.1`, of a `stranger`, of a `client`, or of one
/// that is `unknown` to the authority.
pub(crate) fn certificate(name: &str) -> gio::TlsCertificate {
    gio::TlsCertificate::from_file(FOLDER.join(format!("{name}.pem"))).expect("it can be read")
}

/// A database that trusts the authority of the tests.
pub(crate) fn trust() -> gio::TlsFileDatabase {
    gio::TlsFileDatabase::new(FOLDER.join("ca.pem")).expect("it can be read")
}
