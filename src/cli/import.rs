//! `archipelago import`: what a document says, kept as far as it is understood.

use std::fs::File;
use std::io::{self, IsTerminal, Read};

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::{Complaint, Findings, archipelago as format};
use crate::ingest::{Ingested, ingest};
use crate::store::{Counts, Kept, Store};

use super::{Failure, output};

/// The most complaints that are printed; `--json` has them all.
const MAX_PRINTED: usize = 50;

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// What the document is written in
    format: Format,
    /// The document; - for standard input
    path: String,
    /// Print the counts and every complaint as JSON
    #[arg(long)]
    json: bool,
}

/// The formats that are understood today.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A directory as `archipelago export` writes it
    Archipelago,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    kept: Kept,
    complaints: Vec<String>,
}

impl Import {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let is_talkative = io::stderr().is_terminal() && !self.json;
        let bytes = self.bytes()?;
        let Format::Archipelago = self.format;
        let cannot_read = || format!("{} cannot be imported", self.name());
        let findings = format::read(&bytes).with_context(cannot_read)?;
        if findings.hosters.is_empty() && !findings.complaints.is_empty() {
            complain(&findings.complaints);
            return Err(Failure::said(format!(
                "nothing in {} could be read",
                self.name()
            )));
        }
        // Only now, so that a wrong file makes no database.
        let store = Store::open(&config.database_url).await?;
        if is_talkative {
            let Findings {
                hosters, services, ..
            } = &findings;
            eprintln!(
                "Keeping {} hosters and {} services…",
                hosters.len(),
                services.len()
            );
        }
        let ingested = ingest(
            &store,
            findings,
            &Taxonomy::embedded(),
            Clock::system().now(),
        )
        .await;
        let Ingested { kept, complaints } = ingested.context("nothing was kept")?;
        if self.json {
            let complaints = complaints.iter().map(ToString::to_string).collect();
            return output::print_json(&Report { kept, complaints });
        }
        complain(&complaints);
        output::print(&format!(
            "{}\n{}\n",
            told("hosters", kept.hosters),
            told("services", kept.services)
        ))
    }

    fn name(&self) -> &str {
        if self.path == "-" {
            "standard input"
        } else {
            &self.path
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, Failure> {
        let scheme = self
            .path
            .split_once("://")
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        if matches!(scheme.as_deref(), Some("http" | "https")) {
            let sentence = "cannot fetch an address yet, that comes with the crawler: download the document \
                and name the file, or pipe it in (curl … | archipelago import archipelago -)";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        let mut bytes = Vec::new();
        // One more than is read, so that a larger document is told apart from one that just fits.
        let most = format::MAX_BYTES as u64 + 1;
        let read = match self.path.as_str() {
            "-" => io::stdin().lock().take(most).read_to_end(&mut bytes),
            path => File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
        };
        read.with_context(|| format!("cannot read {}", self.name()))?;
        Ok(bytes)
    }
}

fn complain(complaints: &[Complaint]) {
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

fn told(what: &str, counts: Counts) -> String {
    let Counts {
        added,
        changed,
        unchanged,
        outranked,
    } = counts;
    format!(
        "{what}: {added} added, {changed} changed, {unchanged} unchanged, {outranked} left as a stronger source has them"
    )
}
