//! `archipelago import`: what documents say, kept as far as they are understood.

pub(super) mod told;

use std::io::{self, IsTerminal};

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::{self, Complaint, Findings};
use crate::ingest::{Ingested, ingest};
use crate::store::{Counts, Kept, Store};

use super::document::{self, complain};
use super::{Failure, output};
use told::Told;

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// What the document is written in
    format: Format,
    /// The document: a file, a folder of ChatonsInfos files, or an address; - for standard input
    #[arg(value_name = "PATH|URL")]
    path: String,
    /// Print the counts and every complaint as JSON
    #[arg(long)]
    json: bool,
}

/// The formats that are understood today.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// A directory as `archipelago export` writes it
    Archipelago,
    /// Files of ChatonsInfos: an organization, its services, or a folder with many of both
    #[value(name = "chatonsinfos")]
    ChatonsInfos,
    /// A hoster's librehost.json
    #[value(name = "librehost")]
    LibreHost,
    /// librehosters' directory.json, which names such files
    #[value(name = "librehosters")]
    LibreHosters,
    /// An index of PeerTube or Mobilizon instances
    #[value(name = "peertube-index")]
    PeerTubeIndex,
    /// A provider file of the XMPP Providers, version 2
    XmppProvider,
    /// NodeInfo 2.0 or 2.1, from its address
    #[value(name = "nodeinfo")]
    NodeInfo,
}

impl From<Format> for formats::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Archipelago => Self::Archipelago,
            Format::ChatonsInfos => Self::ChatonsInfos,
            Format::LibreHost => Self::LibreHost,
            Format::LibreHosters => Self::LibreHosters,
            Format::PeerTubeIndex => Self::PeerTubeIndex,
            Format::XmppProvider => Self::XmppProvider,
            Format::NodeInfo => Self::NodeInfo,
        }
    }
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    kept: Kept,
    /// How many further documents were named, which were not read.
    #[serde(skip_serializing_if = "is_none")]
    further: usize,
    complaints: Vec<String>,
}

fn is_none(further: &usize) -> bool {
    *further == 0
}

impl Import {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let is_talkative = io::stderr().is_terminal() && !self.json;
        let taxonomy = Taxonomy::embedded();
        let told = told::read(self.format.into(), &self.path, &config, &taxonomy).await?;
        let Told {
            address,
            findings,
            of_files,
        } = told;
        let is_empty = findings.hosters.is_empty()
            && findings.services.is_empty()
            && findings.leads.is_empty();
        if is_empty && !(findings.complaints.is_empty() && of_files.is_empty()) {
            complain(&listed(&of_files, &findings.complaints));
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
        let further = findings.leads.len();
        let now = Clock::system().now();
        let ingested = ingest(&store, &address, findings, &taxonomy, now).await;
        let Ingested { kept, complaints } = ingested.context("nothing was kept")?;
        let complaints = listed(&of_files, &complaints);
        if self.json {
            return output::print_json(&Report {
                kept,
                further,
                complaints,
            });
        }
        complain(&complaints);
        let mut said = format!(
            "{}\n{}\n",
            told_of("hosters", kept.hosters),
            told_of("services", kept.services)
        );
        if further > 0 {
            let further = output::count(further as u64, "further document");
            said += &format!(
                "{further} named there and not read: import each, or let the node crawl\n"
            );
        }
        output::print(&said)
    }
}

/// Every complaint: those about files of a folder first.
fn listed(of_files: &[String], complaints: &[Complaint]) -> Vec<String> {
    let complaints = complaints.iter().map(Complaint::to_string);
    of_files.iter().cloned().chain(complaints).collect()
}

fn told_of(what: &str, counts: Counts) -> String {
    let Counts {
        added,
        changed,
        unchanged,
        outranked,
        removed,
        held,
        left_out,
    } = counts;
    let mut told = format!(
        "{what}: {added} added, {changed} changed, {unchanged} unchanged, {outranked} left as a stronger source has them"
    );
    for (count, fate) in [
        (removed, "gone"),
        (held, "held (archipelago held)"),
        (left_out, "left out as their hosters asked"),
    ] {
        if count > 0 {
            told += &format!(", {count} {fate}");
        }
    }
    told
}
