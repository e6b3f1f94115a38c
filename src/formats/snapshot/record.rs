//! One record of a snapshot: its kind, its id and its text.

use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::domain::word::worded;
use crate::formats::canonical;

/// The largest record, in bytes: a hoster with some thousands of services.
pub const MAX_RECORD_BYTES: usize = 8 * 1024 * 1024;
/// The longest id, in bytes: that of a vouch, an address.
pub const MAX_ID_BYTES: usize = 2_048;

/// What a record is about, in the order in which kinds stand in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What the operator chose; there is one such record, and its id is empty.
    Choices,
    /// A hoster with its services.
    Hoster,
    /// Who vouches.
    Issuer,
    /// A vouch with what is known of it.
    Vouch,
}

worded!(Kind {
    Choices = "choices",
    Hoster = "hosters",
    Issuer = "issuers",
    Vouch = "vouches",
});

/// By what a record is known.
pub type Key = (Kind, String);

/// A record as it stands in a document: an object of JSON in its one text (RFC 8785).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its kind.
    pub kind: Kind,
    /// Its id among its kind.
    pub id: String,
    /// Its text.
    pub text: String,
}

impl Record {
    /// The record of a value, which has an `id` unless it is the choices.
    pub(super) fn of(kind: Kind, value: &Value) -> Self {
        Self {
            kind,
            id: id(kind, value).unwrap_or_default().to_owned(),
            text: canonical::of(value),
        }
    }

    /// A record as somebody sent it, with the value it is of.
    pub(super) fn received(kind: Kind, text: &str) -> Result<(Self, Value), String> {
        if text.len() > MAX_RECORD_BYTES {
            let most = MAX_RECORD_BYTES / 1024 / 1024;
            return Err(format!("it is larger than {most} MiB"));
        }
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        // A key that stands twice is read by some as its first value and by others as its last.
        if canonical::of(&value) != text {
            let problem = "it is not written in the one canonical way (RFC 8785), or a key in it stands twice";
            return Err(problem.to_owned());
        }
        let id = id(kind, &value).ok_or("it has no id")?.to_owned();
        let text = text.to_owned();
        Ok((Self { kind, id, text }, value))
    }

    /// By what it is known.
    pub fn key(&self) -> Key {
        (self.kind, self.id.clone())
    }

    /// The hash of its text (SHA-256).
    pub fn hash(&self) -> [u8; 32] {
        let hash = digest(&SHA256, self.text.as_bytes());
        hash.as_ref().try_into().expect("a SHA-256 has 32 bytes")
    }
}

fn id(kind: Kind, value: &Value) -> Option<&str> {
    match kind {
        Kind::Choices => value.is_object().then_some(""),
        _ => {
            let id = value.get("id")?.as_str()?;
            let is_plain = !id.is_empty()
                && id.len() <= MAX_ID_BYTES
                && !id.chars().any(|c| c.is_whitespace() || c.is_control());
            is_plain.then_some(id)
        }
    }
}
