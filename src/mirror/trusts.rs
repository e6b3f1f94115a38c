//! Whether a signed state is the origin's, and newer than what is held. Pure: keys and time are arguments.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use super::refusal::NotCopied;
use crate::domain::vouch::AssertionKey;
use crate::formats::activitypub::directory_state::DirectoryState;
use crate::formats::activitypub::proof::{self, Claimed};

/// How old a signature may be: a directory signs each day, so an older one is somebody's old copy.
pub const MAX_AGE: TimeDelta = TimeDelta::days(7);
/// How far ahead of us an origin's clock may be.
pub const MAX_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// A state that somebody says an origin signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) said: &'a DirectoryState,
    pub(super) claimed: &'a Claimed,
    pub(super) document: &'a Value,
}

impl Shown<'_> {
    /// Whether it is the word of the directory at an address.
    pub(super) fn check_origin(&self, home: &Url) -> Result<(), NotCopied> {
        match self.said.origin.origin() == home.origin() {
            true => Ok(()),
            false => Err(NotCopied::OtherOrigin {
                wanted: home.to_string(),
                found: self.said.origin.to_string(),
            }),
        }
    }

    /// Whether one of these keys, which are the origin's, signed it while it was in use.
    pub(super) fn check_signature(&self, keys: &[AssertionKey]) -> Result<(), NotCopied> {
        let named = keys.iter().find(|key| key.id == self.claimed.method);
        let key = named.ok_or_else(|| NotCopied::ForeignKey(self.claimed.method.to_string()))?;
        proof::verify(self.document, &key.multibase).map_err(NotCopied::NotProven)?;
        match key.had_ended(self.said.issued) {
            true => Err(NotCopied::EndedKey(key.id.to_string())),
            false => Ok(()),
        }
    }

    /// Whether it is of now, and not older than what is held.
    pub(super) fn check_age(
        &self,
        held: Option<&DirectoryState>,
        now: DateTime<Utc>,
    ) -> Result<(), NotCopied> {
        let issued = self.said.issued;
        if issued > now + MAX_AHEAD {
            return Err(NotCopied::OfTheFuture(issued));
        }
        if issued < now - MAX_AGE {
            return Err(NotCopied::TooOld(issued));
        }
        match held {
            Some(held) if self.said.revision < held.revision || issued < held.issued => {
                Err(NotCopied::OlderThanHeld {
                    revision: self.said.revision,
                    issued,
                    held: held.revision,
                    held_since: held.issued,
                })
            }
            _ => Ok(()),
        }
    }
}

/// Whether keys that an actor lists now may take the place of those that were believed: each of these has to
/// be listed still, ended or not. Whoever takes over a domain has not got them.
pub(super) fn check_rotation(
    before: &[AssertionKey],
    now: &[AssertionKey],
) -> Result<(), NotCopied> {
    let is_kept = |old: &AssertionKey| {
        let mut listed = now.iter();
        listed.any(|key| key.id == old.id && key.multibase == old.multibase)
    };
    match before.iter().any(is_kept) || before.is_empty() {
        true => Ok(()),
        false => Err(NotCopied::KeysReplaced),
    }
}
