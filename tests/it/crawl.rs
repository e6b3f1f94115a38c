//! The crawler against real servers: what it asks for, how politely, and what it keeps.

mod blocked;
mod bounds;
mod discovery;
mod killed;
mod leaving;
mod manners;
mod probes;
mod redirects;
mod refused;
mod report;
mod robots;
mod rounds;
mod simulated;

use std::time::Duration;

use archipelago::clock::Clock;
use archipelago::config::Network;
use archipelago::crawler::{Crawler, Stop, Summary};
use archipelago::fetch::{Fetcher, Lookup};
use archipelago::formats::Format;
use archipelago::store::Store;
use archipelago::store::frontier::{Priority, Purpose, Sown};
use tokio::sync::watch;
use url::Url;

use crate::support::database::Database;
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::{Reply, Request};

/// The pause between two requests to a host, for tests that have no time.
const GAP: Duration = Duration::from_millis(20);
/// How long a request may take: far longer than all take together that a test makes at once, since crawler and
/// far side share a thread. Where one is silent, a test says itself how long it waits.
const DEADLINE: Duration = Duration::from_secs(30);

/// A file of ChatonsInfos, of an organization without a site of its own.
const ORGANIZATION: &str = "file.class = organization\norganization.name = An association\n";

/// A crawler over a database, and the far side it visits.
struct Crawl {
    database: Database,
    store: Store,
    far: FarHosts,
}

impl Crawl {
    async fn of(
        database: Database,
        answer: impl Fn(&str, &str, &Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        Self {
            store: database.store().await,
            database,
            far: FarHosts::start(answer).await,
        }
    }

    fn crawler(&self) -> Crawler {
        crawler(&self.store)
    }

    /// Visits all that is due, beginning with these hosts.
    async fn run(&self, seeds: &[&str]) -> Summary {
        let seeds: Vec<Url> = seeds.iter().map(|host| self.far.url(host, "/")).collect();
        let crawler = self.crawler();
        crawler.seed(&seeds).await.unwrap();
        crawler.run_due(None, never()).await.unwrap();
        crawler.summary()
    }

    /// Lets the frontier believe that a day has passed.
    async fn next_day(&self) {
        self.pass(24 * 3_600_000).await;
    }

    /// Lets the frontier believe that so many milliseconds have passed.
    async fn pass(&self, millis: i64) {
        for sql in [
            format!(
                "update hosts set due_at = due_at - {millis}, robots_at = robots_at - {millis},
                   round_at = round_at - {millis}, next_request_at = next_request_at - {millis}"
            ),
            format!("update targets set due_at = due_at - {millis}"),
        ] {
            self.database.execute(&sql).await;
        }
    }

    async fn count(&self, what: &str) -> i64 {
        let sql = format!("select cast(count(*) as text) from {what}");
        let rows = self.database.rows(&sql).await;
        rows[0][0].parse().unwrap()
    }
}

fn crawler(store: &Store) -> Crawler {
    crawler_within(store, DEADLINE)
}

/// One that waits so long for an answer.
fn crawler_within(store: &Store, deadline: Duration) -> Crawler {
    let network = Network {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
    };
    let fetcher = Fetcher::with(network, None, Lookup::system(), deadline).unwrap();
    Crawler::new(store.clone(), fetcher, Clock::system(), None, GAP)
}

/// A document that is to be read, as if another document led to it.
fn to_read(url: Url, format: Format) -> Sown {
    Sown {
        url,
        purpose: Purpose::Read(format),
        priority: Priority::Heard,
        led_by: None,
        of: None,
        depth: 0,
        page: 0,
        redirected: false,
    }
}

/// Nobody asks to stop.
fn never() -> Stop {
    let (_, asked) = watch::channel(false);
    Stop::on(asked)
}

/// Nothing is there.
fn absent() -> Reply {
    Reply::new(404)
}

/// A text.
fn text(body: &str) -> Reply {
    Reply::new(200)
        .header("Content-Type", "text/plain; charset=utf-8")
        .body(body)
}

/// A document as JSON.
fn json(body: &str) -> Reply {
    Reply::new(200)
        .header("Content-Type", "application/json")
        .body(body)
}
