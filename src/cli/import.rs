//! `archipelago import`: what a document says, kept as far as it is understood.

use std::io::{self, IsTerminal};

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::{Findings, archipelago as format};
use crate::ingest::{Ingested, ingest};
use crate::store::{Counts, Kept, Store};

use super::document::{self, complain};
use super::{Failure, output};

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
        let bytes = document::read(&self.path)?;
        let Format::Archipelago = self.format;
        let cannot_read = || format!("{} cannot be imported", document::name(&self.path));
        let findings = format::read(&bytes).with_context(cannot_read)?;
        if findings.hosters.is_empty() && !findings.complaints.is_empty() {
            complain(&findings.complaints);
            return Err(Failure::said(format!(
                "nothing in {} could be read",
                document::name(&self.path)
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
            &document::address(&self.path),
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
