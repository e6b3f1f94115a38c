//! `/metrics`: this node in figures, in the text format of OpenMetrics 1.0, which Prometheus reads.
//!
//! Nothing here is about a visitor. What the database holds is the same at every replica, the rest is of this
//! process and counted since it began. `docs/metrics.md` lists them all, and a test holds it to this.

mod figures;
mod loops;
mod node;
mod process;

use std::sync::OnceLock;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::health::{Condition, Database};
use super::traffic::Traffic;
use super::wire::Node;
use crate::catalogue::{Catalogue, Edition, Figures, Observations};
use crate::crawler::{Crawler, Summary};
use crate::domain::collective::Standing;
use crate::mirror::{Held, Publisher};
use figures::{counters, gauge, gauges, labelled_gauges};
pub use loops::{Loop, Loops, note_panic};

/// The media type of the answer.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// What the names of all metrics begin with, but for those of the process.
const PREFIX: &str = "archipelago";
/// How long counting in the database may take, before the rest is told without it: less than Prometheus waits.
const COUNT_WITHIN: Duration = Duration::from_secs(5);

/// What every node has to tell of.
type Always = (
    Data<Catalogue>,
    Data<Observations>,
    Data<Condition>,
    Data<Traffic>,
    Data<Loops>,
    Data<OnceLock<Crawler>>,
);

/// `/metrics`
pub async fn metrics(
    (catalogue, observations, condition, traffic, loops, crawler): Always,
    federation: Node,
    publisher: Option<Data<Publisher>>,
    held: Option<Data<Held>>,
) -> HttpResponse {
    let mut registry = Registry::with_prefix(PREFIX);
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    registry.register("build", "The program", Info::new(version));
    let held = held.as_deref().map(AsRef::as_ref);
    node::asked(&mut registry, &traffic);
    node::condition(&mut registry, &condition, &traffic, held);
    node::loops(&mut registry, &loops);
    directory(&mut registry, &catalogue.current());
    if let Some(federation) = federation {
        node::federated(&mut registry, &federation);
    }
    let publisher = publisher.as_deref().map(AsRef::as_ref);
    node::mirrored(&mut registry, publisher, held);
    // Where the database is away, the rest is told all the same, and at once.
    if condition.database() == Database::Answers {
        match tokio::time::timeout(COUNT_WITHIN, observations.figures()).await {
            Ok(Ok(figures)) => stored(&mut registry, &figures),
            Ok(Err(error)) => tracing::warn!(%error, "the figures of the database cannot be read"),
            Err(_) => tracing::warn!("the figures of the database took too long"),
        }
    }
    if let Some(crawler) = crawler.get() {
        crawled(&mut registry, &crawler.summary());
    }
    let mut of_process = Registry::default();
    process::register(&mut of_process, condition.began_at());
    match written([&registry, &of_process]) {
        Ok(text) => HttpResponse::Ok().content_type(OPEN_METRICS).body(text),
        Err(error) => {
            tracing::error!(%error, "the figures cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn written(registries: [&Registry; 2]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for registry in registries {
        encode_registry(&mut text, registry)?;
    }
    encode_eof(&mut text)?;
    Ok(text)
}

fn directory(registry: &mut Registry, edition: &Edition) {
    let overview = &edition.overview;
    gauges(
        registry,
        [
            (
                "directory_revision",
                "The revision that visitors see",
                edition.revision,
            ),
            (
                "listed_hosters",
                "Hosters that are listed",
                overview.hosters as u64,
            ),
            (
                "listed_services",
                "Services that are listed",
                overview.services as u64,
            ),
        ],
    );
    labelled_gauges(
        registry,
        "hosters",
        "Hosters that are known, by standing",
        "standing",
        Standing::ALL.iter().map(|standing| {
            let known = overview.hosters_by_standing[*standing as usize];
            (standing.word(), known as u64)
        }),
    );
    gauges(
        registry,
        [(
            "edition_index_bytes",
            "Memory that the index of the edition takes",
            edition.index_bytes() as u64,
        )],
    );
    for (name, help, value) in [
        (
            "edition_made_timestamp_seconds",
            "When the edition that visitors see was made",
            edition.made_at.timestamp_millis() as f64 / 1_000.0,
        ),
        (
            "edition_reading_seconds",
            "How long reading the database took for it",
            edition.took.reading.as_secs_f64(),
        ),
        (
            "edition_building_seconds",
            "How long building it took",
            edition.took.building.as_secs_f64(),
        ),
    ] {
        gauge(registry, name, help, value);
    }
}

fn stored(registry: &mut Registry, Figures { frontier, load, .. }: &Figures) {
    gauges(
        registry,
        [
            ("frontier_hosts", "Hosts that are visited", frontier.hosts),
            (
                "frontier_hosts_due",
                "Hosts at which something is due",
                frontier.due,
            ),
            (
                "frontier_hosts_dead",
                "Hosts out of reach for long",
                frontier.dead,
            ),
            (
                "frontier_hosts_opted_out",
                "Hosts that ask to be left out",
                frontier.opted_out,
            ),
            (
                "frontier_targets",
                "Addresses that are visited",
                frontier.targets,
            ),
            (
                "services_watched",
                "Services that are looked at",
                load.watched,
            ),
            ("services_down", "Of these, those that are down", load.down),
            (
                "records_held",
                "Hosters and services that the gate holds",
                load.held,
            ),
            (
                "activities_waiting",
                "Activities that wait to be applied",
                load.received,
            ),
            ("deliveries_owed", "Deliveries that are owed", load.owed),
            (
                "inboxes_failing",
                "Inboxes that do not take what is owed to them",
                load.failing,
            ),
        ],
    );
}

fn crawled(registry: &mut Registry, done: &Summary) {
    for (name, help, value) in [
        ("crawler_turns", "Turns that hosts had", done.hosts),
        ("crawler_requests", "Requests that were made", done.requests),
        (
            "crawler_bytes",
            "Bytes of documents that were read",
            done.bytes,
        ),
        ("crawler_read", "Documents that were read", done.read),
        (
            "crawler_unchanged",
            "Documents that had not changed",
            done.unchanged,
        ),
        ("crawler_absent", "Addresses where nothing was", done.absent),
        (
            "crawler_forbidden",
            "Addresses that robots.txt forbids",
            done.forbidden,
        ),
        (
            "crawler_put_off",
            "Hosts that asked us to come later",
            done.put_off,
        ),
        ("crawler_left_out", "Wishes to be left out", done.left_out),
        (
            "crawler_probes",
            "Looks at whether services are up",
            done.probed,
        ),
    ] {
        registry.register(name, help, ConstCounter::new(value));
    }
    counters(
        registry,
        "crawler_failures",
        "Visits that failed, by kind",
        "kind",
        done.failures(),
    );
}
