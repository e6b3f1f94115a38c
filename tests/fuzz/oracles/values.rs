//! Values that stand in documents, forms and headers: what is read is written as what is read as the same.

use std::fmt::{Debug, Display};

use archipelago::domain::block::Domain;
use archipelago::domain::date::PartialDate;
use archipelago::domain::hoster::{CountryCode, HosterId, LanguageCode};
use archipelago::domain::text::{Link, MAX_LINK_BYTES, Name, Prose, printable, readable};
use archipelago::formats::webfinger::Resource;
use archipelago::web::locale::preferred;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Target;

/// A text.
pub const TARGET: Target = Target {
    name: "values",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "2024-02-29",
        "2024-02",
        "0001",
        "Café d'Été",
        "https://www.hoster.example:443/a/../b?c#d",
        "hoster.example.",
        "*.www.hoster.example",
        "github.io",
        "acct:asso@Höster.example:8080",
        "@asso@hoster.example",
        "FR",
        "fr",
        "fr-CH, fr;q=0.9, en;q=0.8, *;q=0",
        "http://[::ffff:1.2.3.4]/",
        "a\u{202e}b",
        "a\r\nb\tc",
        "a-b_c.d",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    stays(Name::parse(&text), Name::as_str, Name::parse);
    stays(Prose::parse(&text), Prose::as_str, Prose::parse);
    stays(Link::parse(&text), Link::as_str, Link::parse);
    stays(Domain::parse(&text), Domain::as_str, Domain::parse);
    stays(HosterId::parse(&text), HosterId::as_str, HosterId::parse);
    stays(
        LanguageCode::parse(&text),
        LanguageCode::as_str,
        LanguageCode::parse,
    );
    stays(
        CountryCode::parse(&text),
        CountryCode::as_str,
        CountryCode::parse,
    );
    if let Ok(date) = PartialDate::parse(&text) {
        assert_eq!(date.to_string(), text);
        is_kept(&date);
    }
    if let Some(link) = Link::typed(&text) {
        assert!(
            link.as_str().len() <= MAX_LINK_BYTES && !link.host().ends_with('.'),
            "{link:?}"
        );
        assert_eq!(Link::typed(link.as_str()).as_ref(), Some(&link));
    }
    if let Ok(domain) = Domain::parse(&text) {
        let below = format!("https://x.{domain}:8443/")
            .parse()
            .expect("it is an address");
        assert!(domain.covers(&below) && domain.covers_host(domain.as_str()));
    }
    if let Some(Resource::Account {
        username,
        authority,
    }) = Resource::parse(&text)
    {
        let again = Resource::parse(&format!("acct:{username}@{authority}"));
        assert_eq!(
            again,
            Some(Resource::Account {
                username,
                authority
            })
        );
    }
    let _ = preferred(&text);
    let shown = printable(&text, 40);
    assert!(shown.chars().count() <= 41 && !shown.contains(char::is_control));
    assert!(readable(&text, 40).is_none_or(|shown| shown.as_str().chars().count() <= 41));
}

/// What was read of a text is written as what is read as the same, and so it is kept.
fn stays<T, E>(read: Result<T, E>, write: impl Fn(&T) -> &str, parse: impl Fn(&str) -> Result<T, E>)
where
    T: PartialEq + Debug + Serialize + DeserializeOwned,
    E: Display,
{
    match read {
        Ok(value) => {
            let text = write(&value);
            let again = parse(text).unwrap_or_else(|error| panic!("{text:?} {error}"));
            assert_eq!(again, value, "{text:?}");
            is_kept(&value);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn is_kept<T: PartialEq + Debug + Serialize + DeserializeOwned>(value: &T) {
    let kept = serde_json::to_string(value).expect("it is a text");
    let again: T = serde_json::from_str(&kept).unwrap_or_else(|error| panic!("{error}: {kept}"));
    assert_eq!(again, *value);
}
