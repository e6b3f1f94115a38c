//! What this directory will have nothing to do with, by domain.
//!
//! A block meets its domain and all names below it, on every port, however an address writes them: hosts
//! are compared as the URL standard reads them, which ends the games with case, width, dots and Punycode
//! (CVE-2023-42451 in Mastodon).

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Utc};
use psl::Type;
use serde::{Deserialize, Serialize};
use url::{Host, Url};
use utoipa::ToSchema;

use super::decision::Via;
use super::described::{described, text};
use super::text::{Name, Prose};
use super::word::worded;

/// The longest domain, in bytes (RFC 1035 §2.3.4, as text without the root's dot).
const MAX_DOMAIN_BYTES: usize = 253;

/// A domain that can be blocked: in lower case and Punycode, of two parts or more, without a last dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

/// Why a text names no domain that can be blocked; reads on after the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// More than a host, or none.
    #[error("is not the name of a host such as hoster.example")]
    NoDomain,
    /// A machine's number has nothing below it.
    #[error("is an IP address, and only names are blocked")]
    IpAddress,
    /// All that strangers register below it would be blocked.
    #[error("is no one's own: strangers register names below it")]
    Suffix,
}

/// How much is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is not listed.
    Hide,
    /// Nothing is asked of it, told to it or taken from it either, and its vouches do not count.
    Suspend,
}

described!(Domain: text().max_length(Some(MAX_DOMAIN_BYTES)));

worded!(Severity {
    Hide = "hide",
    Suspend = "suspend",
});

/// A domain that this directory will have nothing to do with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Block {
    /// The domain; names below it are meant, too.
    pub domain: Domain,
    /// How much is blocked.
    pub severity: Severity,
    /// Why, in the operator's words; the settings give none.
    pub reason: Option<Prose>,
    /// The list it came from, if somebody took it from one.
    pub source: Option<Name>,
    /// Since when; not known of one that the settings name.
    pub since: Option<DateTime<Utc>>,
    /// Where it was chosen.
    pub via: Via,
}

/// All that is blocked, to be looked up by host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocks(HashMap<Domain, Block>);

impl Domain {
    /// Reads a domain as a person writes it: `hoster.example`, `*.hoster.example` or the address of its
    /// site. A `www.` before what somebody registered is left out.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        let text = text.trim();
        let text = text.strip_prefix("*.").unwrap_or(text);
        let address = match text.contains("://") {
            true => text.to_owned(),
            false => format!("https://{text}/"),
        };
        let url = Url::parse(&address).map_err(|_| DomainError::NoDomain)?;
        let is_only_a_host = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none();
        match url.host() {
            Some(Host::Domain(name)) if is_only_a_host => Self::of_name(name),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) if is_only_a_host => Err(DomainError::IpAddress),
            _ => Err(DomainError::NoDomain),
        }
    }

    fn of_name(name: &str) -> Result<Self, DomainError> {
        let name = name.trim_end_matches('.');
        let is_name = name.len() <= MAX_DOMAIN_BYTES && name.split('.').all(is_label);
        if !is_name {
            return Err(DomainError::NoDomain);
        }
        let suffix = psl::suffix(name.as_bytes());
        // What a firm lets others register below its own name (`github.io`) is still the firm's.
        let is_a_firms = suffix.is_some_and(|suffix| suffix.typ() == Some(Type::Private));
        if psl::domain_str(name).is_none() && !is_a_firms {
            return Err(DomainError::Suffix);
        }
        let mut name = name;
        // All of them, or what is kept would be read as another.
        while let Some(rest) = name.strip_prefix("www.")
            && psl::domain_str(rest).is_some()
        {
            name = rest;
        }
        Ok(Self(name.to_owned()))
    }

    /// As it is kept and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the host of an address is this domain or below it.
    pub fn covers(&self, url: &Url) -> bool {
        self.covers_host(url.host_str().unwrap_or_default())
    }

    /// Whether a host, with or without a port, is this domain or below it; written as the URL standard does.
    pub fn covers_host(&self, host: &str) -> bool {
        names_of(host).any(|name| name == self.0)
    }
}

/// A part of a host's name; with underscores, which some names in use have (RFC 2181 §11).
fn is_label(label: &str) -> bool {
    let is_plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    !label.is_empty() && label.bytes().all(is_plain)
}

/// A host's name and those above it, the longest first, without its port.
fn names_of(host: &str) -> impl Iterator<Item = &str> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.');
    std::iter::successors(Some(name), |name| Some(name.split_once('.')?.1))
}

impl Blocks {
    /// Of two for the same domain, the one with the greater severity.
    pub fn of(blocks: impl IntoIterator<Item = Block>) -> Self {
        let mut by_domain: HashMap<Domain, Block> = HashMap::new();
        for block in blocks {
            match by_domain.get(&block.domain) {
                Some(known) if known.severity >= block.severity => {}
                _ => drop(by_domain.insert(block.domain.clone(), block)),
            }
        }
        Self(by_domain)
    }

    /// Whether nothing is blocked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What blocks the host of an address: the severest, and of these the closest.
    pub fn of_url(&self, url: &Url) -> Option<&Block> {
        if self.0.is_empty() {
            return None;
        }
        let mut found: Option<&Block> = None;
        for name in names_of(url.host_str()?) {
            let block = self.0.get(name);
            if let Some(block) =
                block.filter(|block| found.is_none_or(|known| known.severity < block.severity))
            {
                found = Some(block);
            }
        }
        found
    }

    /// Whether a domain and all below it is blocked as much as that, or more.
    pub fn covers(&self, domain: &Domain, severity: Severity) -> bool {
        let mut blocks = names_of(domain.as_str()).filter_map(|name| self.0.get(name));
        blocks.any(|block| block.severity >= severity)
    }

    /// Whether nothing is to be asked of an address, told to it or taken from it.
    pub fn suspends(&self, url: &Url) -> bool {
        self.of_url(url)
            .is_some_and(|block| block.severity == Severity::Suspend)
    }
}

impl std::borrow::Borrow<str> for Domain {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .map_err(|error| serde::de::Error::custom(format_args!("{text:?} {error}")))
    }
}

impl Serialize for Domain {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(domain: &str, severity: Severity) -> Block {
        Block {
            domain: Domain::parse(domain).unwrap(),
            severity,
            reason: None,
            source: None,
            since: None,
            via: Via::Operator,
        }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_domain_is_one_however_it_is_written() {
        for text in [
            "evil.example",
            " EVIL.example ",
            "evil.example.",
            "*.evil.example",
            "www.evil.example",
            "www.www.evil.example",
            "https://evil.example",
            "http://www.EVIL.example./",
            "ｅｖｉｌ.example",
            "evil。example",
            "%65vil.example",
        ] {
            assert_eq!(
                Domain::parse(text).unwrap().as_str(),
                "evil.example",
                "{text}"
            );
        }
        for text in ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"] {
            assert_eq!(
                Domain::parse(text).unwrap().as_str(),
                "xn--bcher-kva.example"
            );
        }
        // A firm's own, though others have names below it; and a `www.` that is all there is.
        for text in ["github.io", "www.co.uk", "a_b.example", "a.localhost"] {
            assert_eq!(Domain::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_is_no_domain_of_anybody_is_refused() {
        for (text, error) in [
            ("", DomainError::NoDomain),
            ("evil.example/path", DomainError::NoDomain),
            ("https://evil.example/?q", DomainError::NoDomain),
            ("@name@evil.example", DomainError::NoDomain),
            ("a@b@evil.example", DomainError::NoDomain),
            ("evil.example:8443", DomainError::NoDomain),
            ("ev**.example", DomainError::NoDomain),
            ("a..example", DomainError::NoDomain),
            ("evil example", DomainError::NoDomain),
            ("mailto:a@evil.example", DomainError::NoDomain),
            ("93.184.216.34", DomainError::IpAddress),
            ("0x5db8d822", DomainError::IpAddress),
            ("[::1]", DomainError::IpAddress),
            ("example", DomainError::Suffix),
            ("localhost", DomainError::Suffix),
            ("*.org", DomainError::Suffix),
            ("co.uk", DomainError::Suffix),
        ] {
            assert_eq!(Domain::parse(text), Err(error), "{text}");
        }
        assert!(Domain::parse(&format!("{}.example", "a.".repeat(200))).is_err());
    }

    #[test]
    fn no_way_of_writing_an_address_gets_past_a_block() {
        let blocks = Blocks::of([
            block("evil.example", Severity::Suspend),
            block("bücher.example", Severity::Suspend),
        ]);
        for address in [
            "https://evil.example/",
            "https://EVIL.example/",
            "https://evil.example./",
            "https://a.b.evil.example/x?y#z",
            "https://www.evil.example/",
            "http://evil.example:8080/",
            "https://good.example@evil.example/",
            "https://ｅｖｉｌ.example/",
            "https://evil。example/",
            "https://%65vil.example/",
            "https://e\u{ad}vil.example/",
            "https://bücher.example/",
            "https://a.BÜCHER.example/",
            "https://xn--bcher-kva.example/",
        ] {
            assert!(blocks.suspends(&url(address)), "{address}");
        }
        for address in [
            "https://notevil.example/",
            "https://evil.example.org/",
            "https://evil-example/",
            "https://example/",
            "https://bucher.example/",
            "https://93.184.216.34/",
            "mailto:a@evil.example",
        ] {
            assert!(!blocks.suspends(&url(address)), "{address}");
        }
        assert!(
            Domain::parse("a.localhost")
                .unwrap()
                .covers_host("b.a.localhost:4001")
        );
        assert!(!Blocks::default().suspends(&url("https://evil.example/")));
    }

    #[test]
    fn a_domain_is_covered_by_a_block_as_severe_of_it_or_of_one_above() {
        let blocks = Blocks::of([
            block("evil.example", Severity::Hide),
            block("worse.evil.example", Severity::Suspend),
        ]);
        for (domain, severity, is_covered) in [
            ("evil.example", Severity::Hide, true),
            ("evil.example", Severity::Suspend, false),
            ("a.evil.example", Severity::Hide, true),
            ("a.worse.evil.example", Severity::Suspend, true),
            ("good.example", Severity::Hide, false),
        ] {
            let domain = Domain::parse(domain).unwrap();
            assert_eq!(blocks.covers(&domain, severity), is_covered, "{domain}");
        }
    }

    #[test]
    fn the_severest_block_on_the_way_up_counts() {
        let blocks = Blocks::of([
            block("evil.example", Severity::Hide),
            block("worse.evil.example", Severity::Suspend),
            block("bad.example", Severity::Suspend),
            block("less.bad.example", Severity::Hide),
            block("twice.example", Severity::Suspend),
            block("twice.example", Severity::Hide),
        ]);
        for (address, domain, severity) in [
            ("https://a.evil.example", "evil.example", Severity::Hide),
            (
                "https://a.worse.evil.example",
                "worse.evil.example",
                Severity::Suspend,
            ),
            ("https://less.bad.example", "bad.example", Severity::Suspend),
            ("https://twice.example", "twice.example", Severity::Suspend),
        ] {
            let found = blocks.of_url(&url(address)).unwrap();
            assert_eq!(
                (found.domain.as_str(), found.severity),
                (domain, severity),
                "{address}"
            );
        }
    }
}
