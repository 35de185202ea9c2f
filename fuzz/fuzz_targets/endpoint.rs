//! See `wsoup_fuzz::endpoint`.
#![cfg_attr(fuzzing, no_main)]
wsoup_fuzz::fuzz_program!(endpoint);
