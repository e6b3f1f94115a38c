//! The gazetteer's blob, compiled from the tables in `fixtures/data/geo` into `$OUT_DIR/gazetteer.zst`.
//!
//! The work is done by the crate's own `domain::gazetteer::compile`, included here with the little it
//! needs, so that what writes the blob and what reads it stand in one folder.

use std::path::Path;
use std::{env, fs, process};

#[path = "../src/domain"]
#[expect(dead_code, reason = "the half of the layout that only reads")]
mod domain {
    pub mod fold;
    pub mod gazetteer {
        pub mod blob;
        pub mod compile;
        pub mod key;
    }
}

use domain::gazetteer::compile;

/// Where the tables are, from the crate's root.
const TABLES: &str = "fixtures/data/geo";

/// Writes the blob, or ends the build naming the file and line to mend.
pub fn build() {
    for table in compile::FILES {
        println!("cargo::rerun-if-changed={TABLES}/{table}");
    }
    for source in [
        "fold.rs",
        "gazetteer/blob.rs",
        "gazetteer/compile",
        "gazetteer/key.rs",
    ] {
        println!("cargo::rerun-if-changed=src/domain/{source}");
    }
    println!("cargo::rerun-if-changed=build/gazetteer.rs");

    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let blob = compile::compile(&Path::new(&root).join(TABLES)).unwrap_or_else(|error| {
        println!("cargo::error={TABLES}/{error}");
        process::exit(1);
    });
    let compressed = compile::compress(&blob).expect("zstd compresses in memory");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("gazetteer.zst"), compressed).expect("OUT_DIR is writable");
}
