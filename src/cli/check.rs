//! `archipelago check`: what a directory sees of a site or of a document, fact by fact, and what is wrong.
//! Nothing of the node's own database is needed or changed.

mod file;
mod site;
mod words;

use std::path::Path;

use clap::Args;

use crate::cli::import::Format;
use crate::config::Config;
use crate::web::pages::check::site as site_of;

use super::{Failure, document};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// A site, which is visited now as the crawler does, or a document: a file, - for standard input
    #[arg(value_name = "URL|PATH")]
    what: String,
    /// What the document is written in [default: what it looks like]
    #[arg(long)]
    format: Option<Format>,
    /// Print all of it as JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let Self { what, format, json } = self;
        if !document::is_address(&what) && (what == "-" || Path::new(&what).exists()) {
            return file::check(&what, format.map(Into::into), json);
        }
        let problem =
            || format!("{what:?} is neither a file nor an address such as https://hoster.example/");
        let site = site_of(&what).ok_or_else(|| Failure::Usage(problem()))?;
        if format.is_some() {
            let problem = "is for a document; a site is asked for all it may publish";
            return Err(Failure::flag("--format", problem));
        }
        site::check(&site, config, json).await
    }
}
