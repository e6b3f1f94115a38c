//! A running node: store, catalogue and server, built from [`Config`] and run until told to stop.

pub mod doctor;
mod files;
mod loops;
mod outage;
mod server;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web::Data;
use tokio::sync::watch;
use url::Url;

use crate::catalogue::{Catalogue, Did, Observations, Sent};
use crate::clock::Clock;
use crate::config::Config;
use crate::crawler::{Crawler, GAP};
use crate::domain::choices::Choices;
use crate::domain::collective::Standing;
use crate::domain::taxonomy::Taxonomy;
use crate::federation::{self, Federation};
use crate::fetch::{self, Fetcher};
use crate::formats::activitypub::addresses::Local;
use crate::formats::archipelago as format;
use crate::ingest::ingest;
use crate::mirror::{Follower, Held, Publisher};
use crate::store::{self, Load, Store};
use crate::web::{Condition, Limit, Loops, Traffic};
use server::Given;

pub use files::too_few_files;

/// The real directory that `--demo` fills an empty store with.
const DEMO: &[u8] = include_bytes!("../fixtures/data/hosters.json");
/// How long requests under way may still take once the node is told to stop, in seconds: longer than the longest
/// that a request of ours takes, for which somebody may be waiting.
const LAST_ANSWERS: u64 = 15;

/// A node that listens.
pub struct Node {
    store: Store,
    catalogue: Data<Catalogue>,
    federation: Option<Federation>,
    /// Once it goes out and reads.
    crawler: Data<OnceLock<Crawler>>,
    sent: Data<Sent>,
    limit: Data<Limit>,
    condition: Data<Condition>,
    traffic: Data<Traffic>,
    loops: Data<Loops>,
    publisher: Option<Publisher>,
    /// Where this is a mirror.
    follower: Option<Follower>,
    delivers: bool,
    clock: Clock,
    server: Server,
    /// How long to go on answering once it is told to stop.
    leave: Duration,
    address: SocketAddr,
}

/// Why a node does not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Its part in the fediverse.
    #[error(transparent)]
    Federation(#[from] federation::Error),
    /// There is no way to ask anybody.
    #[error(transparent)]
    NoClient(#[from] fetch::NoClient),
    /// The address it was to listen on.
    #[error("{}", server::cannot_listen(*address, source.kind()))]
    CannotListen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The server, while it ran.
    #[error("the server stopped")]
    Stopped(#[source] io::Error),
}

impl Node {
    /// Reads the directory and begins to listen; nobody is answered before [`run`](Self::run).
    pub async fn start(config: &Config, store: Store, clock: Clock) -> Result<Self, Error> {
        let federation = Federation::open(store.clone(), config, clock.clone()).await?;
        let mirror = store.mirror().await?;
        let held = mirror.map(|mirror| Arc::new(Held::new(store.clone(), &mirror)));
        let chosen = match &held {
            // Trust is the origin's; what the law forbids here is not shown all the same.
            Some(_) => Choices {
                blocks: config.choices().blocks,
                ..Choices::default()
            },
            None => config.choices(),
        };
        if held.is_none() && store.note_settings(&chosen, clock.now()).await? {
            tracing::info!("what the settings choose has changed, and the public log says so");
        }
        if federation.is_some() {
            tell_what_waits(&store).await?;
        }
        let follower = match &held {
            Some(held) => {
                let fetcher = Fetcher::new(config.network.clone(), None)?;
                let held = Arc::clone(held);
                Some(Follower::new(store.clone(), fetcher, held, clock.clone()))
            }
            None => None,
        };
        let publisher = federation.as_ref().map(|federation| {
            let origin = federation.addresses().actor(Local::Node);
            Publisher::new(store.clone(), origin, clock.clone())
        });
        let catalogue = Catalogue::open(&store, chosen, clock.now()).await?;
        let catalogue = Data::new(catalogue);
        // What a node that was never founded visits, nobody could look up who asks.
        let looks = federation.is_some();
        let observations = Observations::new(store.clone(), clock.clone(), looks);
        let observations = Data::new(observations);
        let crawler = Data::new(OnceLock::new());
        let sent = Data::new(Sent::default());
        let limit = Data::new(Limit::new(&config.limits));
        let condition = Data::new(Condition::new(
            clock.now(),
            store::sqlite_file(&config.database_url),
        ));
        let traffic = Data::new(Traffic::new(config.server.requests_at_once));
        let loops = Data::new(Loops::default());
        let granted = files::ask_for_files(&config.server);
        if let Some(problem) = too_few_files(granted, &config.server) {
            tracing::warn!("{problem}");
        }
        let given = Given {
            catalogue: catalogue.clone(),
            observations,
            sent: sent.clone(),
            crawler: crawler.clone(),
            limit: limit.clone(),
            condition: condition.clone(),
            traffic: traffic.clone(),
            loops: loops.clone(),
            federation: federation.clone().map(Data::new),
            publisher: publisher.clone().map(Data::new),
            held: held.map(Data::from),
        };
        let (server, address) = server::listen(config, given)?;
        Ok(Self {
            store,
            catalogue,
            federation,
            crawler,
            sent,
            limit,
            condition,
            traffic,
            loops,
            publisher,
            follower,
            delivers: true,
            clock,
            server,
            leave: config.server.leave,
            address,
        })
    }

    /// Has it go out and read, too, while it runs. A node that was never founded does not: whom it visited
    /// could not look up who asks. Says whether it will.
    pub fn crawl(&self, config: &Config) -> Result<bool, Error> {
        let Some(federation) = &self.federation else {
            return Ok(false);
        };
        let home = federation.addresses().home();
        let fetcher = Fetcher::for_many_hosts(config.network.clone(), Some(&home))?;
        let fetcher = fetcher.refusing(federation.refusals().clone());
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let crawler = Crawler::new(store, fetcher, clock, Some(&home), GAP);
        Ok(self.crawler.set(crawler).is_ok())
    }

    /// Has it deliver nothing: another replica does.
    pub fn leave_delivery(&mut self) {
        self.delivers = false;
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is ready, then lets requests under way finish.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let handle = self.server.handle();
        let (ask_to_stop, asked) = watch::channel(false);
        let loops = &self.loops;
        // The server ends once it is told to; the others go on until then.
        let stopping = async {
            stop.await;
            tracing::info!("asked to stop");
            ask_to_stop.send_replace(true);
            server::take_leave(handle, &self.traffic, self.publisher.as_ref(), self.leave).await;
            std::future::pending::<Infallible>().await
        };
        let crawler = self.crawler.get().cloned();
        let crawling =
            crawler.map(|crawler| tokio::spawn(loops::crawl(crawler, loops.clone(), asked)));
        let stopped = tokio::select! {
            result = self.server => result.map_err(Error::Stopped),
            never = stopping => match never {},
            never = loops::watch(&self.store, &self.condition, &self.clock, loops) => match never {},
            never = loops::look_at_oneself(self.federation.as_ref(), &self.condition, &self.clock) => match never {},
            never = loops::keep_fresh(&self.catalogue, &self.store, &self.clock, self.federation.as_ref(), loops) => match never {},
            never = loops::publish(self.publisher.as_ref(), &self.catalogue, loops) => match never {},
            never = loops::follow(self.follower) => match never {},
            never = loops::keep_tallies(&self.catalogue, &self.store, loops) => match never {},
            never = loops::federate(self.federation.as_ref(), self.delivers, &self.catalogue, loops) => match never {},
            never = loops::keep_counts(&self.sent, &self.store, &self.clock, loops) => match never {},
            never = outage::watch(&self.crawler) => match never {},
            never = loops::forget_clients(&self.limit) => match never {},
            never = loops::mind_the_clock(&self.store, &self.condition, &self.clock, loops) => match never {},
        };
        let last = Duration::from_secs(LAST_ANSWERS);
        let keeping = async {
            let keep = self.sent.keep(&self.store, self.clock.now());
            let problem = match tokio::time::timeout(last, keep).await {
                Ok(Ok(_)) => return,
                Ok(Err(error)) => error.to_string(),
                Err(late) => late.to_string(),
            };
            tracing::error!("whom the last people were sent to cannot be kept: {problem}");
        };
        // Requests under way end, so that their hosts are free for others at once.
        let crawling = async {
            if let Some(mut crawling) = crawling
                && tokio::time::timeout(last, &mut crawling).await.is_err()
            {
                crawling.abort();
            }
        };
        tokio::join!(keeping, crawling);
        stopped
    }
}

/// Fills an empty store with the shipped directory and lists what lists say, as a demonstration must;
/// leaves a store that holds anything as it is, and says which of the two.
pub async fn fill_with_demo(store: &Store, clock: &Clock) -> Result<Did, store::Error> {
    if !store.is_empty().await? {
        return Ok(Did::Nothing);
    }
    let findings = format::read(DEMO).expect("a test reads the shipped directory");
    let shipped = Url::parse("file:///hosters.json").expect("an address of a file");
    let taxonomy = Taxonomy::embedded();
    ingest(store, &shipped, findings, &taxonomy, clock.now()).await?;
    store
        .keep_least_standing(Standing::Reported, clock.now())
        .await?;
    Ok(Did::Work)
}

/// Says in the log what waits in the database: a process before this may have died without a word.
async fn tell_what_waits(store: &Store) -> Result<(), store::Error> {
    let Load { received, owed, .. } = store.load().await?;
    if received > 0 || owed > 0 {
        tracing::info!(
            received,
            owed,
            "goes on with what waits: received activities to be applied, and owed deliveries"
        );
    }
    Ok(())
}
