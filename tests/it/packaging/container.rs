//! The image.

use std::path::Path;
use std::process::Command;

use super::{path, text};
use crate::support::desk::Desk;

const DOCKERFILE: &str = "packaging/docker/Dockerfile";

/// A dotted version as numbers.
fn version(text: &str) -> Vec<u32> {
    let numbers = text.split('.').map_while(|number| number.parse().ok());
    numbers.collect()
}

/// The version of an image that a stage begins with.
fn image(name: &str) -> Vec<u32> {
    let dockerfile = text(DOCKERFILE);
    let begin = format!("FROM {name}:");
    let line = dockerfile
        .lines()
        .find_map(|line| line.strip_prefix(&begin));
    version(line.unwrap().split('-').next().unwrap())
}

#[test]
fn the_image_is_built_with_a_rust_and_a_node_that_are_new_enough() {
    let manifest: toml::Table = toml::from_str(&text("Cargo.toml")).unwrap();
    let wanted = version(manifest["package"]["rust-version"].as_str().unwrap());
    assert!(image("rust") >= wanted, "{wanted:?}");
    let package: serde_json::Value = serde_json::from_str(&text("frontend/package.json")).unwrap();
    let engines = package["engines"]["node"].as_str().unwrap();
    let (_, wanted) = engines.split_once(">=").unwrap();
    let wanted = version(wanted);
    // The image of a major version is its newest.
    assert!(image("node")[0] >= wanted[0], "{engines}");
}

/// Whether `.dockerignore` lets a path into what an image is built from: the last line that fits decides.
fn is_sent(path: &Path) -> bool {
    let ignored = text(".dockerignore");
    let lines = ignored.lines().filter(|line| !line.starts_with('#'));
    let mut sent = true;
    for line in lines.filter(|line| !line.is_empty()) {
        let (pattern, lets_in) = match line.strip_prefix('!') {
            Some(pattern) => (pattern, true),
            None => (line, false),
        };
        if pattern == "*" || path.starts_with(pattern) {
            sent = lets_in;
        }
    }
    sent
}

#[test]
fn what_the_image_copies_is_there_and_sent() {
    let dockerfile = text(DOCKERFILE);
    let copies = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "));
    let copies = copies.filter(|copy| !copy.starts_with("--from"));
    let mut copied = 0;
    for copy in copies {
        let (sources, _) = copy.rsplit_once(' ').unwrap();
        for source in sources.split(' ').filter(|source| *source != ".") {
            assert!(
                path(source).exists() && is_sent(Path::new(source)),
                "{source}"
            );
            copied += 1;
        }
    }
    assert!(copied >= 5, "{copied}");
}

#[test]
fn all_that_the_program_is_built_from_is_sent_and_nothing_private() {
    for needed in [
        "Cargo.toml",
        "Cargo.lock",
        "askama.toml",
        "build.rs",
        "build/frontend.rs",
        "src/main.rs",
        "benches/search.rs",
        "migrations",
        "fixtures/data/hosters.json",
        "fixtures/data/geo/places.tsv",
        "fixtures/api",
        "frontend/templates/home.html",
        "frontend/locales/fr.json",
        "frontend/widget/package.json",
    ] {
        assert!(
            path(needed).exists() && is_sent(Path::new(needed)),
            "{needed}"
        );
    }
    for kept in [
        "archipelago.db",
        "archipelago.toml",
        ".env",
        "node.backup",
        ".git",
        "target",
        "frontend/node_modules",
    ] {
        assert!(!is_sent(Path::new(kept)), "{kept}");
    }
}

#[tokio::test]
async fn the_health_check_says_what_the_node_answers_about_its_health() {
    let script = path("packaging/docker/healthy");
    let desk = Desk::with_directory();
    let node = desk.serve("");
    let healthy = |listen: &str| {
        let mut command = Command::new("bash");
        command.arg(&script).env("ARCHIPELAGO_LISTEN", listen);
        command.output().unwrap().status.success()
    };
    let listens_at = node.url.strip_prefix("http://").unwrap().to_owned();
    // In the image it answers at every address.
    let port = listens_at.rsplit(':').next().unwrap();
    drop(rustls::crypto::ring::default_provider().install_default());
    let answer = reqwest::get(format!("{}/healthz", node.url)).await.unwrap();
    assert_eq!(healthy(&format!("0.0.0.0:{port}")), answer.status() == 200);
    node.stop("-TERM");
    assert!(!healthy(&listens_at));
}
