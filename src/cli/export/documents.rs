//! Documents of one hoster, or of one kind of service, as other directories read them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::cli::Failure;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::formats::{librehost, peertube_index, xmpp_provider};

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
    let service = going_on(services, now).find(|service| xmpp_provider::is_one(service));
    match service {
        Some(service) => Ok(on_lines(&xmpp_provider::write(hoster, service))),
        None => Err(Failure::said(format!(
            "{} offers no XMPP service",
            hoster.id
        ))),
    }
}

/// An index of the instances of PeerTube, each host once.
pub(super) fn peertube_index(services: &[Service], now: DateTime<Utc>) -> String {
    let hosts = going_on(services, now).filter_map(peertube_index::host);
    let hosts: BTreeSet<String> = hosts.collect();
    let index = peertube_index::write(hosts.len(), hosts.iter().map(String::as_str));
    on_lines(&index)
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

/// The services that have not ended.
fn going_on(services: &[Service], now: DateTime<Utc>) -> impl Iterator<Item = &Service> {
    let today = now.date_naive();
    services
        .iter()
        .filter(move |service| !service.is_over_by(today))
}

fn on_lines(document: &Value) -> String {
    format!("{document:#}")
}
