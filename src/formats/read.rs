//! One way to read a document of whatever format.

use super::{Document, Findings, Format, activitypub, archipelago, chatonsinfos, nodeinfo};
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
    /// Nothing here reads that format.
    #[error("nothing here reads {}", .0.word())]
    Unsupported(Format),
}

/// Reads a document as what it is expected to be, leniently; the vocabulary says what a software or a
/// need that it names is.
pub fn read(document: &Document, taxonomy: &Taxonomy) -> Result<Findings, Unreadable> {
    match document.format {
        Format::Archipelago => Ok(archipelago::read(document.bytes)?),
        Format::ChatonsInfos => Ok(chatonsinfos::read(document, taxonomy)?),
        Format::NodeInfoLinks => Ok(nodeinfo::findings::links(document)),
        Format::NodeInfo => Ok(nodeinfo::findings::actors(document)),
        Format::Actor => Ok(activitypub::findings::actor(document)),
        Format::Services => Ok(activitypub::findings::services(document)),
        Format::Members => Ok(activitypub::findings::members(document)),
        Format::Peers => Ok(activitypub::findings::peers(document)),
        format => Err(Unreadable::Unsupported(format)),
    }
}
