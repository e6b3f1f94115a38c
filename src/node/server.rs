//! The server of a node: what every answer is made with, how much is open at once, and how it takes leave.

use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::Compress;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

use super::{Error, LAST_ANSWERS};
use crate::catalogue::{Catalogue, Observations, Sent};
use crate::config::Config;
use crate::crawler::Crawler;
use crate::federation::Federation;
use crate::mirror::{Held, Publisher};
use crate::web::{self, Condition, Limit, Loops, Traffic};

/// How long the head of a request may take to come, and how long a quiet connection is kept for the next one:
/// whoever dribbles holds a connection no longer than that.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// How long the threads that answer have to take up what was accepted, before no more is taken up.
const TAKE_UP_WITHIN: Duration = Duration::from_millis(50);

/// What handlers are given.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) catalogue: Data<Catalogue>,
    pub(super) observations: Data<Observations>,
    pub(super) sent: Data<Sent>,
    pub(super) crawler: Data<OnceLock<Crawler>>,
    pub(super) limit: Data<Limit>,
    pub(super) condition: Data<Condition>,
    pub(super) traffic: Data<Traffic>,
    pub(super) loops: Data<Loops>,
    pub(super) federation: Option<Data<Federation>>,
    pub(super) publisher: Option<Data<Publisher>>,
    pub(super) held: Option<Data<Held>>,
}

/// Listens; nobody is answered before the server runs. Also says where it listens.
pub(super) fn listen(config: &Config, given: Given) -> Result<(Server, SocketAddr), Error> {
    let app = move || {
        let given = given.clone();
        let app = App::new()
            .wrap(Compress::default())
            .wrap_fn(web::admit)
            .wrap_fn(web::headers)
            .app_data(given.catalogue)
            .app_data(given.observations)
            .app_data(given.sent)
            .app_data(given.crawler)
            .app_data(given.limit)
            .app_data(given.condition)
            .app_data(given.traffic)
            .app_data(given.loops);
        let app = match given.federation {
            Some(federation) => app.app_data(federation),
            None => app,
        };
        let app = match given.publisher {
            Some(publisher) => app.app_data(publisher),
            None => app,
        };
        let app = match given.held {
            Some(held) => app.app_data(held),
            None => app,
        };
        app.configure(web::configure)
    };
    let cannot_listen = |source| Error::CannotListen {
        address: config.listen,
        source,
    };
    let connections = usize::try_from(config.server.connections.get()).unwrap_or(usize::MAX);
    let threads = available_parallelism()
        .map_or(1, usize::from)
        .min(connections);
    let server = HttpServer::new(app)
        .disable_signals()
        .workers(threads)
        .max_connections(connections.div_ceil(threads))
        .client_request_timeout(HEAD_WITHIN)
        .keep_alive(HEAD_WITHIN)
        .shutdown_timeout(LAST_ANSWERS)
        .bind(config.listen)
        .map_err(cannot_listen)?;
    // The port is the system's choice where port 0 was asked for.
    let address = server.addrs().first().copied().unwrap_or(config.listen);
    Ok((server.run(), address))
}

/// Takes leave: says so and goes on answering for as long, then takes no more connections, and ends once
/// whoever is being answered has been.
pub(super) async fn take_leave(
    server: ServerHandle,
    traffic: &Traffic,
    publisher: Option<&Publisher>,
    leave: Duration,
) {
    traffic.leave();
    tokio::time::sleep(leave).await;
    if let Some(publisher) = publisher {
        publisher.end();
    }
    // A connection that was accepted and that no thread has taken up yet would be cut by the end.
    server.pause().await;
    tokio::time::sleep(TAKE_UP_WITHIN).await;
    server.stop(true).await;
}

/// Why it cannot listen, and what to do about it.
pub(super) fn cannot_listen(address: SocketAddr, problem: io::ErrorKind) -> String {
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
