//! A whole directory as one signed document, so that others can keep a copy and show whose it is.
//!
//! ```json
//! { "archipelago": 1, "as_of": "2026-11-30", "choices": { … }, "hosters": [ … ], "issuers": [ … ],
//!   "signed": { "type": "archi:DirectoryState", …, "proof": { … } }, "vouches": [ … ] }
//! ```
//!
//! It is a document of our exchange format (`formats::archipelago`) with more in it, and the one text of
//! it (JCS, RFC 8785): every record is in the order of its id, every key in that of its name. What is signed
//! is not these bytes but the [`State`] of the records, so a copy that was changed record by record can be
//! shown to be right as well. Not in here: who may write such a document, and who believes it.

mod bounded;
mod changes;
mod content;
mod read;
mod record;
mod state;
#[cfg(test)]
mod tests;
mod write;

pub use changes::{Changes, MAX_CHANGES_BYTES, NotChanges};
pub use content::{Chosen, Content, Entry, Testimony};
pub use read::{Checked, Signed, check, read, unpacked};
pub use record::{Key, Kind, MAX_ID_BYTES, MAX_RECORD_BYTES, Record};
pub use state::State;
pub use write::Writer;

use super::activitypub::directory_state::NotAState;

/// The largest document that is read, unpacked, in bytes: a directory of a million services and more.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// The most records of one document.
pub const MAX_RECORDS: u64 = 2_000_000;

/// Why bytes are no snapshot, or none that can be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotASnapshot {
    /// It ends before its end, or the packing around it is broken.
    #[error("it was cut off, or changed where it is packed: {0}")]
    CutOff(String),
    /// More than [`MAX_BYTES`].
    #[error("it is larger than {} GiB when unpacked", MAX_BYTES / 1024 / 1024 / 1024)]
    TooLarge,
    /// More than [`MAX_RECORDS`].
    #[error("it holds more than {MAX_RECORDS} records")]
    TooMany,
    /// Not JSON.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// JSON, but not of this form.
    #[error("it is no snapshot of a directory: {0}")]
    OtherShape(String),
    /// A record is not as it has to be.
    #[error("{place}: {problem}")]
    BadRecord {
        /// Which it is.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// What is signed says nothing of a directory.
    #[error("what is signed in it says nothing of a directory: {0}")]
    NotAState(#[from] NotAState),
    /// Its date is not the one that was signed.
    #[error("it names another day than the one that was signed")]
    OtherDay,
    /// A record was changed, left out or added.
    #[error("its records are not those that were signed: some were changed, left out or added")]
    OtherRecords,
}
