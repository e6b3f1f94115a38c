//! One source of settings: how a file, the environment and flags say them, and which wins.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use url::{Host, Url};

use super::{
    Blocks, Config, Directory, Error, Limits, Log, LogFormat, Network, ProxyHeader, Server, Trust,
};
use crate::domain::block::Domain;
use crate::domain::collective::Standing;
use crate::domain::policy::{Rule, Rules};
use crate::domain::text::{Link, printable};

const PREFIX: &str = "ARCHIPELAGO_";
/// The most requests a limit can be set to: more than any node answers in a minute is no limit.
const MAX_REQUESTS: u32 = 10_000_000;
/// The most connections that can be open at once: what one address has ports for.
const MAX_CONNECTIONS: u32 = 65_535;
/// The longest that a node may take leave, in seconds: supervisors kill what stops later.
const MAX_LEAVE_SECONDS: u32 = 600;
/// How much of a wrong value is quoted, in characters.
const MAX_QUOTED_CHARS: usize = 80;
/// Variables of ours that are no settings: the log's filter, and the binary under test.
const NO_SETTINGS: [&str; 2] = ["ARCHIPELAGO_LOG", "ARCHIPELAGO_BIN"];
/// A variable of the federation library that switches its own checks of addresses off.
const LIBRARY_DANGER: &str = "DANGER_FEDERATION_ALLOW_LOCAL_IP";

/// What one source says: a file, the environment or the command line. What it leaves out stays as
/// the source before it has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// See [`Config::database_url`].
    pub database_url: Option<String>,
    /// See [`Config::listen`].
    #[serde(default, deserialize_with = "listen_from_text")]
    pub listen: Option<SocketAddr>,
    /// See [`Config::domain`].
    #[serde(default, deserialize_with = "domain_from_text")]
    pub domain: Option<Url>,
    /// See [`Config::directory`].
    #[serde(default)]
    pub directory: DirectoryLayer,
    /// See [`Config::trust`].
    #[serde(default)]
    pub trust: TrustLayer,
    /// See [`Config::blocks`].
    #[serde(default)]
    pub blocks: BlocksLayer,
    /// See [`Config::network`].
    #[serde(default)]
    pub network: NetworkLayer,
    /// See [`Config::limits`].
    #[serde(default)]
    pub limits: LimitsLayer,
    /// See [`Config::server`].
    #[serde(default)]
    pub server: ServerLayer,
    /// See [`Config::log`].
    #[serde(default)]
    pub log: LogLayer,
}

/// What one source says of `[directory]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryLayer {
    /// See [`Directory::least_standing`].
    pub least_standing: Option<Standing>,
}

/// What one source says of `[trust]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustLayer {
    /// See [`Trust::anchors`].
    #[serde(default, deserialize_with = "anchors_from_texts")]
    pub anchors: Option<Vec<Url>>,
    /// See [`Trust::max_depth`].
    #[serde(default, deserialize_with = "depth")]
    pub max_depth: Option<u8>,
    /// See [`Trust::collective_quota`].
    #[serde(default, deserialize_with = "quota")]
    pub collective_quota: Option<u32>,
    /// See [`Trust::hoster_quota`].
    #[serde(default, deserialize_with = "quota")]
    pub hoster_quota: Option<u32>,
}

/// What one source says of `[blocks]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlocksLayer {
    /// See [`Blocks::domains`].
    #[serde(default, deserialize_with = "domains_from_texts")]
    pub domains: Option<Vec<Domain>>,
}

/// What one source says of `[network]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkLayer {
    /// See [`Network::allow`].
    #[serde(default, deserialize_with = "ranges_from_texts")]
    pub allow: Option<Vec<IpNet>>,
}

/// What one source says of `[limits]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsLayer {
    /// See [`Limits::per_minute`]; 0 for no limit.
    #[serde(default, deserialize_with = "per_minute_from_number")]
    pub per_minute: Option<u32>,
    /// See [`Limits::burst`].
    #[serde(default, deserialize_with = "burst_from_number")]
    pub burst: Option<NonZeroU32>,
    /// See [`Limits::trusted_proxies`].
    #[serde(default, deserialize_with = "ranges_from_texts")]
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// See [`Limits::proxy_header`].
    pub proxy_header: Option<ProxyHeader>,
}

/// What one source says of `[server]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerLayer {
    /// See [`Server::requests_at_once`].
    #[serde(default, deserialize_with = "burst_from_number")]
    pub requests_at_once: Option<NonZeroU32>,
    /// See [`Server::connections`].
    #[serde(default, deserialize_with = "connections_from_number")]
    pub connections: Option<NonZeroU32>,
    /// See [`Server::leave`].
    #[serde(default, deserialize_with = "leave_from_number")]
    pub leave_seconds: Option<u32>,
}

/// What one source says of `[log]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLayer {
    /// See [`Log::format`].
    pub format: Option<LogFormat>,
}

impl Layer {
    /// What the file at `path` says; `None` where there is no file.
    pub fn from_file_if_any(path: &Path) -> Result<Option<Self>, Error> {
        path.exists().then(|| Self::from_file(path)).transpose()
    }

    pub(super) fn from_file(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            Error::File {
                path: path.to_owned(),
                line: text.bytes().take(start).filter(|b| *b == b'\n').count() + 1,
                problem: error.message().replace('\n', ", "),
            }
        })
    }

    pub(super) fn from_environment(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Error> {
        let mut layer = Self::default();
        for (name, value) in variables {
            if name == LIBRARY_DANGER {
                return Err(Error::Variable {
                    name: LIBRARY_DANGER.to_owned(),
                    problem: "would let anybody make this node connect to private addresses; \
                              unset it, and name the ranges that may be with --allow-net"
                        .to_owned(),
                });
            }
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            if NO_SETTINGS.contains(&name) {
                continue;
            }
            let refused = |problem| Error::Variable {
                name: name.to_owned(),
                problem,
            };
            let value = value
                .to_str()
                .ok_or_else(|| refused("is not UTF-8".to_owned()))?;
            let (_, set) = VARIABLES
                .iter()
                .find(|(known, _)| *known == name)
                .ok_or_else(|| refused(unknown_variable()))?;
            set(&mut layer, value).map_err(refused)?;
        }
        Ok(layer)
    }

    pub(super) fn over(self, lower: Self) -> Self {
        Self {
            database_url: self.database_url.or(lower.database_url),
            listen: self.listen.or(lower.listen),
            domain: self.domain.or(lower.domain),
            directory: DirectoryLayer {
                least_standing: (self.directory.least_standing).or(lower.directory.least_standing),
            },
            trust: TrustLayer {
                anchors: self.trust.anchors.or(lower.trust.anchors),
                max_depth: self.trust.max_depth.or(lower.trust.max_depth),
                collective_quota: (self.trust.collective_quota).or(lower.trust.collective_quota),
                hoster_quota: self.trust.hoster_quota.or(lower.trust.hoster_quota),
            },
            blocks: BlocksLayer {
                domains: self.blocks.domains.or(lower.blocks.domains),
            },
            network: NetworkLayer {
                allow: self.network.allow.or(lower.network.allow),
            },
            limits: LimitsLayer {
                per_minute: self.limits.per_minute.or(lower.limits.per_minute),
                burst: self.limits.burst.or(lower.limits.burst),
                trusted_proxies: (self.limits.trusted_proxies).or(lower.limits.trusted_proxies),
                proxy_header: self.limits.proxy_header.or(lower.limits.proxy_header),
            },
            server: ServerLayer {
                requests_at_once: (self.server.requests_at_once).or(lower.server.requests_at_once),
                connections: self.server.connections.or(lower.server.connections),
                leave_seconds: self.server.leave_seconds.or(lower.server.leave_seconds),
            },
            log: LogLayer {
                format: self.log.format.or(lower.log.format),
            },
        }
    }

    pub(super) fn over_defaults(self) -> Config {
        let limits = Limits::default();
        let server = Server::default();
        let leave = self.server.leave_seconds;
        Config {
            database_url: (self.database_url).unwrap_or_else(|| "sqlite:archipelago.db".to_owned()),
            listen: (self.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            domain: self.domain,
            directory: Directory {
                least_standing: self.directory.least_standing,
            },
            trust: Trust {
                anchors: self.trust.anchors.unwrap_or_default(),
                max_depth: self.trust.max_depth,
                collective_quota: self.trust.collective_quota,
                hoster_quota: self.trust.hoster_quota,
            },
            blocks: Blocks {
                domains: self.blocks.domains.unwrap_or_default(),
            },
            network: Network {
                allow: self.network.allow.unwrap_or_default(),
            },
            limits: Limits {
                per_minute: (self.limits.per_minute).map_or(limits.per_minute, NonZeroU32::new),
                burst: self.limits.burst.unwrap_or(limits.burst),
                trusted_proxies: (self.limits.trusted_proxies).unwrap_or(limits.trusted_proxies),
                proxy_header: self.limits.proxy_header.unwrap_or(limits.proxy_header),
            },
            server: Server {
                requests_at_once: (self.server.requests_at_once).unwrap_or(server.requests_at_once),
                connections: self.server.connections.unwrap_or(server.connections),
                leave: leave.map_or(server.leave, |seconds| Duration::from_secs(seconds.into())),
            },
            log: Log {
                format: self.log.format.unwrap_or_default(),
            },
        }
    }
}

type Set = fn(&mut Layer, &str) -> Result<(), String>;

/// Every variable that is a setting, and how its text becomes one.
const VARIABLES: &[(&str, Set)] = &[
    ("ARCHIPELAGO_DATABASE_URL", |layer, text| {
        layer.database_url = Some(text.to_owned());
        Ok(())
    }),
    ("ARCHIPELAGO_LISTEN", |layer, text| {
        layer.listen = Some(listen(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_DOMAIN", |layer, text| {
        layer.domain = Some(domain(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_DIRECTORY_LEAST_STANDING", |layer, text| {
        let standing = Standing::from_word(text);
        layer.directory.least_standing =
            Some(standing.ok_or_else(|| none_of(text, Standing::ALL, Standing::word))?);
        Ok(())
    }),
    ("ARCHIPELAGO_TRUST_ANCHORS", |layer, text| {
        layer.trust.anchors = Some(list(text, anchor)?);
        Ok(())
    }),
    ("ARCHIPELAGO_TRUST_MAX_DEPTH", |layer, text| {
        layer.trust.max_depth = rule(Rule::MaxDepth, text)?.max_depth;
        Ok(())
    }),
    ("ARCHIPELAGO_TRUST_COLLECTIVE_QUOTA", |layer, text| {
        layer.trust.collective_quota = rule(Rule::CollectiveQuota, text)?.collective_quota;
        Ok(())
    }),
    ("ARCHIPELAGO_TRUST_HOSTER_QUOTA", |layer, text| {
        layer.trust.hoster_quota = rule(Rule::HosterQuota, text)?.hoster_quota;
        Ok(())
    }),
    ("ARCHIPELAGO_BLOCKS_DOMAINS", |layer, text| {
        layer.blocks.domains = Some(list(text, blocked)?);
        Ok(())
    }),
    ("ARCHIPELAGO_NETWORK_ALLOW", |layer, text| {
        layer.network.allow = Some(list(text, range)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LIMITS_PER_MINUTE", |layer, text| {
        layer.limits.per_minute = Some(requests(text, 0)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LIMITS_BURST", |layer, text| {
        layer.limits.burst = Some(burst(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LIMITS_TRUSTED_PROXIES", |layer, text| {
        layer.limits.trusted_proxies = Some(list(text, range)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LIMITS_PROXY_HEADER", |layer, text| {
        let header = ProxyHeader::from_word(text);
        layer.limits.proxy_header =
            Some(header.ok_or_else(|| none_of(text, ProxyHeader::ALL, ProxyHeader::word))?);
        Ok(())
    }),
    ("ARCHIPELAGO_SERVER_REQUESTS_AT_ONCE", |layer, text| {
        layer.server.requests_at_once = Some(burst(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_SERVER_CONNECTIONS", |layer, text| {
        layer.server.connections = Some(connections(text)?);
        Ok(())
    }),
    ("ARCHIPELAGO_SERVER_LEAVE_SECONDS", |layer, text| {
        layer.server.leave_seconds = Some(number(text, 0, MAX_LEAVE_SECONDS)?);
        Ok(())
    }),
    ("ARCHIPELAGO_LOG_FORMAT", |layer, text| {
        let format = LogFormat::from_word(text);
        layer.log.format =
            Some(format.ok_or_else(|| none_of(text, LogFormat::ALL, LogFormat::word))?);
        Ok(())
    }),
];

/// Says which words there are, where one is none of them.
fn none_of<T: Copy>(text: &str, all: &[T], word: fn(T) -> &'static str) -> String {
    let words: Vec<_> = all.iter().map(|known| word(*known)).collect();
    let shown = printable(text, MAX_QUOTED_CHARS);
    format!("{shown:?} is none of {}", words.join(", "))
}

/// A number of requests, at least so many.
fn requests(text: &str, least: u32) -> Result<u32, String> {
    number(text, least, MAX_REQUESTS)
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

fn connections(text: &str) -> Result<NonZeroU32, String> {
    let connections = number(text, 1, MAX_CONNECTIONS)?;
    Ok(NonZeroU32::new(connections).expect("it is at least 1"))
}

fn burst(text: &str) -> Result<NonZeroU32, String> {
    let requests = requests(text, 1)?;
    Ok(NonZeroU32::new(requests).expect("it is at least 1"))
}

/// A list with commas between its members.
fn list<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let texts = text.split(',').filter(|text| !text.trim().is_empty());
    texts.map(read).collect()
}

fn anchor(text: &str) -> Result<Url, String> {
    let link = Link::parse(text).map_err(|_| {
        let shown = printable(text, MAX_QUOTED_CHARS);
        format!(
            "{shown:?} is not the address of an actor such as https://collective.example/ap/group"
        )
    })?;
    Ok(link.as_url().clone())
}

fn blocked(text: &str) -> Result<Domain, String> {
    Domain::parse(text).map_err(|error| {
        let shown = printable(text.trim(), MAX_QUOTED_CHARS);
        format!("{shown:?} {error}")
    })
}

/// One rule alone, as it is written.
fn rule(rule: Rule, text: &str) -> Result<Rules, String> {
    let mut rules = Rules::default();
    rules.set(rule, text).map_err(|error| {
        let shown = printable(text, MAX_QUOTED_CHARS);
        format!("{shown:?} {error}")
    })?;
    Ok(rules)
}

fn listen(text: &str) -> Result<SocketAddr, String> {
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
        let is_web = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
        is_origin && is_web && matches!(url.host(), Some(Host::Domain(_)))
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

fn domain_from_text<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(value)?;
    domain(&text).map(Some).map_err(serde::de::Error::custom)
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

fn ranges_from_texts<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Vec<IpNet>>, D::Error> {
    members(value, range)
}

fn anchors_from_texts<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Vec<Url>>, D::Error> {
    members(value, anchor)
}

fn domains_from_texts<'de, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<Vec<Domain>>, D::Error> {
    members(value, blocked)
}

fn members<'de, D: Deserializer<'de>, T>(
    value: D,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<Vec<T>>, D::Error> {
    let texts = Vec::<String>::deserialize(value)?;
    let members = texts
        .iter()
        .map(|text| read(text))
        .collect::<Result<_, _>>();
    members.map(Some).map_err(serde::de::Error::custom)
}

fn depth<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u8>, D::Error> {
    let number = i64::deserialize(value)?.to_string();
    let rules = rule(Rule::MaxDepth, &number).map_err(serde::de::Error::custom)?;
    Ok(rules.max_depth)
}

/// Both quotas have the same bounds.
fn quota<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    let number = i64::deserialize(value)?.to_string();
    let rules = rule(Rule::HosterQuota, &number).map_err(serde::de::Error::custom)?;
    Ok(rules.hoster_quota)
}

fn per_minute_from_number<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    let number = i64::deserialize(value)?.to_string();
    let requests = requests(&number, 0).map_err(serde::de::Error::custom)?;
    Ok(Some(requests))
}

fn burst_from_number<'de, D: Deserializer<'de>>(value: D) -> Result<Option<NonZeroU32>, D::Error> {
    let number = i64::deserialize(value)?.to_string();
    let burst = burst(&number).map_err(serde::de::Error::custom)?;
    Ok(Some(burst))
}

fn connections_from_number<'de, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<NonZeroU32>, D::Error> {
    let number = i64::deserialize(value)?.to_string();
    let connections = connections(&number).map_err(serde::de::Error::custom)?;
    Ok(Some(connections))
}

fn leave_from_number<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    let text = i64::deserialize(value)?.to_string();
    let seconds = number(&text, 0, MAX_LEAVE_SECONDS).map_err(serde::de::Error::custom)?;
    Ok(Some(seconds))
}

fn listen_from_text<'de, D: Deserializer<'de>>(value: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(value)?;
    listen(&text).map(Some).map_err(serde::de::Error::custom)
}

fn unknown_variable() -> String {
    let known: Vec<_> = VARIABLES.iter().map(|(name, _)| *name).collect();
    format!(
        "names no setting; the settings are {} (and {})",
        known.join(", "),
        NO_SETTINGS.join(", ")
    )
}
