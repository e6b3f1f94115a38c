//! Documents of one hoster, or of one kind of service, as other directories read them.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::cli::Failure;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::text::Link;
use crate::formats::{librehost, peertube_index, xmpp_provider};

/// What the instances of an index run.
const PEERTUBE: &str = "peertube";

/// `librehost.json` of the only hoster.
pub(super) fn librehost(
    hosters: &[Hoster],
    services: &[Service],
    now: DateTime<Utc>,
) -> Result<String, Failure> {
    let hoster = only(hosters, "librehost.json")?;
    Ok(on_lines(&librehost::write(
        hoster,
        !services.is_empty(),
        now,
    )))
}

/// The provider file of the only hoster's first XMPP service.
pub(super) fn xmpp_provider(
    hosters: &[Hoster],
    services: &[Service],
    now: DateTime<Utc>,
) -> Result<String, Failure> {
    let hoster = only(hosters, "a provider file")?;
    let mut running = running(services, xmpp_provider::SOFTWARE, now);
    match running.next() {
        Some(service) => Ok(on_lines(&xmpp_provider::write(hoster, service))),
        None => Err(Failure::said(format!(
            "{} offers no XMPP service",
            hoster.id
        ))),
    }
}

/// An index of the instances of PeerTube, each host once.
pub(super) fn peertube_index(services: &[Service], now: DateTime<Utc>) -> String {
    let urls = running(services, PEERTUBE, now).filter_map(|service| service.url.as_ref());
    let hosts = urls.map(Link::as_url).filter_map(|url| url.host_str());
    let mut hosts: Vec<&str> = hosts.collect();
    hosts.sort_unstable();
    hosts.dedup();
    on_lines(&peertube_index::write(hosts.len(), hosts.iter().copied()))
}

fn only<'a>(hosters: &'a [Hoster], what: &str) -> Result<&'a Hoster, Failure> {
    match hosters {
        [hoster] => Ok(hoster),
        _ => Err(Failure::flag(
            "--hoster",
            format!("{what} is of one hoster: name it"),
        )),
    }
}

/// The services that run a software and have not ended.
fn running<'a>(
    services: &'a [Service],
    software: &str,
    now: DateTime<Utc>,
) -> impl Iterator<Item = &'a Service> {
    services.iter().filter(move |service| {
        let runs = service.software.as_ref();
        runs.is_some_and(|id| id.as_str() == software) && !service.is_over_by(now.date_naive())
    })
}

fn on_lines(document: &Value) -> String {
    format!("{document:#}")
}
