//! What a hoster, a service and a collective that were learnt from their own node are called in this
//! directory.
//!
//! Each begins with its host, so no node can say a word about another's: behind the host there is an
//! end or a `_`, and a host that holds a `_` itself, which RFC 952 has no place for, is refused.

use url::Url;

use super::addresses::{Local, SERVICES};
use crate::domain::fingerprint::fingerprint;
use crate::domain::hoster::HosterId;
use crate::domain::service::ServiceId;

/// What the hoster of this actor is called: its host, or that and a fingerprint where the actor is not
/// the only one there. `None` for a host that no identifier can begin with.
pub fn hoster_id(actor: &Url) -> Option<HosterId> {
    HosterId::parse(&actor_id(actor, Local::Hoster)?).ok()
}

/// What the collective of this actor is called, in the same way.
pub fn collective_id(actor: &Url) -> Option<String> {
    actor_id(actor, Local::Collective)
}

fn actor_id(actor: &Url, role: Local) -> Option<String> {
    let host = host(actor)?;
    let is_usual = is_only_a_path(actor) && actor.path() == role.path();
    Some(match is_usual {
        true => host,
        false => with_fingerprint(&host, actor),
    })
}

/// What the service of this object is called: its host and its slug, or a fingerprint of its address
/// where that is not one of a node like ours. `None` for a host that no identifier can begin with.
pub fn service_id(note: &Url) -> Option<ServiceId> {
    let host = host(note)?;
    slug(note)
        .and_then(|slug| ServiceId::parse(&format!("{host}_{slug}")).ok())
        .or_else(|| ServiceId::parse(&with_fingerprint(&host, note)).ok())
}

/// The host with its port. Plain http, which only a node under test speaks, always has one: `a-80`.
/// `None` for a host that no identifier can begin with.
pub fn host(address: &Url) -> Option<String> {
    let is_plain = matches!(address.scheme(), "http" | "https")
        && address.username().is_empty()
        && address.password().is_none();
    let host = address.host_str()?;
    // A host that ends like a port would be called what another is on that port.
    let ends_like_a_port = host
        .rsplit_once('-')
        .is_some_and(|(_, end)| end.bytes().all(|b| b.is_ascii_digit()));
    if !is_plain || host.contains('_') || host.ends_with('.') || ends_like_a_port {
        return None;
    }
    let port = match (address.scheme(), address.port()) {
        ("http", port) => Some(port.unwrap_or(80)),
        (_, port) => port,
    };
    Some(port.map_or_else(|| host.to_owned(), |port| format!("{host}-{port}")))
}

fn with_fingerprint(host: &str, address: &Url) -> String {
    format!("{host}_{:016x}", fingerprint(address.as_str().as_bytes()))
}

/// The slug of an address like our own. One that could be taken for a fingerprint is none.
fn slug(note: &Url) -> Option<&str> {
    let slug = note.path().strip_prefix(SERVICES)?;
    let looks_like_a_fingerprint =
        slug.len() == 16 && slug.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_slug = ServiceId::parse(slug).is_ok();
    (is_only_a_path(note) && is_slug && !looks_like_a_fingerprint).then_some(slug)
}

fn is_only_a_path(address: &Url) -> bool {
    address.query().is_none() && address.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn of_hoster(text: &str) -> Option<String> {
        hoster_id(&Url::parse(text).unwrap()).map(String::from)
    }

    fn of_service(text: &str) -> Option<String> {
        service_id(&Url::parse(text).unwrap()).map(String::from)
    }

    #[test]
    fn a_node_like_ours_is_called_by_its_host() {
        let id = of_hoster("https://Hosteur.example/ap/org");
        assert_eq!(id.as_deref(), Some("hosteur.example"));
        let group = Url::parse("https://Collective.example/ap/group").unwrap();
        assert_eq!(collective_id(&group).as_deref(), Some("collective.example"));
        let id = of_hoster("http://a.localhost:4001/ap/org");
        assert_eq!(id.as_deref(), Some("a.localhost-4001"));
        let id = of_service("https://hosteur.example/ap/services/my_cloud");
        assert_eq!(id.as_deref(), Some("hosteur.example_my_cloud"));
        let id = of_service("https://bücher.example/ap/services/pads");
        assert_eq!(id.as_deref(), Some("xn--bcher-kva.example_pads"));
    }

    #[test]
    fn other_software_is_called_by_host_and_fingerprint() {
        let id = of_hoster("https://social.example/users/bob").unwrap();
        assert_eq!(id.strip_prefix("social.example_").unwrap().len(), 16);
        let id = of_service("https://social.example/notes/5").unwrap();
        assert_eq!(id.strip_prefix("social.example_").unwrap().len(), 16);
        let long = format!("https://a.example/ap/services/{}", "x".repeat(300));
        let id = of_service(&long).unwrap();
        assert_eq!(id.strip_prefix("a.example_").unwrap().len(), 16);
    }

    #[test]
    fn a_host_that_no_identifier_can_begin_with_has_none() {
        for host in [
            "a_b.example",
            "[::1]",
            "a.example.",
            "a.example-4001",
            "u:p@a.example",
            &"a.".repeat(200),
        ] {
            let (hoster, service) = (
                format!("https://{host}/ap/org"),
                format!("https://{host}/ap/services/x"),
            );
            assert_eq!(of_hoster(&hoster), None, "{host}");
            assert_eq!(of_service(&service), None, "{host}");
        }
    }

    #[test]
    fn different_addresses_have_different_identifiers_that_begin_with_their_own_host() {
        let hosts = [
            "a.example",
            "b.a.example",
            "a.exampl",
            "a-b.example",
            "127.0.0.1",
        ];
        let ports = ["", ":1", ":11", ":8443"];
        let paths = [
            "/ap/org",
            "/ap/org/",
            "/ap/org?x",
            "/ap/org#x",
            "/ap/ORG",
            "/ap/group",
            "/ap/services/x",
            "/ap/services/x/",
            "/ap/services/x?y",
            "/ap/services/x#y",
            "/ap/services/X",
            "/ap/services/x_y",
            "/ap/services/",
            "/ap/services/cbf29ce484222325",
            "/users/x",
        ];
        let mut hosters = HashMap::new();
        let mut services = HashMap::new();
        for scheme in ["https", "http"] {
            for host in hosts {
                for port in ports {
                    // One port speaks one protocol.
                    if scheme == "http" && !port.is_empty() {
                        continue;
                    }
                    for path in paths {
                        let address = format!("{scheme}://{host}{port}{path}");
                        let name = of_hoster(&address).unwrap();
                        assert!(
                            name.split('_').next().unwrap().starts_with(host),
                            "{address}: {name}"
                        );
                        assert_eq!(hosters.insert(name, address.clone()), None, "{address}");
                        let name = of_service(&address).unwrap();
                        let own = of_hoster(&format!("{scheme}://{host}{port}/ap/org")).unwrap();
                        assert_eq!(name.split('_').next().unwrap(), own, "{address}");
                        assert_eq!(services.insert(name, address.clone()), None, "{address}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_slug_never_stands_for_another_addresses_fingerprint() {
        let other = of_service("https://a.example/notes/5").unwrap();
        let slug = other.strip_prefix("a.example_").unwrap();
        let forged = of_service(&format!("https://a.example/ap/services/{slug}")).unwrap();
        assert_ne!(forged, other);
    }
}
