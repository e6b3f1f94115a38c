//! What visitors ask, under libFuzzer.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

// What is read once takes longer under sanitizers than an input may.
fuzz_target!(
    init: oracles::check("questions", b""),
    |input: &[u8]| oracles::check("questions", input)
);
fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    oracles::mangle::in_place(data, size, most, seed)
        .unwrap_or_else(|| fuzzer_mutate(data, size, most))
});
