//! One way to read a document of whatever format.

use super::{Document, Findings, Format, archipelago};
use crate::domain::taxonomy::Taxonomy;

/// Why a document as a whole was refused; nothing of it was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no directory in our own format.
    #[error(transparent)]
    Archipelago(#[from] archipelago::NotArchipelago),
    /// Nothing here reads that format.
    #[error("nothing here reads {}", .0.word())]
    Unsupported(Format),
}

/// Reads a document as what it is expected to be, leniently; the vocabulary says what a software or a
/// need that it names is.
pub fn read(document: &Document, _taxonomy: &Taxonomy) -> Result<Findings, Unreadable> {
    match document.format {
        Format::Archipelago => Ok(archipelago::read(document.bytes)?),
        format => Err(Unreadable::Unsupported(format)),
    }
}
