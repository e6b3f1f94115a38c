//! What changed in a directory since a revision, for whoever has it as it was then.
//!
//! ```json
//! { "archipelago": 1, "changed": { "choices": [], "hosters": [ … ], "issuers": [], "vouches": [] },
//!   "gone": { "hosters": [ "a" ], "issuers": [], "vouches": [] }, "signed": { … }, "since": "12" }
//! ```
//!
//! Records are those of a snapshot, as they are now, and what is signed is the state that they lead to: so
//! whoever applies them knows whether it has what the directory has.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Type};

use super::{Key, Kind, MAX_ID_BYTES, Record, State};
use crate::domain::described::{described, text};
use crate::domain::text::printable;
use crate::formats::activitypub::directory_state::{self, DirectoryState, NotAState};
use crate::formats::activitypub::document;
use crate::formats::activitypub::proof::Claimed;
use crate::formats::archipelago::VERSION;
use crate::formats::canonical;

/// The largest document that is written or read, in bytes: what is more is a snapshot's matter.
pub const MAX_CHANGES_BYTES: usize = 16 * 1024 * 1024;
/// How much of what is wrong is told, in characters.
const MAX_TOLD_CHARS: usize = 300;

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The revision after which.
    pub since: u64,
    /// Records as they are now, in the order of kinds and ids.
    pub changed: Vec<Record>,
    /// Those that are no more.
    pub gone: Vec<Key>,
    /// The signed state that they lead to.
    pub signed: Value,
}

described!(Changes: {
    let lists = |item: Object| {
        let list = ArrayBuilder::new().items(item).build();
        let lists = Kind::ALL.iter().fold(ObjectBuilder::new(), |lists, kind| {
            lists.property(kind.word(), list.clone()).required(kind.word())
        });
        lists.build()
    };
    let any = ObjectBuilder::new().schema_type(Type::Object).build();
    ObjectBuilder::new()
        .property("archipelago", ObjectBuilder::new().schema_type(Type::Integer))
        .property("changed", lists(any.clone()))
        .property("gone", lists(text().build()))
        .property("signed", any)
        .property("since", text())
        .required("archipelago")
        .required("changed")
        .required("gone")
        .required("signed")
        .required("since")
});

/// Why bytes are no changes, or lead elsewhere than was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotChanges {
    /// Larger than [`MAX_CHANGES_BYTES`].
    #[error("they are larger than {} MiB", MAX_CHANGES_BYTES / 1024 / 1024)]
    TooLarge,
    /// Not JSON, or of another form.
    #[error("they are not written as changes of a directory: {0}")]
    OtherShape(String),
    /// What is signed says nothing of a directory.
    #[error("what is signed with them says nothing of a directory: {0}")]
    NotAState(#[from] NotAState),
    /// Some were changed, left out or added, or are about another copy.
    #[error("they do not lead to the state that was signed")]
    OtherState,
}

impl Changes {
    /// The document, in its one text (RFC 8785).
    pub fn write(&self) -> String {
        let mut text = format!("{{\"archipelago\":{VERSION},\"changed\":{{");
        for (place, kind) in Kind::ALL.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            text += &format!("{comma}\"{}\":[", kind.word());
            let records = self.changed.iter().filter(|record| record.kind == *kind);
            let records: Vec<&str> = records.map(|record| record.text.as_str()).collect();
            text += &records.join(",");
            text.push(']');
        }
        let mut gone: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for kind in Kind::ALL {
            gone.entry(kind.word()).or_default();
        }
        for (kind, id) in &self.gone {
            gone.entry(kind.word()).or_default().push(id);
        }
        let gone = canonical::of(&serde_json::json!(gone));
        let signed = canonical::of(&self.signed);
        text += &format!(
            "}},\"gone\":{gone},\"signed\":{signed},\"since\":\"{}\"}}",
            self.since
        );
        text
    }

    /// Reads a document, strictly.
    pub fn read(bytes: &[u8]) -> Result<Self, NotChanges> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Document<'a> {
            archipelago: u64,
            #[serde(borrow)]
            changed: Lists<&'a RawValue>,
            gone: Lists<String>,
            #[serde(borrow)]
            signed: &'a RawValue,
            since: String,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Lists<T> {
            choices: Vec<T>,
            hosters: Vec<T>,
            issuers: Vec<T>,
            vouches: Vec<T>,
        }
        impl<T> Lists<T> {
            fn all(self) -> impl Iterator<Item = (Kind, T)> {
                let lists = [
                    (Kind::Choices, self.choices),
                    (Kind::Hoster, self.hosters),
                    (Kind::Issuer, self.issuers),
                    (Kind::Vouch, self.vouches),
                ];
                let each =
                    |(kind, list): (Kind, Vec<T>)| list.into_iter().map(move |one| (kind, one));
                lists.into_iter().flat_map(each)
            }
        }
        if bytes.len() > MAX_CHANGES_BYTES {
            return Err(NotChanges::TooLarge);
        }
        let other = |problem: &str| NotChanges::OtherShape(printable(problem, MAX_TOLD_CHARS));
        let document: Document =
            serde_json::from_slice(bytes).map_err(|error| other(&error.to_string()))?;
        if document.archipelago != VERSION {
            return Err(other("they are of another version"));
        }
        let mut changed = Vec::new();
        for (kind, text) in document.changed.all() {
            let (record, _) = Record::received(kind, text.get())
                .map_err(|problem| other(&format!("{}: {problem}", kind.word())))?;
            changed.push(record);
        }
        let gone: Vec<Key> = document.gone.all().collect();
        if gone.iter().any(|(_, id)| id.len() > MAX_ID_BYTES) {
            return Err(other("an id is too long"));
        }
        let signed = document::read(document.signed.get().as_bytes());
        let since = document.since.parse();
        Ok(Self {
            since: since.map_err(|_| other("since is no revision"))?,
            changed,
            gone,
            signed: signed.map_err(|error| other(&error.to_string()))?,
        })
    }

    /// What is signed with them, and what its proof says of itself.
    pub fn signed(&self) -> Result<(DirectoryState, Claimed), NotChanges> {
        Ok(directory_state::read(&self.signed)?)
    }

    /// The state they lead to from another, if it is the one that was signed.
    pub fn over(&self, state: &State) -> Result<State, NotChanges> {
        let (said, _) = self.signed()?;
        let mut state = state.clone();
        for key in &self.gone {
            state.remove(key);
        }
        for record in &self.changed {
            state.put(record);
        }
        match said.records == state.records() && said.state == state.digest() {
            true => Ok(state),
            false => Err(NotChanges::OtherState),
        }
    }
}
