//! How the node itself fares: what it is asked, whether its database answers, what it does by itself.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::figures::{counters, gauge, gauges, histograms, labelled_gauges};
use super::loops::panics;
use super::{Loop, Loops};
use crate::federation::{Came, Federation, Went};
use crate::mirror::{Held, Publisher};
use crate::store::failures;
use crate::web::health::{self, Condition, Database};
use crate::web::traffic::{Class, STATUSES, Traffic};

/// What is asked and answered.
pub fn asked(registry: &mut Registry, traffic: &Traffic) {
    let answers = Family::<[(&str, &str); 2], Counter<u64, AtomicU64>>::default();
    for class in Class::ALL {
        let by_status = traffic.of(class).by_status();
        for (status, count) in STATUSES.iter().zip(by_status) {
            let labels = [("class", class.word()), ("status", *status)];
            answers.get_or_create(&labels).inc_by(count);
        }
    }
    registry.register(
        "http_requests",
        "Requests that were answered, by class and status",
        answers,
    );
    histograms(
        registry,
        "http_request_seconds",
        "How long answers took to begin, by class",
        "class",
        Class::ALL.map(|class| (class.word(), &traffic.of(class).took)),
    );
    labelled_gauges(
        registry,
        "http_requests_in_flight",
        "Requests that are being answered, by class",
        "class",
        Class::ALL.map(|class| (class.word(), traffic.of(class).under_way())),
    );
    counters(
        registry,
        "http_requests_shed",
        "Requests that were one too many and told to come again, by class",
        "class",
        Class::ALL.map(|class| (class.word(), traffic.of(class).shed())),
    );
}

/// Whether visitors may be sent here, and how the database stands.
pub fn condition(
    registry: &mut Registry,
    condition: &Condition,
    traffic: &Traffic,
    held: Option<&Held>,
) {
    let is_ready = health::status(traffic, held) == "ready";
    let answers = condition.database() == Database::Answers;
    gauges(
        registry,
        [
            (
                "ready",
                "Whether visitors may be sent to this replica",
                is_ready.into(),
            ),
            (
                "database_answers",
                "Whether the database answered lately",
                answers.into(),
            ),
        ],
    );
    let answered_at = condition.answered_at().timestamp_millis() as f64 / 1_000.0;
    gauge(
        registry,
        "database_answered_timestamp_seconds",
        "When the database last answered",
        answered_at,
    );
    if let Some(until) = condition.certificate_until() {
        gauge(
            registry,
            "certificate_ends_timestamp_seconds",
            "When the certificate at the node's own address ends",
            until.timestamp() as f64,
        );
    }
    registry.register(
        "clock_sets",
        "How often the clock was set, or the machine slept",
        ConstCounter::new(condition.clock_sets()),
    );
    let failed = failures();
    counters(
        registry,
        "database_failures",
        "Calls of the database that failed, by kind",
        "kind",
        [
            ("busy", failed.busy),
            ("away", failed.away),
            ("full", failed.full),
            ("other", failed.other),
        ],
    );
    if let Some(free) = condition.free_bytes() {
        gauges(
            registry,
            [(
                "database_disk_free_bytes",
                "What is free on the disk of the SQLite file",
                free,
            )],
        );
    }
}

/// What the node does by itself.
pub fn loops(registry: &mut Registry, loops: &Loops) {
    labelled_gauges(
        registry,
        "loop_in_trouble",
        "Whether the last step of a loop failed",
        "loop",
        Loop::ALL.map(|of| (of.word(), loops.is_in_trouble(of).into())),
    );
    counters(
        registry,
        "loop_failures",
        "Steps of a loop that failed",
        "loop",
        Loop::ALL.map(|of| (of.word(), loops.failures(of))),
    );
    registry.register(
        "panics",
        "Faults of the program, each of which cost a piece of work",
        ConstCounter::new(panics()),
    );
}

/// What comes from other nodes and goes to them.
pub fn federated(registry: &mut Registry, federation: &Federation) {
    let counted = federation.counted();
    counters(
        registry,
        "inbox_posts",
        "Posts to an inbox, by how they ended",
        "end",
        Came::ALL.map(|end| (end.word(), counted.that_came(end))),
    );
    counters(
        registry,
        "deliveries",
        "Attempts to deliver, by how they ended",
        "end",
        Went::ALL.map(|end| (end.word(), counted.that_went(end))),
    );
}

/// What is published for mirrors, or what a mirror holds.
pub fn mirrored(registry: &mut Registry, publisher: Option<&Publisher>, held: Option<&Held>) {
    if let Some(publisher) = publisher {
        gauges(
            registry,
            [(
                "changes_waiting",
                "Readers of changes that wait for news",
                publisher.waiting() as u64,
            )],
        );
        if let Some(issue) = publisher.issue() {
            let signed_at = issue.said.issued.timestamp_millis() as f64 / 1_000.0;
            gauges(
                registry,
                [(
                    "published_revision",
                    "The revision that is published for mirrors",
                    issue.said.revision,
                )],
            );
            gauge(
                registry,
                "published_signed_timestamp_seconds",
                "When that was signed",
                signed_at,
            );
        }
    }
    if let Some(as_of) = held.and_then(Held::as_of) {
        gauge(
            registry,
            "mirror_heard_timestamp_seconds",
            "When the origin of this mirror last said how it stands",
            as_of.timestamp_millis() as f64 / 1_000.0,
        );
    }
}
