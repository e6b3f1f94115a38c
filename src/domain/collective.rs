//! How this directory regards a hoster. (Vouches and their paths come with the trust floor.)

use super::provenance::SourceKind;
use super::word::worded;

/// How this directory regards a hoster, the weakest first. It filters; it never ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nothing supports the entry.
    Unknown,
    /// A list says so: a third party's or a collective's, unconfirmed by the hoster.
    Reported,
    /// The hoster says so itself.
    Claimed,
    /// A counted path of vouches leads here.
    Confirmed,
    /// Trusted by this directory from the start.
    Anchor,
}

impl Standing {
    /// What a source alone is worth, before any vouch.
    pub fn from_source(kind: SourceKind) -> Self {
        match kind {
            SourceKind::OwnNode | SourceKind::OwnFile => Standing::Claimed,
            SourceKind::CollectiveList | SourceKind::ThirdPartyList | SourceKind::FoundList => {
                Standing::Reported
            }
            SourceKind::Observation => Standing::Unknown,
        }
    }
}

worded!(Standing {
    Unknown = "unknown",
    Reported = "reported",
    Claimed = "claimed",
    Confirmed = "confirmed",
    Anchor = "anchor",
});
