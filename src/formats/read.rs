//! One way to read a document of whatever format.

use super::{Document, Findings, Format, NotOfFormat, activitypub, archipelago, chatonsinfos};
use super::{librehost, nodeinfo, peertube_index, xmpp_provider};
use crate::domain::taxonomy::Taxonomy;

/// Why a document as a whole was refused; nothing of it was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no directory in our own format.
    #[error(transparent)]
    Archipelago(#[from] archipelago::NotArchipelago),
    /// It is no file of ChatonsInfos.
    #[error(transparent)]
    ChatonsInfos(#[from] chatonsinfos::NotChatonsInfos),
    /// It is no document of another directory's format.
    #[error(transparent)]
    Foreign(#[from] NotOfFormat),
}

/// Reads a document as what it is expected to be, leniently; the vocabulary says what a software or a
/// need that it names is.
pub fn read(document: &Document, taxonomy: &Taxonomy) -> Result<Findings, Unreadable> {
    match document.format {
        Format::Archipelago => Ok(archipelago::read(document.bytes)?),
        Format::ChatonsInfos => Ok(chatonsinfos::read(document, taxonomy)?),
        Format::LibreHost => Ok(librehost::read(document, taxonomy)?),
        Format::LibreHosters => Ok(librehost::read_directory(document, taxonomy)?),
        Format::PeerTubeIndex => Ok(peertube_index::read(document, taxonomy)?),
        Format::XmppProvider => Ok(xmpp_provider::read(document, taxonomy)?),
        Format::NodeInfoLinks => Ok(nodeinfo::read_links(document, taxonomy)?),
        Format::NodeInfo => Ok(nodeinfo::read(document, taxonomy)?),
        Format::Actor => Ok(activitypub::findings::actor(document)),
        Format::Services => Ok(activitypub::findings::services(document)),
        Format::Members => Ok(activitypub::findings::members(document)),
        Format::Peers => Ok(activitypub::findings::peers(document)),
        Format::Hosters => Ok(activitypub::findings::hosters(document)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_as_what_it_is_expected_to_be() {
        let url = "https://a.example/x.properties".parse().unwrap();
        let read = |format, bytes: &[u8]| {
            let document = Document {
                format,
                url: &url,
                bytes,
                seen: "2026-11-28".parse().unwrap(),
                of: None,
            };
            let read = super::read(&document, &Taxonomy::embedded());
            read.map(|found| found.hosters.len())
                .map_err(|error| error.to_string())
        };
        let organization = b"organization.name = A";
        assert_eq!(read(Format::ChatonsInfos, organization), Ok(1));
        assert_eq!(
            read(Format::Archipelago, organization)
                .unwrap_err()
                .split(':')
                .next(),
            Some("the document is not JSON")
        );
    }
}
