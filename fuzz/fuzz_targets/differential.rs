//! See `wsoup_fuzz::differential`.
#![cfg_attr(fuzzing, no_main)]
wsoup_fuzz::fuzz_program!(differential);
