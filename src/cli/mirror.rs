//! `archipelago mirror`: a read-only directory kept from what another signs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use url::Url;

use crate::clock::Clock;
use crate::config::Config;
use crate::fetch::Fetcher;
use crate::formats::activitypub::directory_state;
use crate::mirror::{Follower, Held, Synced};
use crate::store::{Begun, Store};

use super::serve::Serve;
use super::{Failure, output};

/// Arguments of `mirror`.
#[derive(Debug, Args)]
pub(super) struct Mirror {
    /// The directory to copy, such as https://directory.example; it must have been founded
    #[arg(value_name = "URL")]
    origin: String,
    /// Take what is new once and end, instead of answering visitors and keeping up
    #[arg(long, conflicts_with = "listen")]
    once: bool,
    /// Address and port to answer on; port 0 takes any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<SocketAddr>,
    /// Print what came of it as JSON
    #[arg(long, requires = "once")]
    json: bool,
}

/// What came of taking what is new once.
#[derive(Serialize)]
struct Taken {
    origin: Url,
    /// Whether anything was new.
    is_new: bool,
    revision: Option<u64>,
    records: Option<u64>,
}

impl Mirror {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let fetcher = Fetcher::new(config.network.clone(), None)?;
        let origin = origin(&self.origin, &fetcher)?;
        let clock = Clock::system();
        let store = Store::open(&config.database_url).await?;
        match store.begin_mirror(&origin, clock.now()).await? {
            Begun::Now | Begun::Already => {}
            Begun::OfAnother(known) => {
                return Err(Failure::said(format!(
                    "this database is a mirror of {known}: name another with --database-url"
                )));
            }
            Begun::InUse => {
                return Err(Failure::said(
                    "this database holds a directory of its own, which a mirror would overwrite: name \
                     another with --database-url",
                ));
            }
        }
        let held = store.mirror().await?.context("the mirror is gone again")?;
        if self.once || held.signed.is_none() {
            let shown = Arc::new(Held::new(store.clone(), &held));
            let mut follower = Follower::new(store.clone(), fetcher, shown, clock);
            let synced = follower.sync(Duration::ZERO).await;
            let synced = synced.with_context(|| format!("nothing was copied from {origin}"))?;
            if synced == Synced::PutOff {
                let sentence = format!("{origin} wants to be asked again later");
                return Err(Failure::said(sentence));
            }
            if self.once {
                return Taken::of(&store, origin, synced).await?.print(self.json);
            }
        }
        drop(store);
        tracing::info!("a mirror of {origin}");
        Serve::of_mirror().run(config).await
    }
}

impl Taken {
    async fn of(store: &Store, origin: Url, synced: Synced) -> Result<Self, Failure> {
        let held = store.mirror().await?.and_then(|held| held.signed);
        let said = held.and_then(|signed| directory_state::read(&signed).ok());
        Ok(Self {
            origin,
            is_new: synced == Synced::Renewed,
            revision: said.as_ref().map(|(said, _)| said.revision),
            records: said.as_ref().map(|(said, _)| said.records),
        })
    }

    fn print(&self, json: bool) -> Result<(), Failure> {
        if json {
            return output::print_json(self);
        }
        let (revision, records) = (self.revision.unwrap_or(0), self.records.unwrap_or(0));
        let said = if self.is_new {
            "Copied"
        } else {
            "Nothing new at"
        };
        let records = output::count(records, "record");
        output::print(&format!(
            "{said} {}: revision {revision}, {records}, checked and kept\n",
            self.origin
        ))
    }
}

/// The address of a directory: that of its site.
fn origin(text: &str, fetcher: &Fetcher) -> Result<Url, Failure> {
    let address = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let wrong = |problem: &str| Failure::Usage(format!("{text:?} {problem}"));
    let example = "is no address of a directory, such as https://directory.example";
    let url = Url::parse(&address).map_err(|_| wrong(example))?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(example));
    }
    let checked = fetcher.check(&url);
    checked.map_err(|why| wrong(&format!("{why}, so no request is made")))?;
    Ok(url)
}
