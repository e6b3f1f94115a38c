//! The settings file that `init` writes, once.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::Failure;
use crate::config::{DEFAULT_FILE, Layer, domain_in_words};
use crate::federation::Kind;

/// The file as it is found.
pub(super) struct File {
    path: PathBuf,
    /// What it says, if it is there and not empty: an empty one was made by an `init` that was stopped.
    said: Option<Layer>,
}

/// What the file is to say.
pub(super) struct Wanted {
    pub(super) kind: Kind,
    /// The domain, and what else flags say.
    pub(super) flags: Layer,
}

impl File {
    /// The file that was named, or the usual one.
    pub(super) fn at(named: Option<&Path>) -> Result<Self, Failure> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE)).to_owned();
        let said = match is_empty(&path) {
            true => None,
            false => Layer::from_file_if_any(&path).map_err(Failure::wrong_settings)?,
        };
        Ok(Self { path, said })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it says already.
    pub(super) fn said(&self) -> Layer {
        self.said.clone().unwrap_or_default()
    }

    /// Refuses a file that is there and does not say what is wanted: the next command would read it, and
    /// mean another node. It is the operator's, so it is not changed.
    pub(super) fn check(&self, wanted: &Wanted) -> Result<(), Failure> {
        let Some(said) = &self.said else {
            return Ok(());
        };
        let (flags, ranges) = (&wanted.flags, &wanted.flags.network.allow);
        let differ = [
            ("domain", said.domain != flags.domain),
            (
                "database_url",
                flags.database_url.is_some() && said.database_url != flags.database_url,
            ),
            (
                "listen",
                flags.listen.is_some() && said.listen != flags.listen,
            ),
            (
                "[network] allow",
                ranges.is_some() && said.network.allow != *ranges,
            ),
        ];
        let differing: Vec<&str> = differ
            .iter()
            .filter_map(|(key, differs)| differs.then_some(*key))
            .collect();
        if differing.is_empty() {
            return Ok(());
        }
        Err(Failure::said(format!(
            "{} is there already and does not say the same of {}: mend it by hand, move it away, or name \
             another file with --config; then run `archipelago init` again",
            self.path.display(),
            differing.join(", ")
        )))
    }

    /// Writes the file, unless it is there: then [`check`](Self::check) has found that it says the same.
    pub(super) fn write(&self, wanted: &Wanted) -> Result<(), Failure> {
        if self.said.is_some() {
            return Ok(());
        }
        let text = wanted.text();
        self.place(&text, wanted.holds_a_secret())
            .with_context(|| format!("cannot write {}", self.path.display()))
            .map_err(Failure::Failed)
    }

    /// Takes the name first, so that nobody's file is overwritten, then puts the whole text there at
    /// once, so that nobody reads half of it.
    fn place(&self, text: &str, is_secret: bool) -> io::Result<()> {
        let reserved = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.path);
        match reserved {
            Err(error) if !is_empty(&self.path) => return Err(error),
            _ => {}
        }
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let _ = fs::remove_file(&beside);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if is_secret {
            options.mode(0o600);
        }
        let written = options.open(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)
        });
        if written.is_err() {
            // What is left behind would be finished by the next `init`; better nothing is.
            let _ = fs::remove_file(&beside);
            let _ = fs::remove_file(&self.path);
        }
        written
    }
}

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0)
}

impl Wanted {
    /// Whether a password may stand in it.
    fn holds_a_secret(&self) -> bool {
        let url = self.flags.database_url.as_deref();
        url.is_some_and(|url| !url.starts_with("sqlite:"))
    }

    fn text(&self) -> String {
        let flags = &self.flags;
        let domain = flags.domain.as_ref().map(domain_in_words);
        let mut text = "\
# The settings of this node, as `archipelago init` wrote them. The environment (ARCHIPELAGO_…) and flags
# win over what stands here. A line that begins with # says what holds without it.

# Where this node is to be found, for good: all its ids begin with it, and others remember them.
"
        .to_owned();
        text += &line("domain", domain, "");
        text += "
# The database: \"sqlite:PATH\", where a path that does not begin with / begins where the program is
# started, or \"postgres://USER:PASSWORD@HOST/NAME\".
";
        text += &line(
            "database_url",
            flags.database_url.clone(),
            "sqlite:archipelago.db",
        );
        text += "
# The address and port to answer on. A server that speaks TLS for the domain stands in front.
";
        let listen = flags.listen.map(|listen| listen.to_string());
        text += &line("listen", listen, "127.0.0.1:8080");
        text += "
[directory]
# The least standing that is listed: \"anchor\", \"confirmed\", \"claimed\", \"reported\" or \"unknown\".
";
        text += match self.kind {
            Kind::Directory => {
                "\
# Nobody vouches for hosters yet, so what they claim themselves is listed. Raise it to \"confirmed\" once
# collectives do.
least_standing = \"claimed\"
"
            }
            Kind::Hoster | Kind::Collective => "# least_standing = \"confirmed\"\n",
        };
        text += "
[network]
# Private ranges of addresses that may be connected to, and with them http, ports and localhost: for tests
# and closed networks. Never name any on a public node.
";
        let ranges = flags.network.allow.iter().flatten();
        let ranges: Vec<String> = ranges.map(|range| quoted(&range.to_string())).collect();
        let mark = if ranges.is_empty() { "# " } else { "" };
        text + &format!("{mark}allow = [{}]\n", ranges.join(", "))
    }
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
mod tests {
    use super::*;
    use crate::config::{self, NetworkLayer};
    use crate::domain::collective::Standing;

    fn wanted(kind: Kind) -> Wanted {
        Wanted {
            kind,
            flags: Layer {
                database_url: Some("postgres://u:p\"\\a@h/ü".to_owned()),
                listen: Some("[::1]:80".parse().unwrap()),
                domain: Some(config::domain("a.localhost:4001").unwrap()),
                network: NetworkLayer {
                    allow: Some(vec!["127.0.0.0/8".parse().unwrap()]),
                },
                ..Layer::default()
            },
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (kind, standing) in [
            (Kind::Directory, Some(Standing::Claimed)),
            (Kind::Hoster, None),
        ] {
            let wanted = wanted(kind);
            let read: Layer = toml::from_str(&wanted.text()).unwrap();
            assert_eq!(read.database_url, wanted.flags.database_url);
            assert_eq!(read.listen, wanted.flags.listen);
            assert_eq!(read.domain, wanted.flags.domain);
            assert_eq!(read.network.allow, wanted.flags.network.allow);
            assert_eq!(read.directory.least_standing, standing);
        }
    }

    #[test]
    fn what_no_flag_says_is_told_in_comments_and_left_open() {
        let flags = Layer {
            domain: wanted(Kind::Hoster).flags.domain,
            ..Layer::default()
        };
        let kind = Kind::Hoster;
        let text = Wanted { kind, flags }.text();
        let read: Layer = toml::from_str(&text).unwrap();
        assert!(
            read.database_url.is_none() && read.listen.is_none() && read.network.allow.is_none()
        );
        let uncommented = text.replace("# database_url", "database_url");
        let read: Layer = toml::from_str(&uncommented.replace("# listen", "listen")).unwrap();
        assert_eq!(read.database_url.as_deref(), Some("sqlite:archipelago.db"));
        assert!(text.lines().all(|line| line.len() <= 110), "{text}");
    }

    #[test]
    fn an_empty_file_of_an_init_that_was_stopped_is_filled_and_another_is_not_touched() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.toml");
        fs::write(&path, "").unwrap();
        let wanted = wanted(Kind::Hoster);
        let file = File::at(Some(&path)).unwrap();
        file.check(&wanted).unwrap();
        file.write(&wanted).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), wanted.text());
        let files = fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(files, 1, "nothing is left beside it");

        // Somebody writes the file between our look and our pen.
        let path = directory.path().join("b.toml");
        let file = File::at(Some(&path)).unwrap();
        fs::write(&path, "theirs").unwrap();
        assert!(file.write(&wanted).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }

    #[test]
    fn a_file_that_may_hold_a_password_is_read_by_nobody_else() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.toml");
        let file = File::at(Some(&path)).unwrap();
        file.write(&wanted(Kind::Hoster)).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
