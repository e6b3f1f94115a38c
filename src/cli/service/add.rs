//! `archipelago service add`: new services, one by one or from a document.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context;
use clap::Args;

use crate::cli::Failure;
use crate::cli::document::{self, complain};
use crate::cli::failure::parsed;
use crate::cli::founded::Founded;
use crate::config::Config;
use crate::domain::service::{Service, ServiceId};
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::Name;
use crate::federation::NotPublished;
use crate::formats::{Complaints, Findings, archipelago as format};
use crate::ingest::understand;

use super::facts::{Facts, known_need};
use super::report::{Published, Report};
use super::{language, slug};

/// Arguments of `service add`.
#[derive(Debug, Args)]
#[command(
    override_usage = "archipelago service add <SLUG> --name <NAME> --need <ID> [OPTIONS]\n       \
    archipelago service add --from <PATH>"
)]
pub(in crate::cli) struct Add {
    /// What it is called in addresses, for good: a-z, 0-9, - and so on
    #[arg(required_unless_present = "from", requires_all = ["name", "need"])]
    slug: Option<String>,
    #[command(flatten)]
    facts: Facts,
    /// Add every service of a document in our exchange format that holds one hoster; - for standard input
    #[arg(long, value_name = "PATH", conflicts_with_all = ["slug", "name", "need", "url", "software",
        "registration", "price", "price_text", "full", "open", "people", "note", "lang"])]
    from: Option<String>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

impl Add {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        match (&self.slug, &self.from) {
            (Some(text), _) => self.add_one(&config, slug(text)?).await,
            (None, Some(path)) => self.add_all(&config, path).await,
            (None, None) => Err(Failure::flag("SLUG", "is missing")),
        }
    }

    async fn add_one(&self, config: &Config, id: ServiceId) -> Result<(), Failure> {
        // Both are given, or clap would not have let us come here.
        let name = parsed("--name", &self.facts.name, Name::parse)?;
        let name = name.ok_or_else(|| Failure::flag("--name", "is missing"))?;
        let need = known_need(self.facts.need.as_deref().unwrap_or_default())?;
        let node = Founded::open(config).await?;
        let hoster = node.federation.own_hoster().await?;
        let mut service = Service {
            id,
            name,
            need,
            hoster: hoster.id,
            url: None,
            software: None,
            registration: None,
            price: None,
            capacity: None,
            closing: None,
            note: None,
            source: hoster.source,
            facts: BTreeMap::new(),
            unsourced: Vec::new(),
            other: BTreeMap::new(),
            object: None,
        };
        let language = language(&node, self.facts.lang.as_deref()).await?;
        self.facts.lay_over(&mut service, language)?;
        let services = [service];
        let added = node.federation.add_services(services.to_vec()).await;
        match added {
            Err(NotPublished::Taken(id)) if node.federation.own_service(&id).await.is_ok() => {
                return Err(Failure::said(format!(
                    "there is a service {id} already: `archipelago service edit {id}` changes it"
                )));
            }
            added => added?,
        }
        let report = Report::of(&node, &services, Published::Create).await?;
        report.print(self.json)
    }

    async fn add_all(&self, config: &Config, path: &str) -> Result<(), Failure> {
        let node = Founded::open(config).await?;
        let known = node.federation.own_services().await?;
        let known: HashSet<ServiceId> = known.into_iter().map(|known| known.service.id).collect();
        let name = document::name(path);
        let read = format::read(&document::read(path)?);
        let findings = read.with_context(|| format!("{name} cannot be read"))?;
        let findings = understand(findings, &Taxonomy::embedded());
        if findings.hosters.len() != 1 {
            complain(&findings.complaints);
            return Err(Failure::said(format!(
                "{name} holds {} hosters, and the services of one become those of this node: leave one in it",
                findings.hosters.len()
            )));
        }
        let (services, complaints) = new_ones(findings, &known);
        if services.is_empty() {
            complain(&complaints);
            return Err(Failure::said(format!(
                "{name} holds no service that could be added"
            )));
        }
        node.federation.add_services(services.clone()).await?;
        if !self.json {
            complain(&complaints);
        }
        let report = Report::of(&node, &services, Published::Create).await?;
        report.with_complaints(&complaints).print(self.json)
    }
}

/// The services of a document that are not ours yet, now in our own words.
fn new_ones(findings: Findings, known: &HashSet<ServiceId>) -> (Vec<Service>, Complaints) {
    let mut complaints = findings.complaints;
    let mut services = Vec::new();
    for mut service in findings.services {
        if known.contains(&service.id) {
            let place = format!("service {}", service.id);
            let line = findings.lines.get(&service.id).copied();
            complaints.add(line, &place, "is left as it is: it is ours already");
            continue;
        }
        // Whoever offers it says it now, so nothing of it is hearsay.
        service.unsourced = Vec::new();
        services.push(service);
    }
    (services, complaints)
}
