//! `archipelago member charter`: what the members of this collective agree to, version by version.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;
use url::Url;

use crate::cli::founded::Founded;
use crate::cli::{Failure, document, output};
use crate::config::Config;
use crate::domain::text::Name;
use crate::federation::{Charter as Version, Federation, NotDone, NotSet};
use crate::formats::activitypub::addresses::Local;

use super::day;

/// Arguments of `member charter`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Charter {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print it as JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show which version is in force, and which were
    Show,
    /// Put a text in force as a version; a version never changes once it is set
    // `--version` is the charter's here.
    #[command(disable_version_flag = true)]
    Set {
        /// The text, as plain text in UTF-8; - for standard input
        file: String,
        /// What this version is called, for good: 3, or 2027-01
        #[arg(long, value_name = "VERSION")]
        version: String,
    },
}

#[derive(Serialize)]
struct Shown {
    /// The one in force first.
    versions: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    version: Name,
    sha256: String,
    since: DateTime<Utc>,
    url: Url,
}

impl Charter {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let federation = &node.federation;
        if let Some(Command::Set { file, version }) = &self.command {
            let set = federation
                .set_charter(version, &document::read(file)?)
                .await;
            let set = set.map_err(|error| match error {
                NotSet::Version => Failure::flag("--version", error),
                NotSet::NotDone(error) => error.into(),
                error => Failure::said(format!("{}: {error}", document::name(file))),
            })?;
            let row = row(federation, set);
            return match self.json {
                true => output::print_json(&row),
                false => output::print(&row.set_in_words()),
            };
        }
        let mut ours = federation.own_actors().into_iter();
        if !ours.any(|ours| ours.role == Local::Collective) {
            return Err(NotDone::NotOurs(Local::Collective).into());
        }
        let versions = federation.charters().await?.into_iter();
        let shown = Shown {
            versions: versions.map(|version| row(federation, version)).collect(),
        };
        match self.json {
            true => output::print_json(&shown),
            false => output::print(&shown.in_words()),
        }
    }
}

fn row(federation: &Federation, version: Version) -> Row {
    Row {
        url: federation.addresses().charter(version.version.as_str()),
        version: version.version,
        sha256: version.sha256,
        since: version.since,
    }
}

impl Row {
    fn set_in_words(&self) -> String {
        format!(
            "Version {} of the charter is in force since {}.\n\n  text      {}\n  sha256    {}\n\n\
             Who applies now agrees to it. Members keep the version they agreed to until they apply again.\n",
            self.version.as_str(),
            day(self.since),
            self.url,
            self.sha256
        )
    }
}

impl Shown {
    fn in_words(&self) -> String {
        let mut out = String::new();
        if self.versions.is_empty() {
            return "No charter yet: `archipelago member charter set FILE --version 1` puts one in force.\n"
                .to_owned();
        }
        for (position, row) in self.versions.iter().enumerate() {
            let state = match position {
                0 => "in force",
                _ => "earlier",
            };
            let (version, since) = (row.version.as_str(), day(row.since));
            writeln!(
                out,
                "{version}  {state}, set on {since}\n    {}\n    sha256 {}",
                row.url, row.sha256
            )
            .expect("a String takes everything");
        }
        out
    }
}
