//! What can be seen of a node from the machine it runs on.

use std::net::{IpAddr, Ipv4Addr};

use chrono::TimeDelta;
use url::Url;

use super::address::{There, ahead, ask, look_at_address};
use crate::clock::Clock;
use crate::config::{Config, Network};
use crate::fetch::{DEADLINE, Fetcher, Lookup, NoClient};
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::node::files::ask_for_files;
use crate::store::{Circle, Store, sqlite_file, without_password};
use crate::web::{Health, free_bytes};

/// How many of those who are followed are asked what time it is.
const MAX_CLOCKS: u32 = 3;
/// The name under which the node is asked on this machine; nobody looks it up.
const HERE: &str = "node.internal";

/// All that was seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The settings.
    pub config: Config,
    /// The database.
    pub database: Opened,
    /// How many files a process may have open.
    pub files: u64,
    /// Where the node was founded, if it was.
    pub founded: Option<Url>,
    /// What the node on this machine says; why it does not.
    pub here: Result<Health, String>,
    /// What its own address shows, if it has one.
    pub there: Option<There>,
    /// How far the clocks of others are before ours.
    pub others_ahead: Vec<TimeDelta>,
}

/// A database, opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// Its address, without a password.
    pub address: String,
    /// Why it cannot be read.
    pub problem: Option<String>,
    /// Why it cannot be written.
    pub cannot_write: Option<String>,
    /// What is free on the disk of its file, in bytes.
    pub free_bytes: Option<u64>,
}

/// Looks at everything.
pub async fn look(config: &Config, clock: &Clock) -> Result<Seen, NoClient> {
    let file = sqlite_file(&config.database_url);
    let mut database = Opened {
        address: without_password(&config.database_url),
        free_bytes: file.as_deref().and_then(free_bytes),
        ..Opened::default()
    };
    let store = match file.as_deref().is_some_and(|file| !file.exists()) {
        true => {
            database.problem = Some("there is none yet".to_owned());
            None
        }
        false => match Store::open(&config.database_url).await {
            Ok(store) => Some(store),
            Err(error) => {
                database.problem = Some(format!("{:#}", anyhow::Error::from(error)));
                None
            }
        },
    };
    let mut local = Vec::new();
    if let Some(store) = &store {
        if let Err(error) = store.write_nothing().await {
            database.cannot_write = Some(format!("{:#}", anyhow::Error::from(error)));
        }
        match store.local_actors().await {
            Ok(actors) => local = actors,
            Err(error) => database.problem = Some(format!("{:#}", anyhow::Error::from(error))),
        }
    }
    let node = local.first();
    let founded = node.map(|node| Addresses::of(node.id.clone()).home());
    let home = founded.clone().or_else(|| config.domain.clone());
    let fetcher = Fetcher::new(config.network.clone(), home.as_ref())?;
    let there = match &home {
        Some(home) => Some(look_at_address(&fetcher, home, node, clock).await),
        None => None,
    };
    Ok(Seen {
        config: config.clone(),
        database,
        files: ask_for_files(&config.server),
        founded,
        here: look_here(config).await?,
        there,
        others_ahead: match &store {
            Some(store) => look_at_clocks(store, &fetcher, clock).await,
            None => Vec::new(),
        },
    })
}

/// Asks the node on this machine, at the address that it listens on.
async fn look_here(config: &Config) -> Result<Result<Health, String>, NoClient> {
    let address = match config.listen.ip() {
        address if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        address => address,
    };
    let network = Network {
        allow: vec![IpAddr::into(address)],
    };
    let lookup = Lookup::told(move |_| Ok(vec![address]));
    let fetcher = Fetcher::with(network, None, lookup, DEADLINE)?;
    let url = format!("http://{HERE}:{}/healthz", config.listen.port());
    let url = url.parse().expect("it is an address");
    let answer = ask(&fetcher, &url, "application/json").await;
    Ok(answer.and_then(|answer| {
        serde_json::from_slice(&answer.body).map_err(|_| {
            format!(
                "what answers there with {} is no archipelago",
                answer.status.as_u16()
            )
        })
    }))
}

/// Asks some of those who are followed what time it is.
async fn look_at_clocks(store: &Store, fetcher: &Fetcher, clock: &Clock) -> Vec<TimeDelta> {
    let mut clocks = Vec::new();
    let followed = store.circle(Circle::Following, Local::Node, MAX_CLOCKS, 0);
    let (followed, _) = followed.await.unwrap_or_default();
    for actor in followed {
        let mut url = actor;
        url.set_path("/healthz");
        url.set_query(None);
        // Whatever they answer has a date.
        if let Ok(answer) = ask(fetcher, &url, "application/json").await {
            clocks.extend(ahead(&answer, clock.now()));
        }
    }
    clocks
}
