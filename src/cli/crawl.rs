//! `archipelago crawl`: visits what is due, and says what came of it.

use std::convert::Infallible;
use std::io::{self, IsTerminal};
use std::time::Duration;

use clap::Args;
use tokio::sync::watch;
use url::Url;

use crate::clock::Clock;
use crate::config::Config;
use crate::crawler::{Crawler, GAP, Stop, Summary};
use crate::domain::host::Host;
use crate::fetch::Fetcher;
use crate::formats::activitypub::addresses::Addresses;
use crate::store::{Counts, Store};

use super::{Failure, database, output, stop};

/// How often a terminal is told how far it is.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// How often to look for what has become due, where nothing was.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Flags of `crawl`.
#[derive(Debug, Args)]
pub(super) struct Crawl {
    /// Visit what is due now and what that leads to, print what came of it, and end
    #[arg(long)]
    once: bool,
    /// A site to begin with; it is kept, and visited again each day. Can be repeated
    #[arg(long, value_name = "URL")]
    seed: Vec<String>,
    /// Visit only this host: a name, with its port if it has one
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// Print what came of it as JSON
    #[arg(long)]
    json: bool,
}

impl Crawl {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let seeds = self.seed.iter().map(|text| seed(text));
        let seeds = seeds.collect::<Result<Vec<Url>, Failure>>()?;
        let only = self.host.as_deref().map(host).transpose()?;
        // Asked for first, so that no signal is missed.
        let asked_to_stop = stop::asked_to_stop()?;
        let store = Store::open(&config.database_url).await?;
        let home = home(&store, &config).await?;
        let fetcher = Fetcher::for_many_hosts(config.network.clone(), home.as_ref())?;
        let fetcher = fetcher.refusing(database::refusals(&config, Some(&store)).await?);
        for seed in &seeds {
            let refused = |why| Failure::flag("--seed", format!("{seed} {why}"));
            fetcher.check(seed).map_err(refused)?;
        }
        if home.is_none() {
            tracing::warn!(
                "this node has no address yet, so whom it visits cannot look up who asks: found it with \
                 `archipelago init`, or name its address in the settings (domain)"
            );
        }
        let crawler = Crawler::new(store, fetcher, Clock::system(), home.as_ref(), GAP);
        crawler.seed(&seeds).await?;
        crawler.sow_known().await?;
        let (ask_to_stop, asked) = watch::channel(false);
        let stop = Stop::on(asked.clone());
        let crawling = async {
            loop {
                crawler.run_due(only.as_ref(), stop.clone()).await?;
                if self.once || *asked.borrow() {
                    return Ok::<(), Failure>(());
                }
                let mut asked = asked.clone();
                tokio::select! {
                    _ = asked.changed() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        };
        let stopping = async {
            asked_to_stop.await;
            tracing::info!("asked to stop: requests under way still end");
            ask_to_stop.send_replace(true);
            std::future::pending::<()>().await
        };
        let telling = tell(&crawler, io::stderr().is_terminal() && !self.json);
        tokio::select! {
            crawled = crawling => crawled?,
            () = stopping => {}
            never = telling => match never {},
        }
        let summary = crawler.summary();
        match self.json {
            true => output::print_json(&summary),
            false => output::print(&in_words(&summary)),
        }
    }
}

/// Where this node has its address: where it was founded, else where the settings say.
async fn home(store: &Store, config: &Config) -> Result<Option<Url>, Failure> {
    let local = store.local_actors().await?;
    let founded = local
        .first()
        .map(|node| Addresses::of(node.id.clone()).home());
    Ok(founded.or_else(|| config.domain.clone()))
}

/// A site as people write it: `https://` may be left out.
fn seed(text: &str) -> Result<Url, Failure> {
    let whole = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let url = Url::parse(&whole)
        .ok()
        .filter(|url| Host::of(url).is_some());
    url.ok_or_else(|| {
        let problem = format!("{text:?} is no address such as https://hoster.example/");
        Failure::flag("--seed", problem)
    })
}

fn host(text: &str) -> Result<Host, Failure> {
    Host::parse(text).ok_or_else(|| {
        let problem = format!("{text:?} is no name of a host such as hoster.example");
        Failure::flag("--host", problem)
    })
}

/// Tells a terminal how far it is, on one line.
pub(super) async fn tell(crawler: &Crawler, is_wanted: bool) -> Infallible {
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        if is_wanted {
            let Summary {
                hosts,
                requests,
                read,
                ..
            } = crawler.summary();
            eprint!("\r\x1b[K{hosts} hosts, {requests} requests, {read} documents read ");
        }
    }
}

fn in_words(summary: &Summary) -> String {
    let failed: u64 = summary.failed.values().sum();
    let mut lines = vec![
        (
            "visited",
            format!("{} hosts with {} requests", summary.hosts, summary.requests),
        ),
        ("read", format!("{} documents", summary.read)),
        (
            "unchanged",
            format!("{} documents (304)", summary.unchanged),
        ),
        ("absent", summary.absent.to_string()),
        ("moved", summary.moved.to_string()),
        ("forbidden", format!("{} by robots.txt", summary.forbidden)),
        (
            "left out",
            format!("{} at their own wish", summary.left_out),
        ),
        ("put off", format!("{} at their own wish", summary.put_off)),
        (
            "probed",
            format!("{}, of which {} down", summary.probed, summary.down),
        ),
        ("new", format!("{} addresses to visit", summary.found)),
        ("hosters", told(summary.learnt.hosters)),
        ("services", told(summary.learnt.services)),
        ("failed", failed.to_string()),
    ];
    for (why, number) in &summary.failed {
        lines.push(("", format!("{number} {why}")));
    }
    let lines = lines
        .iter()
        .map(|(name, value)| format!("{name:<11}{value}\n"));
    lines.collect()
}

fn told(counts: Counts) -> String {
    let all = [
        (counts.added, "added"),
        (counts.changed, "changed"),
        (counts.unchanged, "unchanged"),
        (counts.outranked, "known better"),
        (counts.removed, "removed"),
        (counts.held, "held"),
        (counts.left_out, "left out"),
    ];
    let told = all.iter().filter(|(number, _)| *number > 0);
    let told: Vec<_> = told
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    match told.is_empty() {
        true => "none".to_owned(),
        false => told.join(", "),
    }
}
