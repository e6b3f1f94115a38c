//! How a text becomes the value of a setting, and what is said of one that does not.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use ipnet::IpNet;
use url::{Host, Url};

use crate::domain::block::Domain;
use crate::domain::policy::{Rule, Rules};
use crate::domain::text::{Link, printable};

/// The most requests a limit can be set to: more than any node answers in a minute is no limit.
const MAX_REQUESTS: u32 = 10_000_000;
/// The most connections that can be open at once: what one address has ports for.
const MAX_CONNECTIONS: u32 = 65_535;
/// The longest that a node may take leave, in seconds: supervisors kill what stops later.
const MAX_LEAVE_SECONDS: u32 = 600;
/// How much of a wrong value is quoted, in characters.
const MAX_QUOTED_CHARS: usize = 80;

/// Says which words there are, where one is none of them.
pub(super) fn none_of<T: Copy>(text: &str, all: &[T], word: fn(T) -> &'static str) -> String {
    let words: Vec<_> = all.iter().map(|known| word(*known)).collect();
    let shown = printable(text, MAX_QUOTED_CHARS);
    format!("{shown:?} is none of {}", words.join(", "))
}

/// How many requests a client is given back a minute; 0 for no limit.
pub(super) fn per_minute(text: &str) -> Result<u32, String> {
    number(text, 0, MAX_REQUESTS)
}

/// For how many seconds a node takes leave.
pub(super) fn leave(text: &str) -> Result<u32, String> {
    number(text, 0, MAX_LEAVE_SECONDS)
}

/// A whole number, from one to another.
fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let number = text.trim().parse().ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            let shown = printable(text, MAX_QUOTED_CHARS);
            format!("{shown:?} is no whole number from {least} to {most}")
        })
}

/// How many connections are open at once.
pub(super) fn connections(text: &str) -> Result<NonZeroU32, String> {
    at_least_one(text, MAX_CONNECTIONS)
}

/// How many requests at once.
pub(super) fn burst(text: &str) -> Result<NonZeroU32, String> {
    at_least_one(text, MAX_REQUESTS)
}

fn at_least_one(text: &str, most: u32) -> Result<NonZeroU32, String> {
    let number = number(text, 1, most)?;
    Ok(NonZeroU32::new(number).expect("it is at least 1"))
}

/// A list with commas between its members.
pub(super) fn list<T>(
    text: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let texts = text.split(',').filter(|text| !text.trim().is_empty());
    texts.map(read).collect()
}

/// The actor of a collective that is trusted from the start.
pub(super) fn anchor(text: &str) -> Result<Url, String> {
    let link = Link::parse(text).map_err(|_| {
        let shown = printable(text, MAX_QUOTED_CHARS);
        format!(
            "{shown:?} is not the address of an actor such as https://collective.example/ap/group"
        )
    })?;
    Ok(link.as_url().clone())
}

/// A domain that is blocked.
pub(super) fn blocked(text: &str) -> Result<Domain, String> {
    Domain::parse(text).map_err(|error| {
        let shown = printable(text.trim(), MAX_QUOTED_CHARS);
        format!("{shown:?} {error}")
    })
}

/// One rule alone, as it is written.
pub(super) fn rule(rule: Rule, text: &str) -> Result<Rules, String> {
    let mut rules = Rules::default();
    rules.set(rule, text).map_err(|error| {
        let shown = printable(text, MAX_QUOTED_CHARS);
        format!("{shown:?} {error}")
    })?;
    Ok(rules)
}

/// Where the server answers.
pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    let address = text.parse();
    address.map_err(|_| format!("{text:?} is not an address and a port such as 127.0.0.1:8080"))
}

/// Reads the public address of a node: a host name, which means https on its usual port; a name of this
/// machine or one with a port, which means plain http, as in tests; or an origin written out.
pub fn domain(text: &str) -> Result<Url, String> {
    let text = text.trim();
    let host = text.split(':').next().unwrap_or_default();
    let plain = text.contains(':') || host == "localhost" || host.ends_with(".localhost");
    let origin = match (text.contains("://"), plain) {
        (true, _) => text.to_owned(),
        (false, true) => format!("http://{text}"),
        (false, false) => format!("https://{text}"),
    };
    let url = Url::parse(&origin).ok().filter(|url| {
        let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_plain = url.username().is_empty() && url.password().is_none();
        is_origin && is_web && is_plain && matches!(url.host(), Some(Host::Domain(_)))
    });
    url.ok_or_else(|| {
        let shown = printable(text, MAX_QUOTED_CHARS);
        format!(
            "{shown:?} is not the name of a host such as hoster.example, with no path behind it"
        )
    })
}

/// An address as `domain` is written most briefly: only its host, where that says all of it.
pub fn domain_in_words(domain: &Url) -> String {
    let host = domain.host_str().unwrap_or_default();
    match self::domain(host) {
        Ok(same) if same == *domain => host.to_owned(),
        _ => domain.origin().ascii_serialization(),
    }
}

/// Reads a range of addresses in CIDR notation (RFC 4632 and RFC 4291 §2.3), such as `127.0.0.0/8`.
///
/// An IPv4 range is written as one, not as IPv4-mapped IPv6: addresses are judged unmapped, so that it
/// would hold none.
pub fn range(text: &str) -> Result<IpNet, String> {
    let range = text.trim().parse::<IpNet>().ok();
    range
        .filter(|range| range.addr().to_canonical() == range.addr())
        .map(|range| range.trunc())
        .ok_or_else(|| {
            format!("{text:?} is not a range of addresses such as 127.0.0.0/8 or fd00::/8")
        })
}
