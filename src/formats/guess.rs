//! What a document is probably written in, by what it is called and what stands in it.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::{Format, chatonsinfos};

/// What a document of this name and content is probably written in. What is no JSON, and not called so, is
/// a `.properties` file; of JSON the keys tell, or where it is broken the name.
pub fn guess(name: &str, bytes: &[u8]) -> Format {
    if name.ends_with(chatonsinfos::ENDING) {
        return Format::ChatonsInfos;
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(text) {
        Ok(fields) => by_keys(|key| fields.contains_key(key)),
        Err(_) if name.ends_with(".json") || text.trim_ascii_start().starts_with(b"{") => {
            by_name(name)
        }
        Err(_) => Format::ChatonsInfos,
    }
}

fn by_keys(has: impl Fn(&str) -> bool) -> Format {
    if has("archipelago") {
        Format::Archipelago
    } else if has("inbox") || has("publicKey") {
        Format::Actor
    } else if has("orderedItems") || has("totalItems") {
        Format::Services
    } else if has("data") && has("total") {
        Format::PeerTubeIndex
    } else if has("software") && (has("protocols") || has("version")) {
        Format::NodeInfo
    } else if has("links") {
        Format::NodeInfoLinks
    } else if has("homeUrl") || (has("name") && has("description")) {
        Format::LibreHost
    } else if has("freeOfCharge") || has("inBandRegistration") {
        Format::XmppProvider
    } else {
        Format::LibreHosters
    }
}

fn by_name(name: &str) -> Format {
    let file = name.rsplit('/').next().unwrap_or_default();
    [
        ("librehost", Format::LibreHost),
        ("directory", Format::LibreHosters),
        ("xmpp-provider", Format::XmppProvider),
        ("nodeinfo", Format::NodeInfo),
        ("hosts", Format::PeerTubeIndex),
    ]
    .into_iter()
    .find(|(part, _)| file.contains(part))
    .map_or(Format::Archipelago, |(_, format)| format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fixture_is_taken_for_what_it_is() {
        for (path, format) in [
            ("chatonsinfos/away.properties", Format::ChatonsInfos),
            ("chatonsinfos/federation.properties", Format::ChatonsInfos),
            ("librehost/librehost.json", Format::LibreHost),
            ("librehost/directory.json", Format::LibreHosters),
            ("nodeinfo/links-mastodon.json", Format::NodeInfoLinks),
            ("nodeinfo/mastodon.json", Format::NodeInfo),
            ("nodeinfo/peertube.json", Format::NodeInfo),
            ("peertube/hosts.json", Format::PeerTubeIndex),
            ("peertube/mobilizon.json", Format::PeerTubeIndex),
            ("data/hosters.json", Format::Archipelago),
        ] {
            let file = format!("{}/fixtures/{path}", env!("CARGO_MANIFEST_DIR"));
            let bytes = std::fs::read(file).unwrap();
            assert_eq!(guess("x", &bytes), format, "{path}");
        }
    }

    #[test]
    fn a_broken_document_is_taken_for_what_it_is_called() {
        for (name, format) in [
            ("a/librehost.json", Format::LibreHost),
            ("a/xmpp-provider-v2.json", Format::XmppProvider),
            ("a/hosters.json", Format::Archipelago),
            ("a/b.properties", Format::ChatonsInfos),
        ] {
            assert_eq!(guess(name, b"{ broken"), format, "{name}");
        }
        assert_eq!(guess("-", b"organization.name = A"), Format::ChatonsInfos);
        assert_eq!(guess("-", b"\xff\xfe"), Format::ChatonsInfos);
    }
}
