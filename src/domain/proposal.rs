//! A block that somebody else's list proposes. A list blocks nothing: a person takes what it proposes, or
//! drops it.

use super::block::{Domain, Severity};
use super::text::Prose;

/// The most of a list's own words about a domain that are kept, in characters: some sentences.
pub const MAX_COMMENT_CHARS: usize = 500;

/// What a list proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The domain; names below it are meant, too.
    pub domain: Domain,
    /// How much would be blocked.
    pub severity: Severity,
    /// Why, in the list's own words, as far as they can be shown.
    pub comment: Option<Prose>,
}
