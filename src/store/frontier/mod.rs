//! Where the crawler goes: hosts, each asked by one worker at a time, and what is asked of each.
//!
//! The unit of leasing is the host, so that it is asked politely whoever asks: while a lease lasts nobody
//! else makes a request, and when it ends the host has its rest before the next. A lease that nobody ended,
//! since its worker died, lasts longer than any request of that worker could, so the same holds for it.

mod again;
mod around;
mod faults;
mod lease;
mod look;
mod outcome;
mod record;
mod sow;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::domain::host::Host;
use crate::domain::hoster::HosterId;
use crate::domain::word::worded;
use crate::formats::{Format, nodeinfo};

pub(super) use again::heard_from_peer;
pub use again::{
    AGAIN_AFTER, MAX_NEW_PER_HOUR, MAX_NEW_PER_HOUR_OF_PEER, MAX_PAGES_FOR_WISHES, Wish,
};
pub use around::{MAX_HOSTS_SHOWN, MAX_TARGETS_SHOWN, Seen, SeenTarget};
pub use faults::{Fault, Faults, MAX_FAULTS};
pub use look::{Frontier, Trouble};
pub use outcome::{LogEntry, MAX_LOG, Outcome};
pub(super) use record::NEVER;
pub use record::{Left, MAX_HOSTS_PER_DOMAIN, MAX_TARGETS_PER_HOST, Recorded, Then, Visited};
pub(super) use sow::plan;

/// How many hosts of one registered domain are asked at once: they are mostly one machine.
pub const MAX_LEASED_PER_DOMAIN: u32 = 4;
/// How many targets of a host are handed out with one lease; the others come with the next.
pub const MAX_TARGETS_PER_LEASE: u32 = 50;
/// How long the bounds on what is read of one host last, and then begin anew.
pub const ROUND: TimeDelta = TimeDelta::hours(20);
/// How often in a row a host was out of reach when it counts as dead: then it is asked once a week.
pub const DEAD_AFTER: u32 = 4;

/// Whose turn comes first where many are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The operator named it.
    Seed,
    /// Somebody's document lists it as a hoster's site.
    Listed,
    /// Some document mentions it.
    Heard,
}

worded!(Priority {
    Seed = "seed",
    Listed = "listed",
    Heard = "heard",
});

/// Why a target is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// To read what is there.
    Read(Format),
    /// To see whether it is up.
    Probe,
}

/// An address to be visited, as somebody names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sown {
    /// The address.
    pub url: Url,
    /// Why it is to be asked.
    pub purpose: Purpose,
    /// How early its host's turn comes; a host that has an earlier one keeps it.
    pub priority: Priority,
    /// Which document led there; `None` for the operator.
    pub led_by: Option<Url>,
    /// The hoster whose it is, where that document says so.
    pub of: Option<HosterId>,
    /// Over how many documents.
    pub depth: u32,
    /// Which page of a collection it is, from 0.
    pub page: u32,
    /// Whether a redirect led there.
    pub redirected: bool,
}

/// What is asked of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where.
    pub url: Url,
    /// Why.
    pub purpose: Purpose,
    /// The hoster whose it is, where the document that led here says so.
    pub of: Option<HosterId>,
    /// Over how many documents we came.
    pub depth: u32,
    /// Which page of a collection it is, from 0.
    pub page: u32,
    /// Whether a redirect led here.
    pub redirected: bool,
    /// The tag of what was read last (RFC 9110 §8.8.3).
    pub etag: Option<String>,
    /// When that changed, as its server wrote it (RFC 9110 §8.8.2).
    pub last_modified: Option<String>,
    /// How often in a row it was asked in vain.
    pub fails: u32,
    /// Its last visits, the last first, up to [`MAX_LOG`].
    pub log: Vec<LogEntry>,
}

/// What a host's robots.txt says to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// What is in it for us, as such a file.
    pub text: String,
    /// When that was read.
    pub read_at: DateTime<Utc>,
}

/// What was read of a host in its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Requests.
    pub pages: u32,
    /// Hosters, services and leads that its documents held.
    pub items: u32,
    /// Bytes of its documents.
    pub bytes: u64,
}

/// A host for one worker alone, and what is due there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The host.
    pub host: Host,
    /// Which lease this is.
    pub lease: i64,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// How early its turn came.
    pub priority: Priority,
    /// How many rounds in a row it was out of reach.
    pub fails: u32,
    /// What its robots.txt says; `None` if nobody read it yet.
    pub rules: Option<Rules>,
    /// Whether it asked to be left out.
    pub is_opted_out: bool,
    /// When its round began.
    pub round_at: DateTime<Utc>,
    /// What was read of it since.
    pub spent: Spent,
    /// What is due there, what waits longest first.
    pub targets: Vec<Target>,
}

impl Sown {
    /// The first place where a site may say what it offers, whichever page of it is named, as the operator
    /// would name it.
    pub fn site(page: &Url, priority: Priority) -> Option<Self> {
        let links = page.join(nodeinfo::LINKS_PATH).ok()?;
        Some(Self::read(links, Format::NodeInfoLinks, priority))
    }

    /// A document to be read, as the operator would name it.
    pub fn read(url: Url, format: Format, priority: Priority) -> Self {
        Self {
            url,
            purpose: Purpose::Read(format),
            priority,
            led_by: None,
            of: None,
            depth: 0,
            page: 0,
            redirected: false,
        }
    }
}

impl Priority {
    fn number(self) -> i64 {
        self as i64
    }

    fn of(number: i64) -> Self {
        match number {
            0 => Self::Seed,
            1 => Self::Listed,
            _ => Self::Heard,
        }
    }
}

impl Purpose {
    /// The word in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Probe => "probe",
        }
    }

    /// What is read, if anything is.
    pub fn format(self) -> Option<Format> {
        match self {
            Self::Read(format) => Some(format),
            Self::Probe => None,
        }
    }
}
