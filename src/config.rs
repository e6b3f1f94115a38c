//! What the operator decides, read once and handed down as values.
//!
//! Later sources win: built-in defaults, `archipelago.toml`, the environment (`ARCHIPELAGO_*`), flags.
//! A name nobody knows is an error in each of them: a typo must not be taken for a decision.

mod environment;
mod layer;
mod read;

pub use layer::{
    BlocksLayer, DirectoryLayer, Layer, LimitsLayer, LogLayer, NetworkLayer, ServerLayer,
    TrustLayer,
};
pub use read::{domain, domain_in_words, range};

use std::ffi::OsString;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::Url;

use crate::domain::anchor::Anchor;
use crate::domain::block::{Block, Domain, Severity};
use crate::domain::choices::Choices;
use crate::domain::collective::Standing;
use crate::domain::decision::Via;
use crate::domain::policy::Rules;
use crate::domain::word::worded;

/// The file that is read where no other is named, if it exists in the current directory.
pub const DEFAULT_FILE: &str = "archipelago.toml";

/// The settings of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `database_url`: `sqlite:PATH` or `postgres://…`. Default: `sqlite:archipelago.db`.
    pub database_url: String,
    /// `listen`: the address and port the server answers on. Default: `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// `domain`: the public address of this node, which all its ids begin with: `hoster.example`, or
    /// `http://a.localhost:8080` in a closed network. Default: the one it was founded at, if it was.
    pub domain: Option<Url>,
    /// `[directory]`: what this node lists.
    pub directory: Directory,
    /// `[trust]`: whom this node trusts from the start, and how far.
    pub trust: Trust,
    /// `[blocks]`: what this node will have nothing to do with.
    pub blocks: Blocks,
    /// `[network]`: which addresses this node may connect to.
    pub network: Network,
    /// `[limits]`: how much of the API one client may ask for.
    pub limits: Limits,
    /// `[server]`: how much is answered at once, and how the node leaves.
    pub server: Server,
    /// `[log]`: how the log is written.
    pub log: Log,
}

/// What this node lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// `least_standing`: the least standing that is listed, as a word. Default: what the store
    /// says, else `confirmed`.
    pub least_standing: Option<Standing>,
}

/// Whom this node trusts from the start, and how far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// `anchors`: actors that are trusted from the start, as addresses; those that were chosen while the
    /// node runs are trusted besides. Default: none.
    pub anchors: Vec<Url>,
    /// `max_depth`: see [`Rules::max_depth`]. Default: what the store says.
    pub max_depth: Option<u8>,
    /// `collective_quota`: see [`Rules::collective_quota`]. Default: what the store says.
    pub collective_quota: Option<u32>,
    /// `hoster_quota`: see [`Rules::hoster_quota`]. Default: what the store says.
    pub hoster_quota: Option<u32>,
}

/// What this node will have nothing to do with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocks {
    /// `domains`: what is suspended, with all names below it, besides what was blocked while the node
    /// runs. Default: none.
    pub domains: Vec<Domain>,
}

/// Which addresses this node may connect to, beside the public ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// `allow`: private and other special ranges that may be connected to. Where there is any, this
    /// node lives in a closed network or a test: then http, ports and `localhost` are allowed too.
    /// Default: none.
    pub allow: Vec<IpNet>,
}

/// How much of the API one client may ask for, and how clients are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `per_minute`: requests to the API that a client is given back a minute; 0 for no limit.
    /// Default: 1,200.
    pub per_minute: Option<NonZeroU32>,
    /// `burst`: requests that a client who was quiet may make at once. Default: 240.
    pub burst: NonZeroU32,
    /// `trusted_proxies`: ranges of addresses whose word is taken for whom they ask. Default: this machine's
    /// own.
    pub trusted_proxies: Vec<IpNet>,
    /// `proxy_header`: the header field in which they say it, as a word. Default: `x-forwarded-for`. Only
    /// one, since whoever asks can write into the one that a proxy passes on as it is.
    pub proxy_header: ProxyHeader,
}

/// How much is answered at once, and how the node leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `requests_at_once`: how many requests of one class (pages, the API, the inbox …) may be under way;
    /// one more is told to come again. Default: 256.
    pub requests_at_once: NonZeroU32,
    /// `connections`: how many connections are open at once; one more waits for another to end.
    /// Default: 4,096.
    pub connections: NonZeroU32,
    /// `leave_seconds`: for how long a node that was told to stop goes on answering while it says that it
    /// leaves, so that whoever spreads visitors over replicas takes notice. Default: 0.
    pub leave: Duration,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            requests_at_once: const { NonZeroU32::new(256).expect("it is not 0") },
            connections: const { NonZeroU32::new(4_096).expect("it is not 0") },
            leave: Duration::ZERO,
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// `format`: as a word. Default: `text`.
    pub format: LogFormat,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

worded!(LogFormat {
    Text = "text",
    Json = "json",
});

/// Where a proxy says for whom it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, which nearly all write.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

worded!(ProxyHeader {
    XForwardedFor = "x-forwarded-for",
    Forwarded = "forwarded",
});

impl Default for Limits {
    fn default() -> Self {
        let (v4, v6) = (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST);
        Self {
            per_minute: NonZeroU32::new(1_200),
            burst: const { NonZeroU32::new(240).expect("it is not 0") },
            trusted_proxies: vec![
                Ipv4Net::new_assert(v4, 8).trunc().into(),
                Ipv6Net::from(v6).into(),
            ],
            proxy_header: ProxyHeader::default(),
        }
    }
}

/// Why the settings were refused; the message names the place and what is allowed there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the settings in {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A line of the file is not TOML, names no setting, or gives it a value it cannot have.
    #[error("{}, line {line}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it, and what is allowed.
        problem: String,
    },
    /// A variable of the environment names no setting, or gives it a value it cannot have.
    #[error("environment variable {name}: {problem}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong with it, and what is allowed.
        problem: String,
    },
}

impl Config {
    /// Reads the file at `path` (which must then exist), or [`DEFAULT_FILE`] if it exists, and lays
    /// the environment and the flags over it.
    pub fn read(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: Layer,
    ) -> Result<Self, Error> {
        let file = match path {
            Some(path) => Layer::from_file(path)?,
            None => Layer::from_file_if_any(Path::new(DEFAULT_FILE))?.unwrap_or_default(),
        };
        Self::of(file, environment, flags)
    }

    /// Lays the environment and the flags over what a file says.
    pub fn of(
        file: Layer,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: Layer,
    ) -> Result<Self, Error> {
        let environment = Layer::from_environment(environment)?;
        Ok(flags.over(environment).over(file).over_defaults())
    }

    /// What the settings choose of what an operator may also choose while the node runs.
    pub fn choices(&self) -> Choices {
        let anchors = self.trust.anchors.iter().map(|actor| Anchor {
            actor: actor.clone(),
            name: None,
            reason: None,
            since: None,
            via: Via::Settings,
        });
        let blocks = self.blocks.domains.iter().map(|domain| Block {
            domain: domain.clone(),
            severity: Severity::Suspend,
            reason: None,
            source: None,
            since: None,
            via: Via::Settings,
        });
        Choices {
            rules: Rules {
                least_standing: self.directory.least_standing,
                max_depth: self.trust.max_depth,
                collective_quota: self.trust.collective_quota,
                hoster_quota: self.trust.hoster_quota,
            },
            anchors: anchors.collect(),
            blocks: blocks.collect(),
        }
    }
}

#[cfg(test)]
mod tests;
