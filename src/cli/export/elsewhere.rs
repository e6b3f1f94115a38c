//! One document in the format of another directory.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::cli::Failure;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::formats::{librehost, peertube_index, xmpp_provider};

/// `librehost.json` of a hoster with these services.
pub(super) fn librehost(
    hoster: Option<&Hoster>,
    services: &[Service],
    now: DateTime<Utc>,
) -> Result<String, Failure> {
    let hoster = hoster.ok_or_else(unnamed)?;
    Ok(pretty(&librehost::write(hoster, !services.is_empty(), now)))
}

/// The hosts of every PeerTube instance among the services.
pub(super) fn peertube_index(services: &[Service]) -> String {
    let hosts: BTreeSet<String> = services.iter().filter_map(peertube_index::host).collect();
    let index = peertube_index::write(hosts.len(), hosts.iter().map(String::as_str));
    pretty(&index)
}

/// The provider file of a hoster's XMPP service.
pub(super) fn xmpp_provider(
    hoster: Option<&Hoster>,
    services: &[Service],
) -> Result<String, Failure> {
    let hoster = hoster.ok_or_else(unnamed)?;
    let mut services = services.iter();
    let service = services.find(|service| xmpp_provider::is_one(service));
    let service =
        service.ok_or_else(|| Failure::said(format!("{} offers no XMPP service", hoster.name)))?;
    Ok(pretty(&xmpp_provider::write(hoster, service)))
}

fn unnamed() -> Failure {
    Failure::flag(
        "--hoster",
        "this format is of one hoster: name it".to_owned(),
    )
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
