//! What is fuzzed: each target takes any bytes, and panics if a promise is broken.
//!
//! | target | what it promises |
//! | --- | --- |
//! | [`frames`] | any bytes come to what a plain reading of RFC 6455 says, however they are cut |
//! | [`endpoint`] | any order of bytes, commands and times keeps the rules of [`wsoup::protocol`] |
//! | [`deflate`] | what is compressed is what was sent; hostile data stops at its limit |
//! | [`handshake`] | heads of HTTP, their bodies, and the rules of the handshake on them |
//! | [`headers`] | the values of single headers, above all extensions that are offered |
//! | [`differential`] | the crate `tungstenite` takes and refuses the same frames |
//!
//! The programs in `fuzz_targets/` are for libFuzzer: `./run fuzz`, or `cargo fuzz`. Built as usual,
//! they try the files that they are given. `tests/corpus.rs` tries all that is known: what
//! [`seeds`] makes of the tables in `tests/conformance/`, and what has been found, in `corpus/`.

mod input;
mod model;
pub mod seeds;
mod targets;

pub use targets::{deflate, differential, endpoint, frames, handshake, headers};

#[cfg(fuzzing)]
#[doc(hidden)]
pub use libfuzzer_sys;

// Counts what the targets keep; sanitizers see through it.
#[path = "../../tests/support/counting.rs"]
mod counting;

// How the tables are written.
#[path = "../../tests/conformance/heads.rs"]
mod heads;
#[path = "../../tests/conformance/notation.rs"]
#[expect(dead_code, reason = "what should come of the bytes is not asked here")]
mod notation;
#[path = "../../tests/support"]
#[expect(dead_code, reason = "only writing is needed")]
mod support {
    pub(crate) mod wire;
}

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

/// A target: any bytes are fine, and a panic is a finding.
pub type Target = fn(&[u8]);

/// All targets, by name.
pub const TARGETS: [(&str, Target); 6] = [
    ("frames", frames),
    ("endpoint", endpoint),
    ("deflate", deflate),
    ("handshake", handshake),
    ("headers", headers),
    ("differential", differential),
];

/// Tries the files that are named on the command line.
///
/// # Panics
///
/// If one of them cannot be read, or is a finding.
pub fn try_files(target: Target) {
    for name in std::env::args_os().skip(1) {
        let bytes =
            std::fs::read(&name).unwrap_or_else(|error| panic!("{}: {error}", name.display()));
        target(&bytes);
        println!("{}: nothing is wrong", name.display());
    }
}

/// Makes a program of a target: for libFuzzer, or to try files.
#[macro_export]
macro_rules! fuzz_program {
    ($target:ident) => {
        #[cfg(fuzzing)]
        use $crate::libfuzzer_sys;

        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::$target(data));

        #[cfg(not(fuzzing))]
        fn main() {
            $crate::try_files($crate::$target);
        }
    };
}
