//! `archipelago block`: what this directory will have nothing to do with.

mod import;

use std::fmt::Write;

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::block::{Block, Domain, Severity};
use crate::domain::text::{Prose, printable};
use crate::store::Blocked;

use super::anchor::{reason, why};
use super::{Failure, database, output};

/// How much of what was typed is told again, in characters.
const MAX_SHOWN_CHARS: usize = 200;

/// What is to be done with blocks.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Block a domain and all names below it
    Add {
        /// The domain, such as hoster.example
        #[arg(value_name = "DOMAIN", value_parser = domain)]
        domain: Domain,
        /// Why: everybody can read it on the site
        #[arg(long, value_name = "TEXT", value_parser = reason)]
        reason: Prose,
        /// How much is blocked
        #[arg(long, value_enum, default_value_t = Much::Suspend)]
        severity: Much,
    },
    /// Block one no longer
    Remove {
        /// The domain, such as hoster.example
        #[arg(value_name = "DOMAIN", value_parser = domain)]
        domain: Domain,
        /// Why: everybody can read it on the site
        #[arg(long, value_name = "TEXT", value_parser = reason)]
        reason: Option<Prose>,
    },
    /// Read a list of somebody else's: what it would block waits at /manage for a person to take or drop it
    Import(import::Import),
    /// List them, with the reasons
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
}

/// How much is blocked, as a flag says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Much {
    /// It is not listed
    Hide,
    /// Nothing is asked of it, told to it or taken from it either, and its vouches do not count
    Suspend,
}

#[derive(Serialize)]
struct List {
    total: usize,
    results: Vec<Block>,
}

impl Command {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        match self {
            Self::Add {
                domain,
                reason,
                severity,
            } => add(&domain, &reason, severity.into(), &config).await,
            Self::Remove { domain, reason } => remove(&domain, reason.as_ref(), &config).await,
            Self::Import(import) => import.run(config).await,
            Self::List { json } => list(json, &config).await,
        }
    }
}

impl From<Much> for Severity {
    fn from(much: Much) -> Self {
        match much {
            Much::Hide => Self::Hide,
            Much::Suspend => Self::Suspend,
        }
    }
}

fn domain(text: &str) -> Result<Domain, String> {
    let shown = printable(text, MAX_SHOWN_CHARS);
    Domain::parse(text).map_err(|error| format!("{shown:?} {error}"))
}

async fn add(
    domain: &Domain,
    reason: &Prose,
    severity: Severity,
    config: &Config,
) -> Result<(), Failure> {
    let store = database::open_existing(config).await?;
    let now = Clock::system().now();
    let done = match store.add_block(domain, severity, reason, None, now).await? {
        Blocked::Ourselves => {
            return Err(Failure::said(format!(
                "this node itself is at {domain}, so it is not blocked"
            )));
        }
        Blocked::Already => "was blocked just so",
        Blocked::Done => "is blocked, and /about says why",
    };
    output::print(&format!("{domain} {done} ({}).\n", severity.word()))
}

async fn remove(domain: &Domain, reason: Option<&Prose>, config: &Config) -> Result<(), Failure> {
    let store = database::open_existing(config).await?;
    let removed = store.remove_block(domain, reason, Clock::system().now());
    let was_kept = removed.await?;
    if config.blocks.domains.contains(domain) {
        return Err(Failure::said(format!(
            "{domain} is blocked by the settings: take it out of [blocks] domains"
        )));
    }
    match was_kept {
        true => output::print(&format!("{domain} is no longer blocked.\n")),
        false => Err(Failure::said(format!(
            "{domain} is not blocked here: `archipelago block list` lists what is"
        ))),
    }
}

async fn list(json: bool, config: &Config) -> Result<(), Failure> {
    let store = database::open_existing(config).await?;
    let blocks = config.choices().over(store.choices().await?).blocks;
    if json {
        return output::print_json(&List {
            total: blocks.len(),
            results: blocks,
        });
    }
    output::print(&in_words(&blocks))
}

fn in_words(blocks: &[Block]) -> String {
    if blocks.is_empty() {
        return "Nothing is blocked.\n".to_owned();
    }
    let mut out = String::new();
    for block in blocks {
        let source = block
            .source
            .as_ref()
            .map(|source| format!(", from {source}"));
        let line = format!(
            "{} ({}{})",
            block.domain,
            block.severity.word(),
            source.unwrap_or_default()
        );
        writeln!(out, "{line}").expect("a String takes everything");
        let why = why(block.reason.as_ref(), block.via);
        out.push_str(&output::wrapped(&why, output::width(), 2));
    }
    out
}
