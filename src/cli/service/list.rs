//! `archipelago service list`.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;

use crate::cli::founded::Founded;
use crate::cli::{Failure, output};
use crate::config::Config;
use crate::domain::service::{Room, Service};
use crate::store::Travelling;

/// The widest column, in characters: what is longer pushes its line to the right.
const MAX_COLUMN: usize = 32;

/// Arguments of `service list`.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    total: usize,
    results: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    service: &'a Service,
    published_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl List {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let node = Founded::open(&config).await?;
        let services = node.federation.own_services().await?;
        if !self.json {
            return output::print(&in_words(&services));
        }
        let results = services.iter().map(|known| Row {
            service: &known.service,
            published_at: known.published_at,
            updated_at: known.updated_at,
        });
        output::print_json(&Report {
            total: services.len(),
            results: results.collect(),
        })
    }
}

fn in_words(services: &[Travelling]) -> String {
    if services.is_empty() {
        return "No service yet: `archipelago service add SLUG --name NAME --need ID` publishes one.\n"
            .to_owned();
    }
    let width = |text: fn(&Service) -> &str| {
        let widths = services
            .iter()
            .map(|known| text(&known.service).chars().count());
        widths.max().unwrap_or(0).min(MAX_COLUMN)
    };
    let slugs = width(|service| service.id.as_str());
    let names = width(|service| service.name.as_str());
    let needs = width(|service| service.need.as_str());
    let mut out = String::new();
    for Travelling { service, .. } in services {
        let line = format!(
            "{:<slugs$}  {:<names$}  {:<needs$}  {}",
            service.id.as_str(),
            service.name.as_str(),
            service.need.as_str(),
            state(service)
        );
        writeln!(out, "{}", line.trim_end()).expect("a String takes everything");
    }
    out
}

/// What a newcomer would ask first.
fn state(service: &Service) -> String {
    let room = service.capacity.and_then(|capacity| capacity.room);
    let told = [
        service
            .closing
            .as_ref()
            .map(|closing| format!("closes on {}", closing.on)),
        room.filter(|room| *room == Room::Full)
            .map(|_| "full".to_owned()),
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
