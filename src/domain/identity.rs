//! By what a hoster or a service is known again, and who may speak as its own.
//!
//! Hosts are compared as they are asked for: in lower case, internationalised names in Punycode, with
//! the port where it is not the protocol's own. Pure: who is known already is for the store to say.

use url::{Host, Url};

use super::fingerprint::fingerprint;
use super::hoster::{Hoster, HosterId};
use super::provenance::SourceKind;
use super::service::Service;
use super::text::Link;

/// The longest key, in bytes: an index of PostgreSQL takes rows of some 2,700.
const MAX_KEY_BYTES: usize = 1_000;

/// The host of an address, without `www.`: `adminforge.de`, `a.localhost:4001`. `None` where there is none.
pub fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then(|| with_port(host, url))
}

/// Whether two addresses lie on what one party has registered, by the Public Suffix List: all names
/// below it are theirs, but not what another port answers, which may be anybody's on a shared machine.
pub fn is_same_party(a: &Url, b: &Url) -> bool {
    match (registered(a), registered(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

fn registered(url: &Url) -> Option<String> {
    let name = match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            psl::domain_str(name).unwrap_or(name).to_owned()
        }
        address => address.to_string(),
    };
    Some(with_port(&name, url))
}

fn with_port(host: &str, url: &Url) -> String {
    // Of http and https the port is left out where it is theirs, so both are one.
    match url.port() {
        Some(80 | 443) | None => host.to_owned(),
        Some(port) => format!("{host}:{port}"),
    }
}

/// Whether a document speaks as a hoster's own: it lies on the hoster's own site. Who names none lives
/// where the document lies.
pub fn is_own_file(document: &Url, hoster: &Hoster) -> bool {
    let site = hoster.website.as_ref().or(hoster.actor.as_ref());
    site.is_none_or(|site| is_same_party(document, site.as_url()))
}

/// Whether a document is a hoster's own node speaking: it lies at the actor's own origin.
pub fn is_own_node(document: &Url, hoster: &Hoster) -> bool {
    let actor = hoster.actor.as_ref();
    actor.is_some_and(|actor| actor.as_url().origin() == document.origin())
}

/// By what a hoster is known again, the surest first. Nobody's word ties two parties' sites together: of
/// a node the actor counts, of others the website, and the other only where it is the same party's.
pub fn hoster_keys(hoster: &Hoster) -> Vec<String> {
    let (website, actor) = (hoster.website.as_ref(), hoster.actor.as_ref());
    let together = match (website, actor) {
        (Some(website), Some(actor)) => is_same_party(website.as_url(), actor.as_url()),
        _ => true,
    };
    let by_node = hoster.source.kind == SourceKind::OwnNode;
    let website = website.filter(|_| together || !by_node);
    let actor = actor.filter(|_| together || by_node);
    // An actor among others at its host is not all of that host.
    let is_alone = !hoster.id.as_str().contains('_') || !by_node;
    let hosts = [website, actor].into_iter().flatten().filter(|_| is_alone);
    let mut keys: Vec<String> = actor.iter().map(|actor| format!("actor {actor}")).collect();
    keys.extend(hosts.filter_map(|link| host_key(link.as_url())));
    keys.dedup();
    keys.into_iter().map(bounded).collect()
}

/// The key of whoever is at an address's host.
pub fn host_key(url: &Url) -> Option<String> {
    Some(bounded(format!("host {}", host(url)?)))
}

/// The key of the host that an id is, as ids of nodes are: `a.example`, `a.localhost-4001`. `None` for one
/// that is more than a host.
pub fn host_key_of(id: &HosterId) -> Option<String> {
    let id = id.as_str();
    if !id.contains('.') || id.contains('_') {
        return None;
    }
    let (name, port) = match id.rsplit_once('-') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, Some(port)),
        _ => (id, None),
    };
    let name = name.strip_prefix("www.").unwrap_or(name);
    let port = port.filter(|port| !["80", "443"].contains(port));
    Some(bounded(match port {
        Some(port) => format!("host {name}:{port}"),
        None => format!("host {name}"),
    }))
}

/// The key of whoever registered what an address's host lies below.
pub fn party_key(url: &Url) -> Option<String> {
    Some(bounded(format!("host {}", registered(url)?)))
}

/// The key of a hoster by an id that other documents give it.
pub fn id_key(id: &str) -> String {
    format!("id {id}")
}

/// By what a service is known again among its hoster's: its address, scheme and a last slash aside; where
/// it has none, its need and software.
pub fn service_key(service: &Service) -> String {
    let hoster = &service.hoster;
    match &service.url {
        Some(url) => bounded(format!("{hoster} at {}", address(url))),
        None => {
            let software = service.software.as_ref().map_or("", |id| id.as_str());
            format!("{hoster} for {} {software}", service.need)
        }
    }
}

/// An address without its scheme, `www.`, fragment and last slash.
fn address(link: &Link) -> String {
    let url = link.as_url();
    let host = host(url).unwrap_or_default();
    let query = url.query().map(|query| format!("?{query}"));
    let path = url.path().trim_end_matches('/');
    format!("{host}{path}{}", query.unwrap_or_default())
}

/// The key itself, or as much of it as fits and a fingerprint of all.
fn bounded(key: String) -> String {
    if key.len() <= MAX_KEY_BYTES {
        return key;
    }
    let mut end = MAX_KEY_BYTES - 20;
    while !key.is_char_boundary(end) {
        end -= 1;
    }
    format!("{} {:016x}", &key[..end], fingerprint(key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_party_is_who_registered_a_name_and_neighbours_under_a_public_suffix_are_strangers() {
        for (a, b, same) in [
            (
                "https://adminforge.de/",
                "https://cloud.adminforge.de/x",
                true,
            ),
            ("http://www.adminforge.de/", "https://adminforge.de/", true),
            ("https://adminforge.de./", "https://adminforge.de/", true),
            (
                "https://adminforge.de/",
                "https://adminforge.de.evil.example/",
                false,
            ),
            ("https://adminforge.de/", "https://adminforge.com/", false),
            (
                "https://evil-adminforge.de/",
                "https://adminforge.de/",
                false,
            ),
            // Whose tenants are strangers to each other.
            ("https://a.github.io/", "https://b.github.io/", false),
            ("https://github.io/", "https://b.github.io/", false),
            ("https://a.co.uk/", "https://b.co.uk/", false),
            ("https://a.example.co.uk/", "https://example.co.uk/", true),
            // Numbers have no domains.
            ("http://10.0.0.1/", "http://9.0.0.1/", false),
            ("http://[::1]/", "http://[::1]/x", true),
        ] {
            assert_eq!(is_same_party(&url(a), &url(b)), same, "{a} {b}");
        }
    }

    #[test]
    fn names_that_only_look_alike_are_strangers_and_one_written_otherwise_is_itself() {
        let cyrillic = "https://аdminforge.de/";
        assert!(!is_same_party(
            &url(cyrillic),
            &url("https://adminforge.de/")
        ));
        assert_ne!(host(&url(cyrillic)), host(&url("https://adminforge.de/")));
        for same in [
            "https://bücher.example/",
            "https://xn--bcher-kva.example",
            "https://BÜCHER.example",
        ] {
            assert_eq!(host(&url(same)).as_deref(), Some("xn--bcher-kva.example"));
        }
        assert!(is_same_party(
            &url("https://a.公司.cn/"),
            &url("https://a.xn--55qx5d.cn/")
        ));
        assert!(!is_same_party(
            &url("https://a.公司.cn/"),
            &url("https://b.xn--55qx5d.cn/")
        ));
    }

    #[test]
    fn another_port_is_another_party() {
        for (a, b, same) in [
            (
                "https://tilde.example/",
                "https://tilde.example:8443/",
                false,
            ),
            (
                "http://a.localhost:4001/",
                "http://b.a.localhost:4001/x",
                true,
            ),
            (
                "http://a.localhost:4001/",
                "http://a.localhost:4002/",
                false,
            ),
            ("http://a.example:80/", "https://a.example:443/", true),
            ("http://a.example:443/", "https://a.example/", true),
        ] {
            assert_eq!(is_same_party(&url(a), &url(b)), same, "{a} {b}");
        }
        assert_eq!(
            host(&url("https://tilde.example:8443/")).as_deref(),
            Some("tilde.example:8443")
        );
    }

    fn hoster(kind: &str, id: &str, website: &str, actor: &str) -> Hoster {
        let link = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let record = serde_json::json!({
            "id": id, "name": "A", "website": link(website), "actor": link(actor),
            "source": { "kind": kind, "by": "x" },
        });
        serde_json::from_value(record).unwrap()
    }

    #[test]
    fn nobodys_word_ties_two_parties_sites_together() {
        let keys = |kind, id, website, actor| hoster_keys(&hoster(kind, id, website, actor));
        let (own, evil) = (
            "https://adminforge.de/ap/org",
            "https://evil.example/ap/org",
        );
        assert_eq!(
            keys(
                "own-node",
                "adminforge.de",
                "https://www.adminforge.de",
                own
            ),
            ["actor https://adminforge.de/ap/org", "host adminforge.de"]
        );
        assert_eq!(
            keys("own-node", "evil.example", "https://adminforge.de", evil),
            ["actor https://evil.example/ap/org", "host evil.example"]
        );
        assert_eq!(
            keys("third-party-list", "x", "https://evil.example", own),
            ["host evil.example"]
        );
        assert_eq!(
            keys(
                "own-node",
                "social.example_0123456789abcdef",
                "https://social.example",
                "https://social.example/users/a"
            ),
            ["actor https://social.example/users/a"]
        );
        assert_eq!(keys("own-file", "x", "", ""), [""; 0]);
    }

    #[test]
    fn the_id_of_a_node_is_its_host() {
        let key = |id: &str| host_key_of(&HosterId::parse(id).unwrap());
        assert_eq!(key("a.example").as_deref(), Some("host a.example"));
        assert_eq!(
            key("a.localhost-4001").as_deref(),
            Some("host a.localhost:4001")
        );
        assert_eq!(key("a.localhost-80").as_deref(), Some("host a.localhost"));
        assert_eq!(key("a-b.example").as_deref(), Some("host a-b.example"));
        for other in ["adminforge", "a.example_0123456789abcdef"] {
            assert_eq!(key(other), None);
        }
    }

    #[test]
    fn a_service_is_known_by_its_address_however_it_is_written() {
        let key = |address: Option<&str>, software: &str| {
            let record = serde_json::json!({
                "id": "s", "hoster": "a", "name": "S", "need": "pads", "url": address,
                "software": software, "source": { "kind": "own-file", "by": "x" },
            });
            service_key(&serde_json::from_value(record).unwrap())
        };
        for same in [
            "http://pads.a.example",
            "https://pads.a.example/",
            "https://www.pads.a.example/#x",
        ] {
            assert_eq!(key(Some(same), "etherpad"), "a at pads.a.example", "{same}");
        }
        assert_eq!(
            key(Some("https://a.example/p/?q"), "x"),
            "a at a.example/p?q"
        );
        assert_eq!(key(None, "etherpad"), "a for pads etherpad");
        let long = format!("https://a.example/{}", "x".repeat(1_900));
        let other = format!("{long}y");
        assert!(key(Some(&long), "x").len() <= MAX_KEY_BYTES);
        assert_ne!(key(Some(&long), "x"), key(Some(&other), "x"));
    }
}
