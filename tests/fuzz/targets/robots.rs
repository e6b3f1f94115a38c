//! Robots.txt, under libFuzzer.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|input: &[u8]| oracles::check("robots", input));
fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    oracles::mangle::in_place(data, size, most, seed)
        .unwrap_or_else(|| fuzzer_mutate(data, size, most))
});
