//! The Debian package.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::{path, text};
use crate::guides::links;

/// Where the documents are on a machine that has the package.
const DOCUMENTS: &str = "usr/share/doc/archipelago";

fn manifest() -> toml::Table {
    toml::from_str(&text("Cargo.toml")).unwrap()
}

/// The files of the package: where each goes, and which of the repository it is.
pub fn packed() -> BTreeMap<PathBuf, String> {
    let manifest = manifest();
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array();
    let file = |asset: &toml::Value| {
        let [source, folder] = [0_usize, 1].map(|part| asset[part].as_str().unwrap());
        assert!(folder.ends_with('/'), "{folder}");
        let name = Path::new(source).file_name().unwrap();
        (Path::new(folder).join(name), source.to_owned())
    };
    assets.unwrap().iter().map(file).collect()
}

/// A path without the steps that lead back.
fn straight(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for step in path.components() {
        match step {
            Component::ParentDir => assert!(straight.pop(), "{}", path.display()),
            step => straight.push(step),
        }
    }
    straight
}

#[test]
fn links_between_documents_of_the_package_lead_to_files_of_the_package() {
    let packed = packed();
    let mut followed = 0;
    for (place, source) in &packed {
        let Ok(inside) = place.strip_prefix(DOCUMENTS) else {
            continue;
        };
        assert_eq!(inside, Path::new(source));
        if !source.ends_with(".md") {
            continue;
        }
        for link in links(&text(source)) {
            followed += 1;
            let target = straight(&place.parent().unwrap().join(link));
            assert!(packed.contains_key(&target), "{source}: {link}");
        }
    }
    assert!(followed > 30, "{followed} links");
}

#[test]
fn every_file_of_the_package_is_there() {
    let packed = packed();
    // What `make deb` builds.
    let sources = packed
        .values()
        .filter(|source| !source.starts_with("target/"));
    let sources: Vec<_> = sources.collect();
    assert!(sources.len() >= 6, "{sources:?}");
    for source in sources {
        assert!(path(source).is_file(), "{source}");
    }
    let manifest = manifest();
    let deb = &manifest["package"]["metadata"]["deb"];
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
