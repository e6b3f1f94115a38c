//! The Debian package.

use std::path::PathBuf;

use super::{path, text};

fn manifest() -> toml::Table {
    toml::from_str(&text("Cargo.toml")).unwrap()
}

#[test]
fn every_file_of_the_package_is_there() {
    let manifest = manifest();
    let deb = &manifest["package"]["metadata"]["deb"];
    let assets = deb["assets"].as_array().unwrap();
    let sources = assets.iter().map(|asset| asset[0].as_str().unwrap());
    // What `make deb` builds.
    let sources = sources.filter(|source| !source.starts_with("target/"));
    let sources: Vec<&str> = sources.collect();
    assert!(sources.len() >= 6, "{sources:?}");
    for source in sources {
        assert!(path(source).is_file(), "{source}");
    }
    let scripts = PathBuf::from(deb["maintainer-scripts"].as_str().unwrap());
    for script in ["postinst", "postrm"] {
        let script = text(scripts.join(script).to_str().unwrap());
        assert!(script.starts_with("#!/bin/sh\nset -e\n"));
        // cargo-deb puts there what systemd wants.
        assert!(script.ends_with("\n#DEBHELPER#\n"));
    }
}

#[test]
fn the_package_has_the_version_of_the_program() {
    let manifest = manifest();
    let version = manifest["package"]["version"].as_str().unwrap();
    let newest = format!("archipelago ({version}-1) ");
    assert!(text("packaging/debian/changelog").starts_with(&newest));
}
