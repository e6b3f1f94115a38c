//! A site, visited as the crawler does, in a directory that is made for it and thrown away.

use std::io::{self, IsTerminal};

use anyhow::Context;
use tempfile::TempDir;
use url::Url;

use crate::catalogue::{Observations, Report};
use crate::cli::{Failure, crawl, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::crawler::{Crawler, GAP, Stop};
use crate::domain::host::Host;
use crate::fetch::Fetcher;
use crate::store::Store;
use tokio::sync::watch;

use super::words;

/// How often hosts of the site have their turn: what one document names on another host of the same
/// domain is asked for as well, and that may name more.
const MAX_TURNS: usize = 30;

pub(super) async fn check(site: &Url, config: Config, json: bool) -> Result<(), Failure> {
    let fetcher = Fetcher::for_many_hosts(config.network, config.domain.as_ref())?;
    fetcher
        .check(site)
        .map_err(|why| Failure::Usage(format!("{site} {why}")))?;
    let is_talkative = io::stderr().is_terminal() && !json;
    let folder = TempDir::new().context("cannot make a folder for what is read")?;
    let visiting = visit(site, fetcher, &folder, is_talkative);
    let report = tokio::select! {
        report = visiting => report?,
        _ = tokio::signal::ctrl_c() => return Err(Failure::said("stopped before all was read")),
    };
    if is_talkative {
        eprint!("\r\x1b[K");
    }
    match json {
        true => output::print_json(&report)?,
        false => output::print(&words::of_site(&report))?,
    }
    let is_read = |status: Option<u16>| status.is_some_and(|status| status < 400);
    let was_read = report.documents().any(|document| is_read(document.status));
    match was_read || report.left_out.is_some() {
        true => Ok(()),
        false => Err(Failure::said(format!(
            "nothing that a directory reads was found at {}",
            report.host
        ))),
    }
}

async fn visit(
    site: &Url,
    fetcher: Fetcher,
    folder: &TempDir,
    is_talkative: bool,
) -> Result<Report, Failure> {
    let file = Url::from_file_path(folder.path().join("check.db"));
    let file =
        file.map_err(|()| Failure::said("the folder for temporary files has no full path"))?;
    let store = Store::open(&format!("sqlite:{}", file.path())).await?;
    let clock = Clock::system();
    let observations = Observations::new(store.clone(), clock.clone(), false);
    let crawler = Crawler::new(store, fetcher, clock, None, GAP);
    crawler.seed(std::slice::from_ref(site)).await?;
    let (_, asked) = watch::channel(false);
    let visiting = async {
        for _ in 0..MAX_TURNS {
            let report = report(&observations, site).await?;
            let is_due = |at| at <= report.at;
            let mut due = report.hosts.iter();
            let due = due.find(|host| host.due_at.is_some_and(is_due));
            let Some(host) = due.and_then(|host| Host::parse(&host.host)) else {
                break;
            };
            let stop = Stop::on(asked.clone());
            crawler.run_due(Some(&host), stop).await?;
            crawler.sow_known().await?;
        }
        report(&observations, site).await
    };
    tokio::select! {
        report = visiting => report,
        never = crawl::tell(&crawler, is_talkative) => match never {},
    }
}

async fn report(observations: &Observations, site: &Url) -> Result<Report, Failure> {
    let report = observations.check(site).await?;
    report.context("it has no host").map_err(Failure::Failed)
}
