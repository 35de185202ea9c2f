//! See `wsoup_fuzz::deflate`.
#![cfg_attr(fuzzing, no_main)]
wsoup_fuzz::fuzz_program!(deflate);
