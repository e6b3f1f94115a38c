//! Which IP addresses may be connected to.
//!
//! A name in somebody's document may lead to a machine that trusts us because we stand beside it. So
//! everything special is refused: the IANA registries of special-purpose addresses (RFC 6890; read
//! November 2026), multicast, what is reserved, and of IPv6 all that is not global unicast.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::config::Network;

/// Whether this address may be connected to: it is public, or in a range that the operator allows.
/// An IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) is judged as the IPv4 address it leads to.
pub(super) fn admits(network: &Network, address: IpAddr) -> bool {
    let address = address.to_canonical();
    let special = match address {
        IpAddr::V4(address) => SPECIAL_V4.iter().any(|range| range.contains(&address)),
        IpAddr::V6(address) => {
            !GLOBAL_UNICAST.contains(&address)
                || SPECIAL_V6.iter().any(|range| range.contains(&address))
        }
    };
    !special
        || network
            .allow
            .iter()
            .any(|range: &IpNet| range.contains(&address))
}

const SPECIAL_V4: &[Ipv4Net] = &[
    v4(0, 0, 0, 0, 8),        // this network; on Linux 0.0.0.0 leads to ourselves
    v4(10, 0, 0, 0, 8),       // private
    v4(100, 64, 0, 0, 10),    // shared by a provider's customers
    v4(127, 0, 0, 0, 8),      // loopback
    v4(168, 63, 129, 16, 32), // public by number, but Azure answers there with a machine's own settings
    v4(169, 254, 0, 0, 16),   // link-local, with the settings of most clouds' machines
    v4(172, 16, 0, 0, 12),    // private
    v4(192, 0, 0, 0, 24),     // IETF protocols
    v4(192, 0, 2, 0, 24),     // documentation
    v4(192, 31, 196, 0, 24),  // AS112
    v4(192, 52, 193, 0, 24),  // multicast tunnels
    v4(192, 88, 99, 0, 24),   // 6to4 relays
    v4(192, 168, 0, 0, 16),   // private
    v4(192, 175, 48, 0, 24),  // AS112
    v4(198, 18, 0, 0, 15),    // benchmarks
    v4(198, 51, 100, 0, 24),  // documentation
    v4(203, 0, 113, 0, 24),   // documentation
    v4(224, 0, 0, 0, 4),      // multicast
    v4(240, 0, 0, 0, 4),      // reserved, and broadcast
];

/// All that IANA gives out to hosts so far. Outside of it lie the unspecified address, loopback,
/// NAT64, discard-only, segment routing, unique local, link-local, site-local and multicast.
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0], 3);

/// What is special within global unicast.
const SPECIAL_V6: &[Ipv6Net] = &[
    v6([0x2001, 0, 0], 23),         // IETF protocols: Teredo, ORCHID, benchmarks
    v6([0x2001, 0xdb8, 0], 32),     // documentation
    v6([0x2002, 0, 0], 16),         // 6to4: any IPv4 address may be inside
    v6([0x2620, 0x4f, 0x8000], 48), // AS112
    v6([0x3fff, 0, 0], 20),         // documentation
];

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(start: [u16; 3], length: u8) -> Ipv6Net {
    let [a, b, c] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(address: &str) -> bool {
        admits(&Network::default(), address.parse().unwrap())
    }

    /// First and last address of each special range.
    const REFUSED: &[(&str, &str)] = &[
        ("0.0.0.0", "0.255.255.255"),
        ("10.0.0.0", "10.255.255.255"),
        ("100.64.0.0", "100.127.255.255"),
        ("127.0.0.0", "127.255.255.255"),
        ("168.63.129.16", "168.63.129.16"),
        ("169.254.0.0", "169.254.255.255"),
        ("172.16.0.0", "172.31.255.255"),
        ("192.0.0.0", "192.0.0.255"),
        ("192.0.2.0", "192.0.2.255"),
        ("192.31.196.0", "192.31.196.255"),
        ("192.52.193.0", "192.52.193.255"),
        ("192.88.99.0", "192.88.99.255"),
        ("192.168.0.0", "192.168.255.255"),
        ("192.175.48.0", "192.175.48.255"),
        ("198.18.0.0", "198.19.255.255"),
        ("198.51.100.0", "198.51.100.255"),
        ("203.0.113.0", "203.0.113.255"),
        ("224.0.0.0", "239.255.255.255"),
        ("240.0.0.0", "255.255.255.255"),
        ("::", "::"),
        ("::1", "::1"),
        // IPv4-compatible, deprecated (RFC 4291 §2.5.5.1).
        ("::7f00:1", "::ffff:ffff"),
        ("::ffff:0.0.0.0", "::ffff:0.255.255.255"),
        ("::ffff:10.0.0.0", "::ffff:10.255.255.255"),
        ("::ffff:127.0.0.1", "::ffff:7fff:ffff"),
        ("::ffff:224.0.0.0", "::ffff:255.255.255.255"),
        ("64:ff9b::", "64:ff9b::ffff:ffff"),
        ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
        ("100::", "100::ffff:ffff:ffff:ffff"),
        ("100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"),
        ("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:1::1", "2001:1::3"),
        ("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"),
        ("2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff"),
        ("2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:1ff:ffff::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("4000::", "4000::1"),
        ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ];

    #[test]
    fn every_special_range_is_refused_from_its_first_address_to_its_last() {
        for (first, last) in REFUSED {
            assert!(!public(first), "{first}");
            assert!(!public(last), "{last}");
        }
    }

    #[test]
    fn the_public_addresses_beside_the_special_ones_are_admitted() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.31.195.255",
            "192.31.197.0",
            "192.52.192.255",
            "192.52.194.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "192.175.47.255",
            "192.175.49.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "::ffff:9.255.255.255",
            "::ffff:93.184.216.34",
            "2000::",
            "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:200::",
            "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db9::",
            "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2003::",
            "2606:2800:220:1:248:1893:25c8:1946",
            "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
            "2620:4f:8001::",
            "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "3fff:1000::",
        ] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn an_allowed_range_is_admitted_and_nothing_beside_it() {
        let network = Network {
            allow: vec![
                "127.0.0.0/24".parse().unwrap(),
                "fd00::/16".parse().unwrap(),
            ],
        };
        let admitted = |address: &str| admits(&network, address.parse().unwrap());
        for address in [
            "127.0.0.0",
            "127.0.0.255",
            "::ffff:127.0.0.1",
            "fd00::1",
            "93.184.216.34",
        ] {
            assert!(admitted(address), "{address}");
        }
        for address in [
            "127.0.1.0",
            "10.0.0.1",
            "::1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "fd01::1",
        ] {
            assert!(!admitted(address), "{address}");
        }
    }
}
