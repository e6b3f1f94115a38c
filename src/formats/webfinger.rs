//! WebFinger (RFC 7033): from a name like `asso@hosteur.example`, or from a server's address, to an
//! actor.

use serde_json::{Value, json};
use url::Url;

use super::activitypub::addresses::{Addresses, Local};
use super::activitypub::document::address;
use super::activitypub::vocabulary::MEDIA_TYPE;

/// The media type of what is answered (RFC 7033 §10.2).
pub const JRD: &str = "application/jrd+json";
/// The longest username, in characters.
pub const MAX_USERNAME_CHARS: usize = 100;
/// What links to the actor of a server itself (FEP-d556).
const SERVER_LINK: &str = "https://www.w3.org/ns/activitystreams#Service";

/// What somebody asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// An account by its name.
    Account {
        /// In front of the @, as it was written.
        username: String,
        /// Behind the @: a host in lower case and ASCII, with its port if it has one.
        authority: String,
    },
    /// A page, an actor or a server by its address.
    Address(Url),
}

impl Resource {
    /// Reads `acct:name@host`, the same as people write it (`name@host`, `@name@host`), or a web address.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(address) = address(&Value::from(text)) {
            return Some(Self::Address(address));
        }
        let name = text
            .strip_prefix("acct:")
            .or_else(|| text.strip_prefix('@'));
        let (username, host) = name.unwrap_or(text).split_once('@')?;
        let is_username = (1..=MAX_USERNAME_CHARS).contains(&username.chars().count())
            && username
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
        let is_host = !host.is_empty()
            && !host.contains(['/', '?', '#', '@', '\\', '%'])
            && !host.contains(char::is_whitespace);
        if !is_username || !is_host {
            return None;
        }
        // Whoever compares hosts must compare them in one form (CVE-2023-42451 in Mastodon).
        let home = address(&Value::from(format!("https://{host}/")))?;
        Some(Self::Account {
            username: username.to_owned(),
            authority: Addresses::of(home).authority().to_owned(),
        })
    }
}

/// The answer about an account of this node.
pub fn write_account(username: &str, actor: Local, addresses: &Addresses) -> Value {
    let (id, home) = (addresses.actor(actor), addresses.home());
    json!({
        "subject": format!("acct:{username}@{}", addresses.authority()),
        "aliases": [id, home],
        "links": [
            { "rel": "self", "type": MEDIA_TYPE, "href": id },
            { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": home },
        ],
    })
}

/// The answer about this server itself (FEP-d556).
pub fn write_server(addresses: &Addresses) -> Value {
    json!({
        "subject": addresses.home(),
        "links": [{ "rel": SERVER_LINK, "type": MEDIA_TYPE, "href": addresses.actor(Local::Node) }],
    })
}

/// The actor in an answer about an account. It need not be at the host that answers; it must name the
/// account itself.
pub fn read_account(json: &Value) -> Option<Url> {
    link(json, "self")
}

/// The actor of a server in an answer about it (FEP-d556).
pub fn read_server(json: &Value) -> Option<Url> {
    link(json, SERVER_LINK)
}

/// The first link of a relation to an ActivityStreams document.
fn link(json: &Value, rel: &str) -> Option<Url> {
    let text = |link: &Value, key| link.get(key).and_then(Value::as_str).map(str::to_owned);
    json.get("links")?.as_array()?.iter().find_map(|link| {
        let kind = text(link, "type")?;
        let is_activity = kind == MEDIA_TYPE
            || kind.starts_with("application/ld+json")
                && kind.contains("https://www.w3.org/ns/activitystreams");
        let is_it = is_activity && text(link, "rel").as_deref() == Some(rel);
        is_it.then(|| address(link.get("href")?)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn account(username: &str, authority: &str) -> Option<Resource> {
        Some(Resource::Account {
            username: username.to_owned(),
            authority: authority.to_owned(),
        })
    }

    #[test]
    fn an_account_is_read_however_it_is_written() {
        for text in [
            "acct:asso@hosteur.example",
            "asso@hosteur.example",
            "@asso@hosteur.example",
        ] {
            assert_eq!(
                Resource::parse(text),
                account("asso", "hosteur.example"),
                "{text}"
            );
        }
        assert_eq!(
            Resource::parse("acct:Asso@Bücher.EXAMPLE:443"),
            account("Asso", "xn--bcher-kva.example")
        );
        assert_eq!(
            Resource::parse("a.b-c_d@a.localhost:4001"),
            account("a.b-c_d", "a.localhost:4001")
        );
        assert_eq!(
            Resource::parse("https://hosteur.example/ap/org"),
            Some(Resource::Address(url("https://hosteur.example/ap/org")))
        );
    }

    #[test]
    fn what_is_neither_an_account_nor_an_address_is_nothing() {
        let long = format!("{}@a.example", "x".repeat(MAX_USERNAME_CHARS + 1));
        for text in [
            "",
            "asso",
            "@asso",
            "acct:",
            "acct:@a.example",
            "a@",
            "acct:a@b@c.example",
            "a@b.example/x",
            "a@b.example?x",
            "a@b.example#x",
            "a b@c.example",
            "a@b c.example",
            "a@[::1",
            "a@b:99999",
            "a@b\\c",
            "a@%31%32%37",
            "mailto:a@b.example",
            &long,
        ] {
            assert_eq!(Resource::parse(text), None, "{text}");
        }
    }

    #[test]
    fn our_answers_are_those_of_the_contract_and_are_read_back() {
        let ours = Addresses::of(url("http://a.localhost:4001"));
        let about_account = write_account("asso", Local::Hoster, &ours);
        let about_server = write_server(&ours);
        assert_eq!(
            read_account(&about_account),
            Some(ours.actor(Local::Hoster))
        );
        assert_eq!(read_server(&about_server), Some(ours.actor(Local::Node)));
        assert_eq!(read_server(&about_account), None);
        insta::assert_json_snapshot!([about_account, about_server]);
    }

    #[test]
    fn only_a_link_to_an_activitystreams_document_is_an_actor() {
        let answer = json!({ "links": [
            5,
            { "rel": "self", "type": "text/html", "href": "https://a.example/page" },
            { "rel": "self", "href": "https://a.example/untyped" },
            { "rel": "other", "type": MEDIA_TYPE, "href": "https://a.example/other" },
            { "rel": "self", "type": MEDIA_TYPE, "href": "javascript:x" },
            { "rel": "self", "type": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
              "href": "https://a.example/actor" },
        ] });
        assert_eq!(read_account(&answer), Some(url("https://a.example/actor")));
        for nothing in [
            json!({}),
            json!([]),
            json!({ "links": {} }),
            json!({ "links": [[]] }),
        ] {
            assert_eq!(read_account(&nothing), None);
        }
    }
}
