//! `archipelago verify`: whether a vouch or a snapshot is valid, or why not, check by check. A file is checked without a
//! network, unless somebody is to be asked. Nothing of the node's own database is needed or changed.

mod checks;
mod given;
mod judged;
mod keys;
mod online;
mod snapshot;
mod words;

use std::fs::File;
use std::path::Path;

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::clock::Clock;
use crate::config::Config;
use crate::fetch::Fetcher;
use crate::formats;
use crate::formats::activitypub::document as format;
use crate::formats::activitypub::proof;

use super::{Failure, document, output};
use given::Given;
use judged::Judged;
use keys::{Keys, Whose};
use online::Online;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// A vouch, a revocation, a vouch with its evidence, or a collection of vouches: a file, - for standard
    /// input, or an address. Or a snapshot of a directory: a file, or an address that ends in /snapshot or .gz
    #[arg(value_name = "URL|PATH")]
    what: String,
    /// The key of whoever signed it, if you know it: z6Mk…
    #[arg(long, value_name = "MULTIBASE", conflicts_with = "actor")]
    key: Option<String>,
    /// The actor of whoever signed it, which lists its keys: a file or an address
    #[arg(long, value_name = "URL|PATH")]
    actor: Option<String>,
    /// Ask whoever signed it and whom it is for, as a directory does; what is at an address always is asked about
    #[arg(long)]
    online: bool,
    /// Print all of it as JSON
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Told {
    document: String,
    at: DateTime<Utc>,
    /// Whether everybody was asked who could be.
    online: bool,
    is_valid: bool,
    found: Vec<Judged>,
    /// Vouches that a collection only names.
    only_named: usize,
}

impl Verify {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        if self.key.as_deref().is_some_and(|key| !proof::is_key(key)) {
            let problem = "is not an Ed25519 key as a Multikey, such as z6MkrJVnaZkeFzdQyMZu…";
            return Err(Failure::flag("--key", problem));
        }
        let now = Clock::system().now();
        let fetcher = Fetcher::new(config.network, config.domain.as_ref())?;
        let mut online = Online::new(&fetcher, now.date_naive());
        let is_address = document::is_address(&self.what);
        if let Some(file) = snapshot::at(&self.what, &fetcher).await? {
            let told = self.snapshot(file, &mut online, is_address, now).await?;
            return self.tell(told);
        }
        let read = read(&self.what, &online).await?;
        let given = Given::of(&read).map_err(|problem| self.unreadable(&problem))?;
        let keys = self.keys(&given, &online).await?;
        let mut told = Told {
            document: document::name(&self.what).to_owned(),
            at: now,
            online: is_address || self.online,
            is_valid: false,
            found: Vec::new(),
            only_named: given.only_named,
        };
        for vouch in &given.vouches {
            let heard = match told.online {
                true => Some(online.ask(vouch).await),
                false => None,
            };
            let judged = checks::of_vouch(vouch, &given.revocations, &keys, heard.as_ref(), now);
            told.found.push(judged);
        }
        if given.vouches.is_empty() {
            for revocation in &given.revocations {
                let issuer = match told.online {
                    true => online.issuer_of(revocation).await,
                    false => None,
                };
                let judged = checks::of_revocation(revocation, &keys, issuer.as_ref());
                told.found.push(judged);
            }
        }
        self.tell(told)
    }

    /// Prints what was found, and fails unless all of it is valid.
    fn tell(&self, mut told: Told) -> Result<(), Failure> {
        told.is_valid = !told.found.is_empty() && told.found.iter().all(|one| one.is_valid);
        match self.json {
            true => output::print_json(&told)?,
            false => output::print(&words::of(&told))?,
        }
        match told.is_valid {
            true => Ok(()),
            false => Err(Failure::said(words::verdict(&told))),
        }
    }

    /// Checks a snapshot.
    async fn snapshot(
        &self,
        file: File,
        online: &mut Online<'_>,
        is_address: bool,
        now: DateTime<Utc>,
    ) -> Result<Told, Failure> {
        let checked = formats::snapshot::check(file);
        let keys = self.keys(&Given::default(), online).await?;
        let asks = is_address || self.online;
        let heard = match &checked {
            Ok(checked) if asks => Some(online.keys_of(&checked.signed.origin).await),
            _ => None,
        };
        let judged = snapshot::of_snapshot(&checked, &keys, heard.as_ref(), now);
        Ok(Told {
            document: document::name(&self.what).to_owned(),
            at: now,
            online: asks,
            is_valid: false,
            found: vec![judged],
            only_named: 0,
        })
    }

    /// The keys that are known before anybody is asked.
    async fn keys(&self, given: &Given, online: &Online<'_>) -> Result<Keys, Failure> {
        let mut keys = Keys::default();
        if let Some(key) = &self.key {
            keys.name(key);
        }
        if let Some(actor) = &self.actor {
            let document = read(actor, online).await?;
            keys.list_actor(&document).map_err(|problem| {
                Failure::flag("--actor", format!("{} {problem}", document::name(actor)))
            })?;
        }
        if let Some(snapshot) = &given.snapshot {
            keys.list(&snapshot.issuer, &snapshot.keys, Whose::Bundle);
        }
        Ok(keys)
    }

    fn unreadable(&self, problem: &str) -> Failure {
        let name = document::name(&self.what);
        Failure::said(format!(
            "{name} holds nothing that can be verified: {problem}"
        ))
    }
}

/// The document at a path or an address.
async fn read(what: &str, online: &Online<'_>) -> Result<Value, Failure> {
    if document::is_address(what) {
        let url = Url::parse(what);
        let url = url.map_err(|error| Failure::Usage(format!("{what:?}: {error}")))?;
        let read = online.read(&url).await;
        return read.map_err(|problem| Failure::said(format!("{url} cannot be read: {problem}")));
    }
    if what != "-" && !Path::new(what).exists() {
        let problem =
            "is neither a file nor an address such as https://collective.example/ap/vouches/1";
        return Err(Failure::Usage(format!("{what:?} {problem}")));
    }
    let bytes = document::read(what)?;
    let name = document::name(what);
    let read = format::read(&bytes);
    read.map_err(|error| Failure::said(format!("{name} cannot be read: {error}")))
}
