//! `archipelago restore`: an empty database filled from a backup, or left as it was.

use std::fs::File;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueHint};

use crate::config::Config;
use crate::store::{Store, backup};

use super::backup::Report;
use super::progress::Progress;
use super::{Failure, output};

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that `archipelago backup` or /manage made, of either engine
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: PathBuf,
    /// Print what was restored as JSON
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let cannot_read = || format!("cannot read {}", self.path.display());
        let nothing = || format!("nothing was restored from {}", self.path.display());
        let open = || File::open(&self.path).with_context(cannot_read);
        // Read to its end before anything is opened, so that a broken file makes no database.
        backup::check(open()?).with_context(nothing)?;
        let store = Store::open(&config.database_url).await?;
        let mut progress = Progress::on_terminal(self.json);
        let restored = store.restore(open()?, |rows| progress.tell(rows, "rows restored"));
        let contents = restored.await.with_context(nothing)?;
        progress.end();
        let report = Report {
            path: &self.path,
            contents,
        };
        match self.json {
            true => output::print_json(&report),
            false => output::print(&report.in_words("Restored from")),
        }
    }
}
