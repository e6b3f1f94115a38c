//! Who asks, as far as limits tell clients apart. It is kept in memory for as long as the limit counts, and neither
//! logged nor stored.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Once;

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue, X_FORWARDED_FOR};
use ipnet::IpNet;

use serde::{Deserialize, Serialize};

use crate::config::ProxyHeader;

/// How many proxies behind one another are looked through. The nearest are the last ones named, so whoever asks
/// cannot fill these up.
const MAX_PROXIES: usize = 16;

/// What the operator has to know where a proxy's word is not taken.
const NOT_BELIEVED: &str = "a proxy in this network says for whom it asks and is not believed, so all its visitors \
     are limited as one: name its address in [limits] trusted_proxies";

/// An address, or of IPv6 the network of 64 bits that one household or machine has (RFC 6177, RFC 7421).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Client {
    /// IPv4.
    V4(Ipv4Addr),
    /// The upper half of an IPv6 address.
    V6([u16; 4]),
}

/// What is known of whom a request comes from; nothing of who that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// A proxy that is believed says for whom it asks.
    Told,
    /// One that is believed does not say, or nobody stands in front on this machine.
    Untold,
    /// Somebody says for whom they ask who is not believed.
    NotBelieved,
    /// Somebody asks for themselves.
    Direct,
}

/// Whose word is taken for whom they ask.
pub struct Proxies {
    ranges: Vec<IpNet>,
    header: ProxyHeader,
    not_believed: Once,
}

impl Client {
    /// Whom an address belongs to; what is IPv4 inside IPv6 counts as IPv4.
    fn at(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

impl Proxies {
    /// Trusts these ranges, and reads what they say in this header field.
    pub fn new(ranges: Vec<IpNet>, header: ProxyHeader) -> Self {
        Self {
            ranges,
            header,
            not_believed: Once::new(),
        }
    }

    /// Who asks through a connection: its other end, or whom the nearest proxy that is not trusted, or no proxy
    /// at all, asks for. `None` where trusted ones do not say: what comes from this very machine without a word,
    /// or through a proxy that tells nothing, would make one client of everybody.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Client> {
        let name = self.field();
        if !self.trusts(peer) {
            if is_private(peer) && headers.contains_key(&name) {
                self.not_believed
                    .call_once(|| tracing::warn!("{NOT_BELIEVED}"));
            }
            return Some(Client::at(peer));
        }
        let fields: Vec<&[u8]> = headers.get_all(name).map(HeaderValue::as_bytes).collect();
        // From the right: each proxy adds whom it was asked by, and what stands before may be anybody's word, in
        // whatever bytes.
        let nearest_first = fields.iter().rev();
        let nearest_first = nearest_first.flat_map(|field| field.rsplit(|byte| *byte == b','));
        for said in nearest_first.take(MAX_PROXIES) {
            let said = std::str::from_utf8(said).ok()?;
            let address = match self.header {
                ProxyHeader::XForwardedFor => address(said),
                ProxyHeader::Forwarded => forwarded_for(said).and_then(address),
            }?;
            if !self.trusts(address) {
                return Some(Client::at(address));
            }
        }
        None
    }

    /// What is known of whom a request comes from.
    pub fn whom(&self, peer: IpAddr, headers: &HeaderMap) -> Whom {
        let is_told = self.client(peer, headers).is_some();
        match (self.trusts(peer), is_told) {
            (true, true) => Whom::Told,
            (true, false) => Whom::Untold,
            (false, _) if headers.contains_key(self.field()) => Whom::NotBelieved,
            (false, _) => Whom::Direct,
        }
    }

    fn field(&self) -> HeaderName {
        match self.header {
            ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
            ProxyHeader::Forwarded => FORWARDED,
        }
    }

    /// Whether the word of whoever is at an address is taken.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.ranges.iter().any(|range| range.contains(&address))
    }
}

/// Whether an address is one of a network that is not the internet (RFC 1918, RFC 4193).
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

/// The `for` of one element of `Forwarded` (RFC 7239 §4). Elements are cut at every comma, quoted or not: no address
/// holds one, and a quotation mark that whoever asks left open must not swallow what a proxy added.
fn forwarded_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (name.trim().eq_ignore_ascii_case("for")).then(|| value.trim().trim_matches('"'))
    })
}

/// An address, perhaps with its port; nothing of what hides it (`unknown`, `_a`).
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let alone = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let with_port = || Some(text.parse::<SocketAddr>().ok()?.ip());
    alone.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proxies(header: ProxyHeader) -> Proxies {
        let ranges = ["127.0.0.0/8", "::1/128", "10.0.0.0/8"].map(|range| range.parse().unwrap());
        Proxies::new(ranges.into(), header)
    }

    fn asked(header: ProxyHeader, peer: &str, fields: &[&str]) -> Option<Client> {
        let name = match header {
            ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
            ProxyHeader::Forwarded => FORWARDED,
        };
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(name.clone(), HeaderValue::from_str(field).unwrap());
        }
        proxies(header).client(peer.parse().unwrap(), &headers)
    }

    fn at(address: &str) -> Option<Client> {
        Some(Client::at(address.parse().unwrap()))
    }

    #[test]
    fn whoever_connects_without_a_trusted_proxy_is_the_client_whatever_it_says() {
        for peer in ["203.0.113.7", "::ffff:203.0.113.7"] {
            let fields = ["198.51.100.1, 127.0.0.1"];
            let client = asked(ProxyHeader::XForwardedFor, peer, &fields);
            assert_eq!(client, at("203.0.113.7"), "{peer}");
        }
    }

    #[test]
    fn a_trusted_proxy_is_believed_for_whom_it_asks_and_nobody_before_that() {
        let client = |fields: &[&str]| asked(ProxyHeader::XForwardedFor, "127.0.0.1", fields);
        assert_eq!(client(&["203.0.113.7"]), at("203.0.113.7"));
        assert_eq!(client(&["198.51.100.1, 203.0.113.7"]), at("203.0.113.7"));
        assert_eq!(client(&["198.51.100.1", "203.0.113.7"]), at("203.0.113.7"));
        assert_eq!(
            client(&["203.0.113.7,10.1.2.3 , 127.0.0.2"]),
            at("203.0.113.7")
        );
        assert_eq!(client(&["203.0.113.7:4711"]), at("203.0.113.7"));
        assert_eq!(client(&["[2001:db8::1]:443"]), at("2001:db8::1"));
        assert_eq!(client(&["2001:db8::1"]), at("2001:db8::1"));
    }

    #[test]
    fn where_no_trusted_proxy_says_who_asks_nobody_is_known() {
        let client = |fields: &[&str]| asked(ProxyHeader::XForwardedFor, "::1", fields);
        for fields in [
            &[][..],
            &[""],
            &["127.0.0.1"],
            &["203.0.113.7, unknown"],
            &["é"],
        ] {
            assert_eq!(client(fields), None, "{fields:?}");
        }
        let many = "127.0.0.1,".repeat(MAX_PROXIES) + "127.0.0.1";
        assert_eq!(client(&[&format!("203.0.113.7,{many}")]), None);
    }

    #[test]
    fn forwarded_is_read_from_its_right_end_too_and_only_where_it_was_chosen() {
        let client = |fields: &[&str]| asked(ProxyHeader::Forwarded, "127.0.0.1", fields);
        assert_eq!(
            client(&["for=192.0.2.43, For=\"[2001:db8:cafe::17]:4711\";proto=https;by=10.0.0.1"]),
            at("2001:db8:cafe::17")
        );
        assert_eq!(client(&["for=\"", "for=203.0.113.7"]), at("203.0.113.7"));
        assert_eq!(client(&["for=\", for=203.0.113.7"]), at("203.0.113.7"));
        assert_eq!(client(&["for=_hidden"]), None);
        assert_eq!(client(&["proto=https"]), None);
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED, HeaderValue::from_static("for=203.0.113.7"));
        let other = proxies(ProxyHeader::XForwardedFor);
        assert_eq!(other.client("127.0.0.1".parse().unwrap(), &headers), None);
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            for header in ProxyHeader::ALL {
                let mut headers = HeaderMap::new();
                if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                    headers.append(X_FORWARDED_FOR, value.clone());
                    headers.append(FORWARDED, value);
                }
                proxies(*header).client("127.0.0.1".parse().unwrap(), &headers);
            }
        }

        #[test]
        fn what_stands_before_a_proxys_own_word_changes_nothing(
            before in proptest::collection::vec(any::<u8>().prop_filter("a header holds it", |byte| {
                HeaderValue::from_bytes(&[*byte]).is_ok()
            }), 0..60),
        ) {
            for (header, name, word) in [
                (ProxyHeader::XForwardedFor, X_FORWARDED_FOR, "203.0.113.7"),
                (ProxyHeader::Forwarded, FORWARDED, "for=203.0.113.7"),
            ] {
                let field = [&before[..], b", ", word.as_bytes()].concat();
                let mut headers = HeaderMap::new();
                headers.append(name, HeaderValue::from_bytes(&field).unwrap());
                let client = proxies(header).client("127.0.0.1".parse().unwrap(), &headers);
                prop_assert_eq!(client, at("203.0.113.7"));
            }
        }
    }
}
