//! One source of settings: how a file says them, and which source wins.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use ipnet::IpNet;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use url::Url;

use super::read;
use super::{
    Blocks, Config, Directory, Error, Limits, Log, LogFormat, Network, ProxyHeader, Server, Trust,
};
use crate::domain::block::Domain;
use crate::domain::collective::Standing;
use crate::domain::policy::Rule;

/// What one source says: a file, the environment or the command line. What it leaves out stays as
/// the source before it has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// See [`Config::database_url`].
    pub database_url: Option<String>,
    /// See [`Config::listen`].
    #[serde(default, deserialize_with = "listen")]
    pub listen: Option<SocketAddr>,
    /// See [`Config::domain`].
    #[serde(default, deserialize_with = "domain")]
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
    #[serde(default, deserialize_with = "anchors")]
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
    #[serde(default, deserialize_with = "domains")]
    pub domains: Option<Vec<Domain>>,
}

/// What one source says of `[network]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkLayer {
    /// See [`Network::allow`].
    #[serde(default, deserialize_with = "ranges")]
    pub allow: Option<Vec<IpNet>>,
}

/// What one source says of `[limits]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsLayer {
    /// See [`Limits::per_minute`]; 0 for no limit.
    #[serde(default, deserialize_with = "per_minute")]
    pub per_minute: Option<u32>,
    /// See [`Limits::burst`].
    #[serde(default, deserialize_with = "burst")]
    pub burst: Option<NonZeroU32>,
    /// See [`Limits::trusted_proxies`].
    #[serde(default, deserialize_with = "ranges")]
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// See [`Limits::proxy_header`].
    pub proxy_header: Option<ProxyHeader>,
}

/// What one source says of `[server]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerLayer {
    /// See [`Server::requests_at_once`].
    #[serde(default, deserialize_with = "burst")]
    pub requests_at_once: Option<NonZeroU32>,
    /// See [`Server::connections`].
    #[serde(default, deserialize_with = "connections")]
    pub connections: Option<NonZeroU32>,
    /// See [`Server::leave`].
    #[serde(default, deserialize_with = "leave")]
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

fn listen<'de, D: Deserializer<'de>>(value: D) -> Result<Option<SocketAddr>, D::Error> {
    of_text(value, read::listen)
}

fn domain<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Url>, D::Error> {
    of_text(value, read::domain)
}

fn anchors<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Vec<Url>>, D::Error> {
    of_texts(value, read::anchor)
}

fn domains<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Vec<Domain>>, D::Error> {
    of_texts(value, read::blocked)
}

fn ranges<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Vec<IpNet>>, D::Error> {
    of_texts(value, read::range)
}

fn depth<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u8>, D::Error> {
    let rules = of_number(value, |text| read::rule(Rule::MaxDepth, text))?;
    Ok(rules.and_then(|rules| rules.max_depth))
}

/// Both quotas have the same bounds.
fn quota<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    let rules = of_number(value, |text| read::rule(Rule::HosterQuota, text))?;
    Ok(rules.and_then(|rules| rules.hoster_quota))
}

fn per_minute<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    of_number(value, read::per_minute)
}

fn burst<'de, D: Deserializer<'de>>(value: D) -> Result<Option<NonZeroU32>, D::Error> {
    of_number(value, read::burst)
}

fn connections<'de, D: Deserializer<'de>>(value: D) -> Result<Option<NonZeroU32>, D::Error> {
    of_number(value, read::connections)
}

fn leave<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    of_number(value, read::leave)
}

fn of_text<'de, D: Deserializer<'de>, T>(
    value: D,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(value)?;
    read(&text).map(Some).map_err(D::Error::custom)
}

fn of_texts<'de, D: Deserializer<'de>, T>(
    value: D,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<Vec<T>>, D::Error> {
    let texts = Vec::<String>::deserialize(value)?;
    let members = texts.iter().map(|text| read(text));
    let members = members.collect::<Result<_, _>>();
    members.map(Some).map_err(D::Error::custom)
}

/// A file has numbers where the environment has their texts: both are read alike.
fn of_number<'de, D: Deserializer<'de>, T>(
    value: D,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, D::Error> {
    let text = i64::deserialize(value)?.to_string();
    read(&text).map(Some).map_err(D::Error::custom)
}
