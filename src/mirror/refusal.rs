//! Why nothing was copied, each in a sentence. Whatever it is, what is held stays.

use chrono::{DateTime, Utc};

use super::trusts::{MAX_AGE, MAX_AHEAD};
use crate::fetch;
use crate::formats::activitypub::proof::NotProven;
use crate::formats::snapshot::{NotASnapshot, NotChanges};
use crate::store;

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum NotCopied {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A request of ours.
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    /// The disk.
    #[error("a snapshot cannot be kept on this machine")]
    Disk(#[from] std::io::Error),
    /// This database is no copy of anything.
    #[error("this database is no mirror")]
    NoMirror,
    /// The origin's server does not show what was asked for.
    #[error("{url} answers {status}{}", what_to_do(*status))]
    Answered {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
    /// What came is something else by its own word.
    #[error("{url} answers with {found}, and a snapshot is application/gzip")]
    MediaType {
        /// The address.
        url: String,
        /// What it calls what came.
        found: String,
    },
    /// What came is no snapshot, or its records are not those that were signed.
    #[error("the snapshot is refused: {0}")]
    NotASnapshot(#[from] NotASnapshot),
    /// What came are no changes, or they lead elsewhere than was signed.
    #[error("the changes are refused: {0}")]
    NotChanges(#[from] NotChanges),
    /// The origin's actor cannot be read.
    #[error("the keys of {actor} cannot be read: {problem}")]
    NoKeys {
        /// The actor.
        actor: String,
        /// What is wrong with it.
        problem: String,
    },
    /// It is another directory's.
    #[error("what came is the directory of {found}, and not that of {wanted}")]
    OtherOrigin {
        /// The address of the directory that is copied.
        wanted: String,
        /// Whose came.
        found: String,
    },
    /// Another actor of the same server signed it.
    #[error("{0} signed it, and the one that was believed so far is another actor")]
    OtherActor(String),
    /// The key is nobody's that is believed.
    #[error("it is signed with {0}, which the directory does not list as its key")]
    ForeignKey(String),
    /// The key was not in use any more.
    #[error("it is signed with {0}, which had ended by then")]
    EndedKey(String),
    /// The signature does not fit.
    #[error("its signature is not good: {0}")]
    NotProven(NotProven),
    /// None of the keys that were believed is listed any more.
    #[error(
        "the directory lists none of the keys that were believed so far, not even as ended: somebody else \
         may answer there; if you know why, begin with a new database"
    )]
    KeysReplaced,
    /// A clock is wrong, or somebody signed ahead.
    #[error(
        "it was signed on {}, which is more than {} minutes ahead: is this machine's clock right?",
        day(*.0), MAX_AHEAD.num_minutes()
    )]
    OfTheFuture(DateTime<Utc>),
    /// A directory signs each day.
    #[error("it was signed on {}, and none older than {} days is taken", day(*.0), MAX_AGE.num_days())]
    TooOld(DateTime<Utc>),
    /// Somebody shows what was.
    #[error(
        "it is older than what is held: revision {revision}, signed on {}, and held is revision {held} of \
         {}; if the directory was set back on purpose, begin with a new database",
        day(*issued), day(*held_since)
    )]
    OlderThanHeld {
        /// Its revision.
        revision: u64,
        /// When it was signed.
        issued: DateTime<Utc>,
        /// The revision of what is held.
        held: u64,
        /// When that was signed.
        held_since: DateTime<Utc>,
    },
}

impl NotCopied {
    /// Whether the origin could not be asked, or not now; else what came of it was refused.
    pub(super) fn is_out_of_reach(&self) -> bool {
        matches!(
            self,
            Self::Store(_) | Self::Fetch(_) | Self::Answered { .. } | Self::NoKeys { .. }
        )
    }
}

fn day(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn what_to_do(status: u16) -> &'static str {
    match status {
        404 => ": only a directory that was founded (archipelago init) signs what it lists",
        _ => "",
    }
}
