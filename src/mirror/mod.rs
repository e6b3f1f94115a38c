//! A directory and its copies: what a node publishes of itself, and how another keeps up with it.
//!
//! Every record travels as it was signed, so a copy is believed because of its signature and not because of
//! where it was found. `publisher` says what changed and has snapshots written; `follower` takes both and
//! keeps nothing that it cannot show to be the origin's. Nothing here knows a page or a route.

mod asks;
mod contents;
mod follower;
mod held;
mod issue;
mod log;
mod publisher;
mod queue;
mod refusal;
mod shelf;
mod trusts;

pub use asks::{CHANGES_PATH, MAX_PACKED_BYTES, SNAPSHOT_PATH};
pub use follower::{Follower, POLL_EVERY, Synced};
pub use held::Held;
pub use issue::{Issue, MAX_TOLD};
pub use log::MAX_LOGGED;
pub use publisher::{Error, MAX_WAIT, MAX_WAITING, Publisher, RESIGN_AFTER, Told, sign_directory};
pub use queue::MAX_QUEUED_BYTES;
pub use refusal::NotCopied;
pub use shelf::{Kept, PIECE_BYTES, RENEW_AFTER};
pub use trusts::{MAX_AGE, MAX_AHEAD};
