//! See `wsoup_fuzz::headers`.
#![cfg_attr(fuzzing, no_main)]
wsoup_fuzz::fuzz_program!(headers);
