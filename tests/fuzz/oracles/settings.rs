//! Settings: the file, the environment, and what is typed at `init`.

use std::ffi::OsString;
use std::fs;
use std::sync::LazyLock;

use archipelago::config::{self, Config, Error, Layer};
use tempfile::TempDir;

use super::{Target, chosen, lines};

/// `file` and a settings file; `environment` and a variable on each line; or `domain` or `range` and a text.
pub const TARGET: Target = Target {
    name: "settings",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "file\ndatabase_url = \"sqlite:a.db\"\nlisten = \"[::1]:8080\"\ndomain = \"hoster.example\"\n[directory]\nleast_standing = \"reported\"\n[trust]\nanchors = [\"https://a.example/ap/collective\"]\nmax_depth = 3\n[blocks]\ndomains = [\"spam.example\"]\n[network]\nallow = [\"127.0.0.0/8\"]\n[limits]\nper_minute = 0\nburst = 5\ntrusted_proxies = [\"::1/128\"]\nproxy_header = \"forwarded\"\n",
        "environment\nARCHIPELAGO_LISTEN=127.0.0.1:0\nARCHIPELAGO_NETWORK_ALLOW=127.0.0.0/8,fd00::/8\nARCHIPELAGO_LIMITS_BURST=0\nARCHIPELAGO_TRUST_MAX_DEPTH=4\nARCHIPELAGO_BLOCKS_DOMAINS=a.example,b.example\nPATH=/\n",
        "domain\nhttp://a.localhost:8080",
        "domain\nhöster.example",
        "range\n::ffff:10.0.0.0/104",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn check(input: &[u8]) {
    let (choice, rest) = chosen(input);
    let text = String::from_utf8_lossy(rest);
    match choice {
        "file" => file(rest),
        "environment" => {
            let variables = text.lines().filter_map(|line| line.split_once('='));
            let variables =
                variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
            settled(Config::of(Layer::default(), variables, Layer::default()));
        }
        "range" => {
            if let Ok(range) = config::range(&text) {
                assert_eq!(config::range(&range.to_string()), Ok(range));
            }
        }
        _ => {
            if let Ok(domain) = config::domain(&text) {
                assert_eq!(config::domain(domain.as_str()).as_ref(), Ok(&domain));
                let words = config::domain_in_words(&domain);
                assert_eq!(config::domain(&words).as_ref(), Ok(&domain), "{words}");
            }
        }
    }
}

fn file(bytes: &[u8]) {
    static FOLDER: LazyLock<TempDir> =
        LazyLock::new(|| tempfile::tempdir().expect("there is room for a file"));
    let path = FOLDER
        .path()
        .join(format!("{:?}.toml", std::thread::current().id()));
    fs::write(&path, bytes).expect("there is room for a file");
    match Layer::from_file_if_any(&path) {
        Ok(layer) => settled(Config::of(
            layer.expect("the file is there"),
            [],
            Layer::default(),
        )),
        Err(Error::File { line, .. }) => assert!((1..=lines(bytes)).contains(&line)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn settled(config: Result<Config, Error>) {
    match config {
        Ok(config) => {
            let choices = config.choices();
            assert_eq!(choices.anchors.len(), config.trust.anchors.len());
            assert_eq!(choices.blocks.len(), config.blocks.domains.len());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
