//! A document that a command is told to read, and what is wrong with it.

use std::fs::File;
use std::io::{self, Read};

use anyhow::Context;

use crate::formats::Complaint;
use crate::formats::archipelago as format;

use super::Failure;

/// The most complaints that are printed; `--json` has them all.
const MAX_PRINTED: usize = 50;

/// What the document at `path` is called in a sentence.
pub(super) fn name(path: &str) -> &str {
    match path {
        "-" => "standard input",
        path => path,
    }
}

/// Reads the document at `path`, `-` for standard input: as much of it as our format may have, and a
/// byte more, so that a larger one is told apart from one that just fits.
pub(super) fn read(path: &str) -> Result<Vec<u8>, Failure> {
    let scheme = path
        .split_once("://")
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("http" | "https")) {
        let sentence = "cannot fetch an address yet, that comes with the crawler: download the document \
            and name the file, or pipe it in (curl … | archipelago …, with - in place of the file)";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    let mut bytes = Vec::new();
    let most = format::MAX_BYTES as u64 + 1;
    let read = match path {
        "-" => io::stdin().lock().take(most).read_to_end(&mut bytes),
        path => File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    };
    read.with_context(|| format!("cannot read {}", name(path)))?;
    Ok(bytes)
}

/// Lists complaints for people.
pub(super) fn complain(complaints: &[Complaint]) {
    for complaint in complaints.iter().take(MAX_PRINTED) {
        eprintln!("{complaint}");
    }
    if let Some(more) = complaints
        .len()
        .checked_sub(MAX_PRINTED)
        .filter(|more| *more > 0)
    {
        eprintln!("… and {more} more; --json lists them all");
    }
}
