//! What stands in the settings file: each setting, explained to whoever opens it.

use crate::config::{Layer, domain_in_words};
use crate::domain::collective::Standing;

/// The file in which these settings stand, each explained.
pub(super) fn text(wanted: &Layer) -> String {
    let domain = wanted.domain.as_ref().map(domain_in_words);
    let listen = wanted.listen.map(|listen| listen.to_string());
    let ranges = wanted.network.allow.iter().flatten();
    let ranges: Vec<String> = ranges.map(|range| quoted(&range.to_string())).collect();
    format!(
        "\
# The settings of this node, as `archipelago init` wrote them. The environment (ARCHIPELAGO_…) and flags
# win over what stands here. Settings behind a # are left to the program, which then takes these.

# Where this node is to be found, for good: all its ids begin with it, and others remember them.
{}
# The database: \"sqlite:PATH\", where a path that does not begin with / begins where the program is
# started, or \"postgres://USER:PASSWORD@HOST/NAME\".
{}
# The address and port to answer on. A server that speaks TLS for the domain stands in front.
{}
[directory]
# The least standing that is listed: \"anchor\", \"confirmed\", \"claimed\", \"reported\" or \"unknown\".
# Nobody vouches for hosters yet, so what they claim themselves is listed. Raise it to \"confirmed\" once
# collectives vouch.
least_standing = {}

[network]
# Private ranges of addresses that may be connected to, and with them http, ports and localhost: for tests
# and closed networks. Never name any on a public node.
{}allow = [{}]
",
        line("domain", domain, ""),
        line("database_url", wanted.database_url.clone(), "sqlite:archipelago.db"),
        line("listen", listen, "127.0.0.1:8080"),
        quoted(Standing::Claimed.word()),
        if ranges.is_empty() { "# " } else { "" },
        ranges.join(", ")
    )
}

/// A line that says something, or one that says what holds without it.
fn line(key: &str, value: Option<String>, without: &str) -> String {
    match value {
        Some(value) => format!("{key} = {}\n", quoted(&value)),
        None => format!("# {key} = {}\n", quoted(without)),
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::config::{self, Config, NetworkLayer};

    pub(in crate::cli::init::settings) fn wanted() -> Layer {
        Layer {
            database_url: Some("postgres://u:p\"\\a@h/ü".to_owned()),
            listen: Some("[::1]:80".parse().unwrap()),
            domain: Some(config::domain("a.localhost:4001").unwrap()),
            network: NetworkLayer {
                allow: Some(vec!["127.0.0.0/8".parse().unwrap()]),
            },
            ..Layer::default()
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let wanted = wanted();
        let read: Layer = toml::from_str(&text(&wanted)).unwrap();
        assert_eq!(read.database_url, wanted.database_url);
        assert_eq!(read.listen, wanted.listen);
        assert_eq!(read.domain, wanted.domain);
        assert_eq!(read.network.allow, wanted.network.allow);
        assert_eq!(read.directory.least_standing, Some(Standing::Claimed));
    }

    #[test]
    fn what_no_flag_says_is_told_in_comments_and_left_open() {
        let text = text(&Layer {
            domain: wanted().domain,
            ..Layer::default()
        });
        let read: Layer = toml::from_str(&text).unwrap();
        assert!(
            read.database_url.is_none() && read.listen.is_none() && read.network.allow.is_none()
        );
        let mut told = text.clone();
        for key in ["database_url", "listen", "allow"] {
            told = told.replace(&format!("# {key} ="), &format!("{key} ="));
        }
        let told = Config::of(toml::from_str(&told).unwrap(), [], Layer::default()).unwrap();
        let untold = Config::of(read, [], Layer::default()).unwrap();
        assert_eq!(told, untold, "what the comments tell is what holds");
        assert!(text.lines().all(|line| line.len() <= 110), "{text}");
    }
}
