//! The members that a document names, whatever it is written in.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Context;
use chrono::NaiveDate;
use futures_util::{StreamExt, stream};
use url::Url;

use crate::cli::document;
use crate::cli::import::told;
use crate::cli::{Failure, database};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::hoster::Hoster;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::{Link, Name};
use crate::fetch::Fetcher;
use crate::formats::{self, Document, Findings, Format, Lead, chatonsinfos, site_list};

/// What is accepted of a far side: every format that is read is text.
const ACCEPT: &str = "text/plain, application/json, text/csv, */*;q=0.5";
/// How many files of a federation's organizations are fetched at once: each lies at another host.
const AT_ONCE: usize = 8;

/// A member that a document names.
pub(super) struct Member {
    pub(super) site: Url,
    pub(super) name: Option<Name>,
    pub(super) since: Option<NaiveDate>,
    pub(super) actor: Option<Url>,
}

/// All of them, each site once, and what could not be read.
#[derive(Default)]
pub(super) struct List {
    pub(super) members: Vec<Member>,
    pub(super) complaints: Vec<String>,
    sites: HashSet<Url>,
}

/// Reads the members that `path` names: all there is to read, before anything is done.
pub(super) async fn read(path: &str, config: &Config) -> Result<List, Failure> {
    let taxonomy = Taxonomy::embedded();
    if !document::is_address(path) && Path::new(path).is_dir() {
        let told = told::read(Format::ChatonsInfos, path, config, &taxonomy).await?;
        return of_findings(told.findings, told.of_files, config, &taxonomy).await;
    }
    let (url, bytes) = match document::is_address(path) {
        true => {
            let answer = document::fetched(path, ACCEPT, config).await?;
            (answer.url, answer.body.to_vec())
        }
        false => (document::address(path), document::read(path)?),
    };
    let today = Clock::system().today();
    let found = |format| {
        let document = Document {
            format,
            url: &url,
            bytes: &bytes,
            seen: today,
            of: None,
        };
        formats::read(&document, &taxonomy)
    };
    let cannot = || format!("{} cannot be imported", document::name(path));
    let is_json = bytes.trim_ascii_start().starts_with(b"{");
    let is_properties = url.path().ends_with(chatonsinfos::ENDING);
    let found = match is_json {
        true => Some(found(Format::Archipelago)),
        false => Some(found(Format::ChatonsInfos)).filter(|found| is_properties || found.is_ok()),
    };
    match found {
        Some(found) => {
            of_findings(found.with_context(cannot)?, Vec::new(), config, &taxonomy).await
        }
        None => {
            let listed = site_list::read(&bytes, today).with_context(cannot)?;
            Ok(List {
                members: listed.sites.into_iter().map(Member::from).collect(),
                complaints: listed.complaints.iter().map(ToString::to_string).collect(),
                sites: HashSet::new(),
            })
        }
    }
}

/// The members among hosters, and among those that a federation's file leads to.
async fn of_findings(
    findings: Findings,
    of_files: Vec<String>,
    config: &Config,
    taxonomy: &Taxonomy,
) -> Result<List, Failure> {
    let mut list = List {
        complaints: of_files,
        ..List::default()
    };
    // An organization's file leads to those of its services, which name no member.
    let leads: Vec<Lead> = findings
        .leads
        .iter()
        .filter(|lead| lead.of.is_none())
        .cloned()
        .collect();
    list.add("", findings);
    if leads.is_empty() {
        return Ok(list);
    }
    let store = database::open_if_any(config).await?;
    let refusals = database::refusals(config, store.as_ref()).await?;
    let fetcher = Fetcher::new(config.network.clone(), None)?.refusing(refusals);
    let fetched = leads
        .iter()
        .map(|lead| organization(&fetcher, lead, taxonomy));
    let fetched: Vec<_> = stream::iter(fetched).buffered(AT_ONCE).collect().await;
    for (lead, found) in leads.iter().zip(fetched) {
        let at = format!("{}: ", lead.url);
        match found {
            Ok(found) if found.hosters.is_empty() => {
                list.complaints
                    .push(format!("{at}is left out: it is no organization's file"));
            }
            Ok(found) => list.add(&at, found),
            Err(why) => list.complaints.push(format!("{at}is left out: {why}")),
        }
    }
    Ok(list)
}

async fn organization(
    fetcher: &Fetcher,
    lead: &Lead,
    taxonomy: &Taxonomy,
) -> Result<Findings, String> {
    let answer = fetcher.get(&lead.url, ACCEPT, |_| Default::default()).await;
    let answer = answer.map_err(|error| error.to_string())?;
    if !answer.status.is_success() {
        return Err(format!("it answers {}", answer.status));
    }
    let document = Document {
        format: lead.format,
        url: &answer.url,
        bytes: &answer.body,
        seen: Clock::system().today(),
        of: None,
    };
    formats::read(&document, taxonomy).map_err(|error| error.to_string())
}

impl List {
    /// Adds the hosters of a document that is told by `at`.
    fn add(&mut self, at: &str, findings: Findings) {
        let complaints = findings.complaints.iter();
        self.complaints
            .extend(complaints.map(|complaint| format!("{at}{complaint}")));
        for hoster in findings.hosters {
            let site = match &hoster.website {
                Some(website) => site_list::of_page(website).map_err(|why| why.to_string()),
                None => Err("has no site".to_owned()),
            };
            let left_out = match site {
                Err(why) => why,
                Ok(site) if !self.sites.insert(site.clone()) => {
                    format!("{site} is that of another above")
                }
                Ok(site) => {
                    self.members.push(member(hoster, site));
                    continue;
                }
            };
            let id = &hoster.id;
            self.complaints
                .push(format!("{at}{id}: is left out: {left_out}"));
        }
    }
}

fn member(hoster: Hoster, site: Url) -> Member {
    Member {
        site,
        since: None,
        actor: hoster.actor.as_ref().map(Link::as_url).cloned(),
        name: Some(hoster.name),
    }
}

impl From<site_list::Listed> for Member {
    fn from(listed: site_list::Listed) -> Self {
        Self {
            site: listed.site,
            name: listed.name,
            since: listed.since,
            actor: None,
        }
    }
}
