//! What is handed out beside the program fits it: settings, units, images, and servers to stand in front.

mod caddy;
mod container;
mod debian;
mod nginx;
mod proxies;
mod settings;
mod systemd;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where a file of the repository stands.
fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// The text of a file of the repository.
fn text(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The text with each of these replaced, all of which stand in it.
fn adapted(text: &str, changes: &[(&str, &str)]) -> String {
    changes
        .iter()
        .fold(text.to_owned(), |text, (shipped, here)| {
            assert!(text.contains(shipped), "nowhere: {shipped}");
            text.replace(shipped, here)
        })
}

/// What a program of the system says; nothing where it is not installed, which is told.
fn run_if_any(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("{program} is not installed, so it was not asked");
            None
        }
    }
}
