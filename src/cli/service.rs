//! `archipelago service`: what the hoster of this node offers. Each change is published at once.

mod add;
mod close;
mod edit;
mod facts;
mod list;
mod report;

use std::slice;

use clap::{Args, Subcommand};

use crate::config::Config;
use crate::domain::localized::Language;
use crate::domain::service::{Service, ServiceId};
use crate::domain::text::printable;

use super::founded::Founded;
use super::{Failure, output};
use report::{Published, Report};

/// What is to be done with services.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Begin to offer a service, or all those of a document
    Add(Box<add::Add>),
    /// Change what is said of a service; what no flag names stays as it is
    Edit(Box<edit::Edit>),
    /// List the services
    List(list::List),
    /// Cease to offer a service, for good: another cannot have its name
    Remove(Remove),
    /// Announce the end of a service, or change what was announced
    Close(close::Close),
}

/// Arguments of `service remove`.
#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The service
    slug: String,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run(config).await,
            Self::Edit(edit) => edit.run(config).await,
            Self::List(list) => list.run(config).await,
            Self::Remove(remove) => remove.run(config).await,
            Self::Close(close) => close.run(config).await,
        }
    }
}

impl Remove {
    async fn run(self, config: Config) -> Result<(), Failure> {
        let slug = slug(&self.slug)?;
        let node = Founded::open(&config).await?;
        let service = own(&node, &slug).await?;
        node.federation.remove_service(&slug).await?;
        let report = Report::of(&node, slice::from_ref(&service), Published::Delete).await?;
        report.print(self.json)
    }
}

/// How much of a wrong identifier is told again, in characters.
const MAX_SHOWN_CHARS: usize = 80;

fn slug(text: &str) -> Result<ServiceId, Failure> {
    ServiceId::parse(text).map_err(|error| {
        let shown = printable(text, MAX_SHOWN_CHARS);
        Failure::Usage(format!("a service cannot be called {shown:?}: {error}"))
    })
}

/// A service of ours.
async fn own(node: &Founded, slug: &ServiceId) -> Result<Service, Failure> {
    // A node without a hoster has another sentence to say than that there is no such service.
    node.federation.own_hoster().await?;
    Ok(node.federation.own_service(slug).await?.service)
}

/// The language a text was written in: the one that was named, else the hoster's first, else that of
/// the terminal.
async fn language(node: &Founded, named: Option<&str>) -> Result<Language, Failure> {
    if let Some(language) = named.and_then(Language::from_code) {
        return Ok(language);
    }
    let hoster = node.federation.own_hoster().await?;
    let mut spoken = hoster.languages.iter();
    let first = spoken.find_map(|code| Language::from_code(code.as_str()));
    Ok(first.unwrap_or_else(output::language))
}
