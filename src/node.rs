//! A running node: store, catalogue and server, built from [`Config`] and run until told to stop.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::Compress;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

use crate::catalogue::{Catalogue, Did};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::collective::Standing;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::archipelago as format;
use crate::ingest::ingest;
use crate::store::{self, Store};
use crate::web;

/// The real directory that `--demo` fills an empty store with.
const DEMO: &[u8] = include_bytes!("../fixtures/data/hosters.json");
/// How often the catalogue looks whether the store's revision or the day has moved.
const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// How long requests under way may still take once the node is told to stop.
const LAST_ANSWERS: u64 = 5;

/// A node that listens.
pub struct Node {
    store: Store,
    catalogue: Data<Catalogue>,
    clock: Clock,
    server: Server,
    address: SocketAddr,
}

/// Why a node does not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The address it was to listen on.
    #[error("{}", cannot_listen(*address, source.kind()))]
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
        let catalogue =
            Catalogue::open(&store, config.directory.least_standing, clock.today()).await?;
        let catalogue = Data::new(catalogue);
        let data = catalogue.clone();
        let app = move || {
            App::new()
                .wrap(Compress::default())
                .wrap(web::headers())
                .app_data(data.clone())
                .configure(web::configure)
        };
        let cannot_listen = |source| Error::CannotListen {
            address: config.listen,
            source,
        };
        let server = HttpServer::new(app)
            .disable_signals()
            .shutdown_timeout(LAST_ANSWERS);
        let server = server.bind(config.listen).map_err(cannot_listen)?;
        // The port is the system's choice where port 0 was asked for.
        let address = server.addrs().first().copied().unwrap_or(config.listen);
        Ok(Self {
            store,
            catalogue,
            clock,
            server: server.run(),
            address,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is ready, then lets requests under way finish.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let handle = self.server.handle();
        // The server ends once it is told to; the other two go on until then.
        let stopping = async {
            stop.await;
            tracing::info!("asked to stop");
            handle.stop(true).await;
            std::future::pending::<Infallible>().await
        };
        tokio::select! {
            result = self.server => result.map_err(Error::Stopped),
            never = stopping => match never {},
            never = keep_fresh(&self.catalogue, &self.store, &self.clock) => match never {},
        }
    }
}

/// Fills an empty store with the shipped directory and lists what lists say, as a demonstration must;
/// leaves a store that holds anything as it is, and says which of the two.
pub async fn fill_with_demo(store: &Store, clock: &Clock) -> Result<Did, store::Error> {
    if !store.is_empty().await? {
        return Ok(Did::Nothing);
    }
    let findings = format::read(DEMO).expect("a test reads the shipped directory");
    ingest(store, findings, &Taxonomy::embedded(), clock.now()).await?;
    store.keep_least_standing(Standing::Reported).await?;
    Ok(Did::Work)
}

/// Takes the step again and again. A failure is logged when it begins and when it ends; until then
/// visitors read the last edition.
async fn keep_fresh(catalogue: &Catalogue, store: &Store, clock: &Clock) -> Infallible {
    let mut failing = false;
    loop {
        tokio::time::sleep(REFRESH_EVERY).await;
        match catalogue.refresh(store, clock.today()).await {
            Ok(did) => {
                if failing {
                    tracing::info!("the directory is read again");
                }
                failing = false;
                if did == Did::Work {
                    tracing::info!(
                        revision = catalogue.current().revision,
                        "a new edition is in use"
                    );
                }
            }
            Err(error) if !failing => {
                failing = true;
                let error = anyhow::Error::from(error);
                tracing::error!(
                    "the directory cannot be read, visitors see the last edition: {error:#}"
                );
            }
            Err(_) => {}
        }
    }
}

fn cannot_listen(address: SocketAddr, problem: io::ErrorKind) -> String {
    match problem {
        io::ErrorKind::AddrInUse => {
            format!(
                "another program listens on {address} already: stop it, or name another port with --listen"
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!("we may not listen on {address}: name a port above 1023 with --listen")
        }
        io::ErrorKind::AddrNotAvailable => {
            format!(
                "this machine has no address {}: name one it has with --listen",
                address.ip()
            )
        }
        _ => format!("cannot listen on {address}: name another address with --listen"),
    }
}
