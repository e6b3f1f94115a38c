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
use crate::store::{self, Circle, Store, sqlite_file, without_password};
use crate::web::{Health, free_bytes};

/// How many of those who are followed or follow are asked what time it is.
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
    /// How many files what is started as this was may have open.
    pub files: u64,
    /// How many files the node on this machine may have open, if it says so: a service manager gives it a limit
    /// of its own.
    pub files_of_node: Option<u64>,
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
    /// How many changes of its tables this program would make before it reads them.
    pub changes_to_come: usize,
    /// Why it cannot be written.
    pub cannot_write: Option<String>,
    /// What is free on the disk of its file, in bytes.
    pub free_bytes: Option<u64>,
}

impl Opened {
    /// Whether what it holds was looked at.
    pub fn was_read(&self) -> bool {
        self.problem.is_none() && self.changes_to_come == 0
    }
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
        false => open_as_it_is(&config.database_url, &mut database).await,
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
    let (here, files_of_node) = look_here(config).await?;
    Ok(Seen {
        config: config.clone(),
        database,
        files: ask_for_files(&config.server),
        files_of_node,
        founded,
        here,
        there,
        others_ahead: match &store {
            Some(store) => look_at_clocks(store, &fetcher, clock).await,
            None => Vec::new(),
        },
    })
}

/// Opens a database whose tables are this program's, and changes none: whoever looks may be about to upgrade.
async fn open_as_it_is(url: &str, database: &mut Opened) -> Option<Store> {
    let opened = async {
        match Store::migrations_to_come(url).await? {
            None => database.problem = Some("there is nothing in it yet".to_owned()),
            Some(0) => return Store::open(url).await.map(Some),
            Some(to_come) => database.changes_to_come = to_come,
        }
        Ok(None)
    };
    opened.await.unwrap_or_else(|error: store::Error| {
        database.problem = Some(format!("{:#}", anyhow::Error::from(error)));
        None
    })
}

/// Asks the node on this machine, at the address that it listens on, how it is and how many files it may have
/// open.
async fn look_here(config: &Config) -> Result<(Result<Health, String>, Option<u64>), NoClient> {
    let address = match config.listen.ip() {
        address if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        address => address,
    };
    let network = Network {
        allow: vec![IpAddr::into(address)],
    };
    let lookup = Lookup::told(move |_| Ok(vec![address]));
    let fetcher = Fetcher::with(network, None, lookup, DEADLINE)?;
    let url = |path: &str| -> Url {
        let url = format!("http://{HERE}:{}{path}", config.listen.port());
        url.parse().expect("it is an address")
    };
    let answer = ask(&fetcher, &url("/healthz"), "application/json").await;
    let health: Result<Health, String> = answer.and_then(|answer| {
        serde_json::from_slice(&answer.body).map_err(|_| {
            format!(
                "what answers there with {} is no archipelago",
                answer.status.as_u16()
            )
        })
    });
    let files = match health {
        Ok(_) => most_files(&fetcher, &url("/metrics")).await,
        Err(_) => None,
    };
    Ok((health, files))
}

/// How many files a node may have open, by its own figures; it tells them on Linux.
async fn most_files(fetcher: &Fetcher, metrics: &Url) -> Option<u64> {
    let answer = ask(fetcher, metrics, "text/plain").await.ok()?;
    let text = str::from_utf8(&answer.body).ok()?;
    let mut lines = text.lines();
    let files = lines.find_map(|line| line.strip_prefix("process_max_fds "))?;
    // Without a limit it is infinite, which becomes the largest number.
    files.parse().ok().map(|files: f64| files as u64)
}

/// Asks some of those who are followed, then of those who follow, what time it is.
async fn look_at_clocks(store: &Store, fetcher: &Fetcher, clock: &Clock) -> Vec<TimeDelta> {
    let mut clocks = Vec::new();
    let mut known: Vec<Url> = Vec::new();
    for circle in [Circle::Following, Circle::Followers] {
        let page = store.circle(circle, Local::Node, MAX_CLOCKS, 0);
        for actor in page.await.unwrap_or_default().0 {
            // Each clock is asked once, whoever is behind it.
            if known.iter().all(|known| known.host() != actor.host()) {
                known.push(actor);
            }
        }
    }
    for actor in known.into_iter().take(MAX_CLOCKS as usize) {
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
