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
/// How far ahead of us an origin's clock may be, or that of one of its replicas ahead of another's.
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

    /// Whether it was signed before what is held, of the same revision: another replica of the origin may have
    /// done so, and it is no news.
    pub(super) fn is_before(&self, held: Option<&DirectoryState>) -> bool {
        held.is_some_and(|held| {
            self.said.revision == held.revision && self.said.issued < held.issued
        })
    }
}

/// Whether a state was signed of late, and is of no revision before what is held.
pub(super) fn check_age(
    said: &DirectoryState,
    held: Option<&DirectoryState>,
    now: DateTime<Utc>,
) -> Result<(), NotCopied> {
    let issued = said.issued;
    if issued > now + MAX_AHEAD {
        return Err(NotCopied::OfTheFuture(issued));
    }
    if issued < now - MAX_AGE {
        return Err(NotCopied::TooOld(issued));
    }
    let is_older = |held: &&DirectoryState| {
        // Replicas of an origin sign each for itself, by clocks that differ a little.
        let is_signed_before = said.revision > held.revision && issued < held.issued - MAX_AHEAD;
        said.revision < held.revision || is_signed_before
    };
    match held.filter(is_older) {
        Some(held) => Err(NotCopied::OlderThanHeld {
            revision: said.revision,
            issued,
            held: held.revision,
            held_since: held.issued,
        }),
        None => Ok(()),
    }
}

/// Whether keys that an actor lists now may take the place of those that were believed: one of these has to be
/// listed still, ended or not. So a server that was set up anew by mistake is not taken for the directory. It is
/// no help against whoever takes over the domain, who can list what everybody knows: that an address is whose it
/// was is believed here as everywhere in the fediverse.
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
