//! A vouch: the word of a collective or a hoster that a hoster can be trusted, for a time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::text::{Link, Name};
use super::word::worded;

/// The longest a vouch may count, in days from its beginning: people have to say it again.
pub const MAX_VOUCH_DAYS: i64 = 400;

/// One actor's word for another, as it is written; whether it counts is another question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouch {
    /// Its id, at the origin of who gives it.
    pub id: Url,
    /// Who vouches: an actor.
    pub issuer: Url,
    /// For whom: the actor of a hoster, or its site where it has no node.
    pub object: Url,
    /// On what ground.
    pub basis: Basis,
    /// From when it counts.
    pub since: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// What a member agreed to.
    pub charter: Option<CharterVersion>,
    /// Where people can read how it came to be.
    pub evidence: Option<Link>,
}

/// Whether the object of a vouch is the site of a hoster without node, and not an actor: the address of a
/// host with nothing behind it.
pub fn is_site(object: &Url) -> bool {
    object.path() == "/" && object.query().is_none() && object.fragment().is_none()
}

/// On what ground somebody vouches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The hoster is a member of the collective.
    Membership,
    /// One hoster knows another.
    Peer,
}

worded!(Basis {
    Membership = "membership",
    Peer = "peer",
});

/// A version of a collective's charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CharterVersion {
    /// How the collective calls it: `3`.
    pub version: Name,
    /// The SHA-256 of its text, in hexadecimal, where it was written down.
    pub sha256: Option<String>,
}

/// Why a vouch does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotCounted {
    /// Its issuer's keys are not known yet.
    IssuerUnread,
    /// It is not signed, or what is signed is something else.
    BadProof,
    /// Signed by a key that its issuer does not list.
    ForeignKey,
    /// Signed after its key had ended.
    EndedKey,
    /// It begins later.
    NotYet,
    /// It ended.
    Lapsed,
    /// It would count for longer than any vouch may.
    TooLong,
    /// Its issuer took it back.
    Revoked,
    /// Somebody handed it on, and its issuer was not asked yet.
    Relayed,
    /// Its issuer has not shown it for days.
    Missing,
    /// The hoster does not list it.
    NotListedBack,
    /// This directory blocks who gave it.
    IssuerBlocked,
    /// No path leads from an anchor to who gave it.
    IssuerNotTrusted,
    /// Who gave it is as far from the anchors as anybody may be.
    TooDeep,
    /// Who gave it vouches for more than it may.
    OverQuota,
}

worded!(NotCounted {
    IssuerUnread = "issuer-unread",
    BadProof = "bad-proof",
    ForeignKey = "foreign-key",
    EndedKey = "ended-key",
    NotYet = "not-yet",
    Lapsed = "lapsed",
    TooLong = "too-long",
    Revoked = "revoked",
    Relayed = "relayed",
    Missing = "missing",
    NotListedBack = "not-listed-back",
    IssuerBlocked = "issuer-blocked",
    IssuerNotTrusted = "issuer-not-trusted",
    TooDeep = "too-deep",
    OverQuota = "over-quota",
});

/// A key to sign vouches with, as its actor lists it (FEP-521a, Controlled Identifiers 1.0 §2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionKey {
    /// Its id, at the origin of its actor.
    pub id: Url,
    /// The public key: Ed25519 as a Multikey in base58-btc (`z6Mk…`).
    pub multibase: String,
    /// From when nothing is signed with it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// From when it is not to be believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<DateTime<Utc>>,
}

impl AssertionKey {
    /// Whether nothing made at a moment is to be verified with it (Controlled Identifiers 1.0 §2.2).
    pub fn had_ended(&self, at: DateTime<Utc>) -> bool {
        let ends = [self.expires, self.revoked];
        ends.into_iter().flatten().any(|end| at >= end)
    }
}

/// What was found when a vouch's proof was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It holds under this key.
    Holds {
        /// The key's id, as the proof names it.
        method: Url,
        /// The key.
        multibase: String,
        /// When it was made, as it says.
        created: DateTime<Utc>,
    },
    /// It does not hold under any key its issuer lists by that name, or is none.
    Fails(NotCounted),
}

/// All that is known of a vouch, from which follows whether it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The vouch.
    pub vouch: Vouch,
    /// What its proof came to.
    pub proof: Proof,
    /// The key its proof names, as the issuer lists it today.
    pub key: Option<AssertionKey>,
    /// When its issuer last stood by it, by its own server's word; never, if others handed it on.
    pub heard_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Since when its issuer's server does not know it, though it answers.
    pub missing_since: Option<DateTime<Utc>>,
    /// Whether the hoster lists it, too.
    pub is_listed_back: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_host_with_nothing_behind_it() {
        for (object, expected) in [
            ("https://hoster.example/", true),
            ("https://hoster.example", true),
            ("http://a.localhost:4001/", true),
            ("https://hoster.example/ap/org", false),
            ("https://hoster.example/?a", false),
            ("https://hoster.example/#a", false),
        ] {
            assert_eq!(is_site(&object.parse().unwrap()), expected, "{object}");
        }
    }
}
