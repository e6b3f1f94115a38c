//! The flows, run whole: one binary, one link.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed"
)]

mod api;
mod backup;
mod check;
mod choices;
mod cli;
mod closings;
mod contract;
mod crawl;
mod delivery;
mod docs;
mod embed;
mod engines;
mod exchange;
mod fairness;
#[path = "../fairness_model/mod.rs"]
#[expect(dead_code, reason = "the benchmark uses the rest")]
mod fairness_model;
mod faults;
mod federation;
mod federation_store;
mod fetch;
mod files;
mod first_day;
mod floors;
mod frontier_store;
mod fuzz;
mod go;
mod growth;
mod guide;
mod guides;
mod import;
mod impostors;
mod inbox;
mod ingest;
mod kill;
mod limits;
mod manage;
mod map;
mod membership;
mod mirror;
mod operations;
mod packaging;
mod pages;
mod queries;
mod renewal;
mod replicas;
mod reports;
mod same_order;
mod search;
#[path = "../simulated_web/mod.rs"]
mod simulated_web;
mod store;
mod support;
mod upgrades;
mod vouch_pages;
mod words;
