//! A document that a command is told to read, and what is wrong with it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};

use anyhow::Context;
use url::Url;

use crate::config::Config;
use crate::fetch::{Answer, Fetcher};
use crate::formats::archipelago as format;

use super::{Failure, database};

/// The most complaints that are printed; `--json` has them all.
const MAX_PRINTED: usize = 50;

/// What the document at `path` is called in a sentence.
pub(super) fn name(path: &str) -> &str {
    match path {
        "-" => "standard input",
        path => path,
    }
}

/// Whether a document is at an address of the web.
pub(super) fn is_address(path: &str) -> bool {
    let scheme = path.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        ["http", "https"]
            .iter()
            .any(|web| scheme.eq_ignore_ascii_case(web))
    })
}

/// The address of the document at `path`: a file's, which says that the operator answers for it.
pub(super) fn address(path: &str) -> Url {
    let absolute = std::path::absolute(path).ok();
    absolute
        .and_then(|path| Url::from_file_path(path).ok())
        .unwrap_or_else(|| Url::parse("file:///").expect("an address of a file"))
}

/// Reads the document at `path`, `-` for standard input: as much of it as our format may have, and a
/// byte more, so that a larger one is told apart from one that just fits.
pub(super) fn read(path: &str) -> Result<Vec<u8>, Failure> {
    if is_address(path) {
        let sentence = "cannot fetch an address: download the document and name the file, or pipe it in \
            (curl … | archipelago …, with - in place of the file)";
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

/// Reads the document at an address of the web.
pub(super) async fn fetched(
    address: &str,
    accept: &'static str,
    config: &Config,
) -> Result<Answer, Failure> {
    let url = Url::parse(address)
        .map_err(|error| Failure::Usage(format!("{address} is no address: {error}")))?;
    let store = database::open_if_any(config).await?;
    let refusals = database::refusals(config, store.as_ref()).await?;
    let fetcher = Fetcher::new(config.network.clone(), None)?.refusing(refusals);
    let answer = fetcher.get(&url, accept, |_| Default::default()).await;
    let answer = answer.with_context(|| format!("cannot read {url}"))?;
    match answer.status.is_success() {
        true => Ok(answer),
        false => {
            let said = format!("cannot read {url}: it answers {}", answer.status);
            Err(Failure::said(said))
        }
    }
}

/// Lists complaints for people.
pub(super) fn complain(complaints: &[impl fmt::Display]) {
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
