//! What `status` says of a mirror: whose it is, how far it is, and what went wrong last.

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use crate::cli::Failure;
use crate::domain::text::printable;
use crate::formats::activitypub::directory_state;
use crate::store::Store;

/// How much of an error is told in words, in characters.
const MAX_ERROR_CHARS: usize = 300;

/// The part of the report that is about a mirror.
#[derive(Serialize)]
pub(super) struct Mirrored {
    /// The directory that is copied.
    origin: Url,
    /// Whose signature is believed.
    actor: Option<Url>,
    /// The revision that is held.
    revision: Option<u64>,
    /// When that was signed.
    signed_at: Option<DateTime<Utc>>,
    /// When the origin last said that this is how it stands.
    heard_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
    last_error_at: Option<DateTime<Utc>>,
}

impl Mirrored {
    pub(super) async fn of(store: &Store) -> Result<Option<Self>, Failure> {
        let Some(mirror) = store.mirror().await? else {
            return Ok(None);
        };
        let said = mirror.signed.as_ref().map(directory_state::read);
        let said = said.and_then(Result::ok).map(|(said, _)| said);
        let (last_error, last_error_at) = mirror.trouble.unzip();
        Ok(Some(Self {
            origin: mirror.origin,
            actor: mirror.pinned.map(|pinned| pinned.actor),
            revision: said.as_ref().map(|said| said.revision),
            signed_at: said.as_ref().map(|said| said.issued),
            heard_at: mirror.heard_at,
            last_error,
            last_error_at,
        }))
    }

    /// Names and values, a line each; names that begin with a space belong to the line above.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let moment = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
        let held = match (self.revision, self.signed_at) {
            (Some(revision), Some(at)) => format!("revision {revision}, signed {}", moment(at)),
            _ => "nothing yet".to_owned(),
        };
        let mut lines = vec![("mirror of", self.origin.to_string()), ("  held", held)];
        lines.extend(self.heard_at.map(|at| ("  heard", moment(at))));
        if let Some((error, at)) = self.last_error.as_ref().zip(self.last_error_at) {
            let error = printable(error, MAX_ERROR_CHARS);
            lines.push(("  error", format!("{}: {error}", moment(at))));
        }
        lines
    }
}
