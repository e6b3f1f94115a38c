//! `/metrics`: this node in figures, in the text format of OpenMetrics 1.0, which Prometheus reads.
//!
//! Nothing here is about a visitor. What the crawler did is counted since this process began, the rest is
//! what the database holds, the same at every replica.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

use actix_web::HttpResponse;
use actix_web::web::Data;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::catalogue::{Catalogue, Edition, Figures, Observations};
use crate::crawler::{Crawler, Summary};
use crate::domain::collective::Standing;

/// The media type of the answer.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// What the names of all metrics begin with.
const PREFIX: &str = "archipelago";

/// `/metrics`
pub async fn metrics(
    catalogue: Data<Catalogue>,
    observations: Data<Observations>,
    crawler: Data<OnceLock<Crawler>>,
) -> HttpResponse {
    let mut registry = Registry::with_prefix(PREFIX);
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    registry.register("build", "The program", Info::new(version));
    directory(&mut registry, &catalogue.current());
    // Where the database is away, the rest is told all the same.
    match observations.figures().await {
        Ok(figures) => stored(&mut registry, &figures),
        Err(error) => tracing::warn!(%error, "the figures of the database cannot be read"),
    }
    if let Some(crawler) = crawler.get() {
        crawled(&mut registry, &crawler.summary());
    }
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => HttpResponse::Ok().content_type(OPEN_METRICS).body(text),
        Err(error) => {
            tracing::error!(%error, "the figures cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
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
    let hosters = Family::<[(&str, &str); 1], Gauge<u64, AtomicU64>>::default();
    for standing in Standing::ALL {
        let known = overview.hosters_by_standing[*standing as usize];
        hosters
            .get_or_create(&[("standing", standing.word())])
            .set(known as u64);
    }
    registry.register("hosters", "Hosters that are known, by standing", hosters);
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
        (
            "crawler_failures",
            "Visits that failed",
            done.failed.values().sum(),
        ),
    ] {
        registry.register(name, help, ConstCounter::new(value));
    }
}

fn gauges<const N: usize>(registry: &mut Registry, figures: [(&str, &str, u64); N]) {
    for (name, help, value) in figures {
        registry.register(name, help, ConstGauge::new(value));
    }
}
