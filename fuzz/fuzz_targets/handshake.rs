//! See `wsoup_fuzz::handshake`.
#![cfg_attr(fuzzing, no_main)]
wsoup_fuzz::fuzz_program!(handshake);
