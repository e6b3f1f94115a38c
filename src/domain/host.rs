//! A host of the web: what is asked politely as one.

use url::Url;

/// A name and a port: `a.example`, or `a.localhost:8080` where it is not https on its own port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(String);

impl Host {
    /// The host of an address; `None` if it is no address of the web.
    pub fn of(url: &Url) -> Option<Self> {
        let name = url.host_str().filter(|name| !name.is_empty())?;
        match (url.scheme(), url.port_or_known_default()?) {
            ("https", 443) => Some(Self(name.to_owned())),
            ("http" | "https", port) => Some(Self(format!("{name}:{port}"))),
            _ => None,
        }
    }

    /// The host that a person or a table names, as [`as_str`](Self::as_str) writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(&format!("https://{text}")).ok()?;
        let is_only_a_host = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        Self::of(&url).filter(|_| is_only_a_host)
    }

    /// As it is kept and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What somebody registered to have it: see [`registered`].
    pub fn domain(&self) -> &str {
        let name = match self.0.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => &self.0,
        };
        registered(name)
    }
}

/// What somebody had to register to have a host name: all names below it are theirs, as many as they like
/// (CVE-2022-46405 in Mastodon). Of a name under no known suffix, such as `localhost`, its last two parts.
pub fn registered(name: &str) -> &str {
    psl::domain_str(name).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_and_a_port_that_is_not_the_usual_one() {
        for (address, host) in [
            ("https://A.example/x?y#z", Some("a.example")),
            ("https://a.example:443/", Some("a.example")),
            ("https://a.example:8443/", Some("a.example:8443")),
            ("http://a.example/", Some("a.example:80")),
            ("http://a.localhost:8080/x", Some("a.localhost:8080")),
            ("https://[::1]:8443/", Some("[::1]:8443")),
            ("mailto:a@a.example", None),
            ("ftp://a.example/", None),
        ] {
            let found = Host::of(&Url::parse(address).unwrap());
            assert_eq!(found.as_ref().map(Host::as_str), host, "{address}");
            if let Some(found) = found {
                assert_eq!(Host::parse(found.as_str()), Some(found));
            }
        }
        for text in ["", "a.example/x", "https://a.example", "u@a.example", "a b"] {
            assert_eq!(Host::parse(text), None, "{text}");
        }
    }

    #[test]
    fn hosts_count_by_what_somebody_registered() {
        for (host, domain) in [
            ("a.example.org", "example.org"),
            ("a.b.c.example.org:8443", "example.org"),
            ("a.example.co.uk", "example.co.uk"),
            ("xn--bcher-kva.example.xn--p1ai", "example.xn--p1ai"),
            // Whose tenants are strangers to each other.
            ("alice.github.io", "alice.github.io"),
            ("co.uk", "co.uk"),
            ("b.a.localhost:8080", "a.localhost"),
            ("localhost", "localhost"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(Host::parse(host).unwrap().domain(), domain);
        }
    }
}
