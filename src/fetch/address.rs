//! Which addresses may be fetched, and so may be identifiers: a pure question, asked before any lookup.

use url::{Host, Url};

use crate::config::Network;
use crate::domain::text::MAX_LINK_BYTES;

/// The longest host name, in bytes (RFC 1035 §2.3.4, as text without the root's dot).
const MAX_NAME_BYTES: usize = 253;
/// The longest part of a host name between dots, in bytes (RFC 1035 §2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// Why an address is not fetched, or is no identifier; reads on after the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More bytes than a link may have.
    #[error("is longer than {MAX_LINK_BYTES} bytes")]
    TooLong,
    /// Neither https nor, where private ranges are allowed, http.
    #[error("is not https")]
    Scheme,
    /// A user name or a password stands before the host.
    #[error("holds a user name or a password")]
    User,
    /// A port other than the scheme's own.
    #[error("names a port")]
    Port,
    /// An IP address, in whatever notation.
    #[error("gives an IP address instead of a host name")]
    IpAddress,
    /// `localhost`, or a name under it (RFC 6761 §6.3).
    #[error("names this machine itself")]
    Localhost,
    /// No name of two or more parts as RFC 1123 §2.1 has them: a trailing dot, an underscore.
    #[error("has no host name that is known everywhere")]
    HostName,
    /// The name leads to at least one address that is private or otherwise special.
    #[error("leads to a private or reserved IP address")]
    Network,
    /// The operator will have nothing to do with its domain.
    #[error("is blocked by the operator of this node")]
    Blocked,
}

/// Whether an address may be fetched and be an identifier; its fragment is not looked at.
///
/// https with a host name of two or more parts and nothing beside it; where private ranges are
/// allowed, http, ports and `localhost` too. Never an IP address: the guard judges what names lead to.
pub(super) fn check(url: &Url, network: &Network) -> Result<(), Refused> {
    let closed = !network.allow.is_empty();
    if url.as_str().len() > MAX_LINK_BYTES {
        return Err(Refused::TooLong);
    }
    match url.scheme() {
        "https" => {}
        "http" if closed => {}
        _ => return Err(Refused::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::User);
    }
    if url.port().is_some() && !closed {
        return Err(Refused::Port);
    }
    match url.host() {
        Some(Host::Domain(name)) if is_localhost(name) => {
            closed.then_some(()).ok_or(Refused::Localhost)
        }
        Some(Host::Domain(name)) if is_host_name(name) => Ok(()),
        // The parser has read every notation of IPv4: decimal, octal, hexadecimal, with full-width digits.
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Err(Refused::IpAddress),
        _ => Err(Refused::HostName),
    }
}

/// Whether a name means this machine whatever the lookup says (RFC 6761 §6.3).
pub(super) fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether a name, in lower case as the parser leaves it, can stand in the public DNS for a host.
fn is_host_name(name: &str) -> bool {
    name.len() <= MAX_NAME_BYTES
        && name.contains('.')
        && name.split('.').all(|label| {
            (1..=MAX_LABEL_BYTES).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> Result<(), Refused> {
        check(&Url::parse(text).unwrap(), &Network::default())
    }

    fn closed(text: &str) -> Result<(), Refused> {
        let network = Network {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
        };
        check(&Url::parse(text).unwrap(), &network)
    }

    #[test]
    fn https_to_a_host_name_may_be_fetched() {
        for text in [
            "https://example.org/",
            "https://EXAMPLE.org:443/users/a?b=c",
            "https://Bücher.example/",
            "https://xn--bcher-kva.example/",
            "https://a-b.3.example.org/actor#main-key",
        ] {
            assert_eq!(public(text), Ok(()), "{text}");
            assert_eq!(closed(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn an_ip_address_is_refused_in_every_notation_and_in_every_network() {
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "127.1",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "１２７.０.０.１",
            "127。0。0。1",
            "0",
            "93.184.216.34",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[2606:2800:220:1:248:1893:25c8:1946]",
        ] {
            let text = format!("https://{host}/actor");
            assert_eq!(public(&text), Err(Refused::IpAddress), "{text}");
            assert_eq!(closed(&text), Err(Refused::IpAddress), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_not_known_everywhere_is_refused() {
        let long_label = format!("{}.example", "a".repeat(MAX_LABEL_BYTES + 1));
        let long_name = format!("{}example", "abcd.".repeat(50));
        assert!(long_name.len() > MAX_NAME_BYTES);
        for host in [
            "example.org.",
            "intranet",
            "a_b.example.org",
            "-a.example.org",
            "a-.example.org",
            "a..example.org",
            "a!b.example.org",
            "a*b.example.org",
            "localhost.",
            &long_label,
            &long_name,
        ] {
            let text = format!("https://{host}/");
            assert_eq!(public(&text), Err(Refused::HostName), "{text}");
            assert_eq!(closed(&text), Err(Refused::HostName), "{text}");
        }
        let longest = format!("https://{}exa/", "abcd.".repeat(50));
        assert_eq!(public(&longest), Ok(()));
        let longest = format!("https://{}.example/", "a".repeat(MAX_LABEL_BYTES));
        assert_eq!(public(&longest), Ok(()));
    }

    #[test]
    fn other_schemes_are_refused() {
        for text in [
            "file:///etc/passwd",
            "file://example.org/a",
            "data:text/html,x",
            "ftp://example.org/",
            "gopher://example.org/",
            "ws://example.org/",
            "javascript:alert(1)",
            "acct:a@example.org",
            "unix:/run/docker.sock",
        ] {
            assert_eq!(public(text), Err(Refused::Scheme), "{text}");
            assert_eq!(closed(text), Err(Refused::Scheme), "{text}");
        }
    }

    #[test]
    fn a_user_is_refused_in_every_network() {
        for text in [
            "https://example.org@evil.example/",
            "https://a:b@example.org/",
            "https://:b@example.org/",
        ] {
            assert_eq!(public(text), Err(Refused::User), "{text}");
            assert_eq!(closed(text), Err(Refused::User), "{text}");
        }
    }

    #[test]
    fn http_ports_and_localhost_are_for_closed_networks() {
        for (text, why) in [
            ("http://example.org/", Refused::Scheme),
            ("https://example.org:8443/", Refused::Port),
            ("https://example.org:80/", Refused::Port),
            ("https://localhost/", Refused::Localhost),
            ("https://a.LOCALHOST/", Refused::Localhost),
        ] {
            assert_eq!(public(text), Err(why), "{text}");
            assert_eq!(closed(text), Ok(()), "{text}");
        }
        assert_eq!(closed("http://a.localhost:8080/"), Ok(()));
    }

    #[test]
    fn an_address_is_bounded_as_a_link_is() {
        let start = "https://example.org/";
        let fits = format!("{start}{}", "a".repeat(MAX_LINK_BYTES - start.len()));
        assert_eq!(public(&fits), Ok(()));
        assert_eq!(public(&format!("{fits}a")), Err(Refused::TooLong));
    }
}
