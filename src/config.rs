//! What the operator decides, read once and handed down as values.
//!
//! Later sources win: built-in defaults, `archipelago.toml`, the environment (`ARCHIPELAGO_*`), flags.
//! A name nobody knows is an error in each of them: a typo must not be taken for a decision.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use url::{Host, Url};

use crate::domain::collective::Standing;
use crate::domain::text::printable;

/// The file that is read where no other is named, if it exists in the current directory.
pub const DEFAULT_FILE: &str = "archipelago.toml";

const PREFIX: &str = "ARCHIPELAGO_";
/// How much of a wrong value is quoted, in characters.
const MAX_QUOTED_CHARS: usize = 80;
/// Variables of ours that are no settings: the log's filter, and the binary under test.
const NO_SETTINGS: [&str; 2] = ["ARCHIPELAGO_LOG", "ARCHIPELAGO_BIN"];
/// A variable of the federation library that switches its own checks of addresses off.
const LIBRARY_DANGER: &str = "DANGER_FEDERATION_ALLOW_LOCAL_IP";

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
    /// `[network]`: which addresses this node may connect to.
    pub network: Network,
}

/// What this node lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// `least_standing`: the least standing that is listed, as a word. Default: what the store
    /// says, else `confirmed`.
    pub least_standing: Option<Standing>,
}

/// Which addresses this node may connect to, beside the public ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// `allow`: private and other special ranges that may be connected to. Where there is any, this
    /// node lives in a closed network or a test: then http, ports and `localhost` are allowed too.
    /// Default: none.
    pub allow: Vec<IpNet>,
}

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
    /// See [`Config::network`].
    #[serde(default)]
    pub network: NetworkLayer,
}

/// What one source says of `[directory]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryLayer {
    /// See [`Directory::least_standing`].
    pub least_standing: Option<Standing>,
}

/// What one source says of `[network]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkLayer {
    /// See [`Network::allow`].
    #[serde(default, deserialize_with = "ranges_from_texts")]
    pub allow: Option<Vec<IpNet>>,
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
}

impl Layer {
    /// What the file at `path` says; `None` where there is no file.
    pub fn from_file_if_any(path: &Path) -> Result<Option<Self>, Error> {
        path.exists().then(|| Self::from_file(path)).transpose()
    }

    fn from_file(path: &Path) -> Result<Self, Error> {
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

    fn from_environment(
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

    fn over(self, lower: Self) -> Self {
        Self {
            database_url: self.database_url.or(lower.database_url),
            listen: self.listen.or(lower.listen),
            domain: self.domain.or(lower.domain),
            directory: DirectoryLayer {
                least_standing: (self.directory.least_standing).or(lower.directory.least_standing),
            },
            network: NetworkLayer {
                allow: self.network.allow.or(lower.network.allow),
            },
        }
    }

    fn over_defaults(self) -> Config {
        Config {
            database_url: (self.database_url).unwrap_or_else(|| "sqlite:archipelago.db".to_owned()),
            listen: (self.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            domain: self.domain,
            directory: Directory {
                least_standing: self.directory.least_standing,
            },
            network: Network {
                allow: self.network.allow.unwrap_or_default(),
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
        layer.directory.least_standing = Some(standing.ok_or_else(|| {
            let words: Vec<_> = Standing::ALL.iter().map(|known| known.word()).collect();
            format!("{text:?} is none of {}", words.join(", "))
        })?);
        Ok(())
    }),
    ("ARCHIPELAGO_NETWORK_ALLOW", |layer, text| {
        let texts = text.split(',').filter(|text| !text.trim().is_empty());
        layer.network.allow = Some(texts.map(range).collect::<Result<_, _>>()?);
        Ok(())
    }),
];

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
    let texts = Vec::<String>::deserialize(value)?;
    let ranges = texts
        .iter()
        .map(|text| range(text))
        .collect::<Result<_, _>>();
    ranges.map(Some).map_err(serde::de::Error::custom)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, environment: &[(&str, &str)], flags: Layer) -> Result<Config, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("settings.toml");
        std::fs::write(&path, file).unwrap();
        let environment = environment
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        Config::read(Some(&path), environment, flags).map_err(|error| {
            let path = format!("{}, ", path.display());
            error.to_string().replace(&path, "")
        })
    }

    #[test]
    fn without_any_source_the_defaults_hold() {
        let config = read("", &[("PATH", "/bin")], Layer::default()).unwrap();
        assert_eq!(config.database_url, "sqlite:archipelago.db");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.directory.least_standing, None);
        assert_eq!(config.network.allow, []);
    }

    #[test]
    fn a_domain_is_written_so_that_it_is_read_back() {
        for (text, written) in [
            ("Hoster.example", "hoster.example"),
            ("https://bücher.example:443/", "xn--bcher-kva.example"),
            ("a.localhost:4001", "http://a.localhost:4001"),
            ("https://a.localhost", "https://a.localhost"),
            ("http://hoster.example", "http://hoster.example"),
            ("localhost", "localhost"),
        ] {
            let url = domain(text).unwrap();
            assert_eq!(domain_in_words(&url), written);
            assert_eq!(domain(written).unwrap(), url);
        }
        let refused = domain(&"é/".repeat(5_000)).unwrap_err();
        assert!(refused.chars().count() < 200, "{refused}");
        assert!(!domain("a/\u{1b}[31m").unwrap_err().contains('\u{1b}'));
    }

    #[test]
    fn ranges_are_listed_in_the_file_in_the_environment_and_by_flags() {
        let file = "[network]\nallow = ['10.1.2.3/8', 'fd00::/8']";
        let allowed = |environment: &[(&str, &str)], flag: Option<&str>| {
            let flags = Layer {
                network: NetworkLayer {
                    allow: flag.map(|text| vec![range(text).unwrap()]),
                },
                ..Layer::default()
            };
            let config = read(file, environment, flags).unwrap();
            let texts: Vec<_> = config.network.allow.iter().map(IpNet::to_string).collect();
            texts.join(" ")
        };
        assert_eq!(allowed(&[], None), "10.0.0.0/8 fd00::/8");
        let two = [("ARCHIPELAGO_NETWORK_ALLOW", "127.0.0.0/8, ::1/128,")];
        assert_eq!(allowed(&two, None), "127.0.0.0/8 ::1/128");
        assert_eq!(allowed(&[("ARCHIPELAGO_NETWORK_ALLOW", "")], None), "");
        assert_eq!(allowed(&two, Some("192.168.0.0/16")), "192.168.0.0/16");
    }

    #[test]
    fn what_is_no_range_is_refused_with_an_example() {
        for text in [
            "",
            "127.0.0.1",
            "127.0.0.0/33",
            "localhost",
            "::ffff:127.0.0.0/104",
        ] {
            let expected =
                format!("{text:?} is not a range of addresses such as 127.0.0.0/8 or fd00::/8");
            assert_eq!(range(text), Err(expected.clone()));
            let file = format!("\n[network]\nallow = ['::1/128', '{text}']");
            assert_eq!(
                read(&file, &[], Layer::default()).unwrap_err(),
                format!("line 3: {expected}")
            );
        }
        let variable = [("ARCHIPELAGO_NETWORK_ALLOW", "::1/128,private")];
        assert!(
            read("", &variable, Layer::default())
                .unwrap_err()
                .starts_with("environment variable ARCHIPELAGO_NETWORK_ALLOW: \"private\" is not")
        );
    }

    #[test]
    fn the_variable_that_disarms_the_federation_library_stops_us() {
        for value in ["1", "0", ""] {
            let variable = [("DANGER_FEDERATION_ALLOW_LOCAL_IP", value)];
            assert_eq!(
                read("", &variable, Layer::default()).unwrap_err(),
                "environment variable DANGER_FEDERATION_ALLOW_LOCAL_IP: would let anybody make this \
                 node connect to private addresses; unset it, and name the ranges that may be with --allow-net"
            );
        }
    }

    #[test]
    fn the_file_gives_way_to_the_environment_and_that_to_flags() {
        let file = "database_url = 'sqlite:file'\nlisten = '[::1]:1'\n[directory]\nleast_standing = 'reported'\n";
        let environment = [
            ("ARCHIPELAGO_LISTEN", "[::1]:2"),
            ("ARCHIPELAGO_DATABASE_URL", "sqlite:environment"),
            ("ARCHIPELAGO_LOG", "debug"),
        ];
        let flags = Layer {
            listen: Some("[::1]:3".parse().unwrap()),
            ..Layer::default()
        };
        let config = read(file, &environment, flags).unwrap();
        assert_eq!(config.listen.to_string(), "[::1]:3");
        assert_eq!(config.database_url, "sqlite:environment");
        assert_eq!(config.directory.least_standing, Some(Standing::Reported));
    }

    #[test]
    fn a_wrong_line_is_named_with_what_is_allowed() {
        let problem = |file| read(file, &[], Layer::default()).unwrap_err();
        assert_eq!(
            problem("\n\nlisen = '[::1]:1'"),
            "line 3: unknown field `lisen`, expected one of `database_url`, `listen`, `domain`, `directory`, `network`"
        );
        assert_eq!(
            problem("database_url = 5"),
            "line 1: invalid type: integer `5`, expected a string"
        );
        assert_eq!(
            problem("[directory]\nleast_standing = 'high'"),
            "line 2: unknown variant `high`, expected one of `unknown`, `reported`, `claimed`, `confirmed`, `anchor`"
        );
        assert_eq!(
            problem("listen = 'nowhere'"),
            "line 1: \"nowhere\" is not an address and a port such as 127.0.0.1:8080"
        );
        assert!(problem("listen = ").starts_with("line 1: "));
    }

    #[test]
    fn a_wrong_variable_is_named_with_what_is_allowed() {
        let problem = |name, value| read("", &[(name, value)], Layer::default()).unwrap_err();
        assert_eq!(
            problem("ARCHIPELAGO_LISEN", "x"),
            "environment variable ARCHIPELAGO_LISEN: names no setting; the settings are ARCHIPELAGO_DATABASE_URL, \
             ARCHIPELAGO_LISTEN, ARCHIPELAGO_DOMAIN, ARCHIPELAGO_DIRECTORY_LEAST_STANDING, ARCHIPELAGO_NETWORK_ALLOW (and ARCHIPELAGO_LOG, ARCHIPELAGO_BIN)"
        );
        assert_eq!(
            problem("ARCHIPELAGO_DIRECTORY_LEAST_STANDING", "high"),
            "environment variable ARCHIPELAGO_DIRECTORY_LEAST_STANDING: \"high\" is none of unknown, reported, claimed, confirmed, anchor"
        );
        assert!(problem("ARCHIPELAGO_LISTEN", "").contains("127.0.0.1:8080"));
    }

    #[test]
    fn a_file_that_was_named_must_exist() {
        let error = Config::read(Some(Path::new("/nowhere/a.toml")), [], Layer::default());
        assert_eq!(
            error.unwrap_err().to_string(),
            "cannot read the settings in /nowhere/a.toml"
        );
    }
}
