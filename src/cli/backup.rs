//! `archipelago backup`: everything the database holds, in one file.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, ValueHint};
use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use crate::store::backup::Contents;

use super::progress::Progress;
use super::{Failure, database, output, stop};

/// What to know of a file that was just written.
const SECRET: &str = "It holds this node's private keys: keep it where only you can read it.\n";

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write; one that is there is replaced once the new one is whole
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: PathBuf,
    /// Print what it holds as JSON
    #[arg(long)]
    json: bool,
}

/// A file and what it holds.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    pub(super) path: &'a Path,
    #[serde(flatten)]
    pub(super) contents: Contents,
}

impl Backup {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let store = database::open_existing(&config).await?;
        let cannot_write = || format!("cannot write {}", self.path.display());
        if self.path.is_dir() {
            let problem = "it is a folder: name a file in it";
            return Err(Failure::said(format!("{}: {problem}", cannot_write())));
        }
        let folder = self.path.parent().filter(|folder| *folder != Path::new(""));
        // From here on there is a file of private keys that has to be whole or gone.
        let stop = stop::asked_to_stop()?;
        // Only its owner may read it: it holds the private keys.
        let file = tempfile::Builder::new()
            .prefix(".archipelago-backup-")
            .suffix(".part")
            .tempfile_in(folder.unwrap_or(Path::new(".")));
        let mut file = file.with_context(cannot_write)?;
        let mut progress = Progress::on_terminal(self.json);
        let now = Clock::system().now();
        let written = store.back_up(now, async |piece, rows| {
            progress.tell(rows, "rows read");
            let taken = file.write_all(&piece);
            // Rows may come without a pause, and signals are only heard in one.
            tokio::task::yield_now().await;
            taken
        });
        let written = tokio::select! {
            written = written => written.context("no backup was made"),
            () = stop => Err(anyhow!("no backup was made: asked to stop")),
        };
        progress.end();
        let contents = written?;
        file.as_file().sync_all().with_context(cannot_write)?;
        file.persist(&self.path).with_context(cannot_write)?;
        // Its name has to be on disk, too.
        let folder = File::open(folder.unwrap_or(Path::new(".")));
        if let Err(error) = folder.and_then(|folder| folder.sync_all()) {
            tracing::warn!(%error, "the backup is there, and may be lost if the power fails in the next minute");
        }
        let report = Report {
            path: &self.path,
            contents,
        };
        match self.json {
            true => output::print_json(&report),
            false => output::print(&(report.in_words("Backed up to") + SECRET)),
        }
    }
}

impl Report<'_> {
    /// What was done, before the file's name, and with how much.
    pub(super) fn in_words(&self, done: &str) -> String {
        let Contents {
            rows,
            tables,
            revision,
            made_at,
            ..
        } = self.contents;
        format!(
            "{done} {}: {} of {}, as they were at {} UTC, the directory at revision {revision}\n",
            self.path.display(),
            output::count(rows, "row"),
            output::count(tables, "table"),
            made_at.format("%Y-%m-%d %H:%M"),
        )
    }
}
