//! See `wsoup_fuzz::frames`.
#![cfg_attr(fuzzing, no_main)]
wsoup_fuzz::fuzz_program!(frames);
