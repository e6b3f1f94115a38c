//! Before the crate: npm builds the front end, and the gazetteer's tables become one compressed blob.

#[path = "build/frontend.rs"]
mod frontend;
#[path = "build/gazetteer.rs"]
mod gazetteer;

fn main() {
    frontend::build();
    gazetteer::build();
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=migrations");
}
