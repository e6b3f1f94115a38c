//! A service: one thing a hoster offers. (Never ActivityStreams' `Service`, which is an actor.)

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::date::PartialDate;
use super::hoster::HosterId;
use super::localized::Localized;
use super::need::{NeedId, SoftwareId};
use super::provenance::Source;
use super::slug::slug_type;
use super::text::{Link, Name};
use super::word::worded;

slug_type!(
    /// A service's identifier in this directory: `zaclys-framadate`.
    ServiceId
);

/// One thing a hoster offers. Facts are as its source gives them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Its identifier, as in addresses.
    pub id: ServiceId,
    /// Who offers it.
    pub hoster: HosterId,
    /// Its name.
    pub name: Name,
    /// Where to use it; where missing, the hoster's site is the way in.
    #[serde(default)]
    pub url: Option<Link>,
    /// The need it serves.
    pub need: NeedId,
    /// What it runs.
    #[serde(default)]
    pub software: Option<SoftwareId>,
    /// How to get in.
    #[serde(default)]
    pub registration: Option<Registration>,
    /// What it costs.
    #[serde(default)]
    pub price: Option<Price>,
    /// Whether there is room.
    #[serde(default)]
    pub capacity: Option<Capacity>,
    /// Its announced end.
    #[serde(default)]
    pub closing: Option<Closing>,
    /// Anything else worth knowing.
    #[serde(default)]
    pub note: Option<Localized>,
    /// Who says all this.
    pub source: Source,
    /// Names of the facts above that are general knowledge, read in no source.
    #[serde(default)]
    pub unsourced: Vec<Name>,
    /// Its ActivityPub object, if its hoster's node publishes it as one.
    #[serde(default)]
    pub object: Option<Link>,
}

/// How to get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Registration {
    /// Needs no account.
    None,
    /// An account, open to all.
    Free,
    /// An account, on request.
    Request,
    /// For members.
    Members,
    /// For those who pay.
    Paid,
    /// Nobody new gets in.
    Closed,
}

worded!(Registration {
    None = "none",
    Free = "free",
    Request = "request",
    Members = "members",
    Paid = "paid",
    Closed = "closed",
});

/// What a service costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// The kind of price, to filter by.
    pub kind: PriceKind,
    /// The price in the hoster's words.
    #[serde(default)]
    pub text: Option<Localized>,
}

/// The kinds of price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PriceKind {
    /// Nothing.
    Free,
    /// What one chooses to give.
    Donation,
    /// Comes with membership.
    Membership,
    /// A set price.
    Paid,
}

worded!(PriceKind {
    Free = "free",
    Donation = "donation",
    Membership = "membership",
    Paid = "paid",
});

/// Whether there is room, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// Room for newcomers now.
    pub room: Option<Room>,
    /// How many people it is made for, if said.
    pub people: Option<u32>,
}

/// Room for newcomers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Room {
    /// Takes newcomers.
    Open,
    /// Full for now.
    Full,
}

worded!(Room {
    Open = "open",
    Full = "full",
});

/// The announced end of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Its last day, as exactly as it was announced.
    pub on: PartialDate,
    /// What was said about it.
    #[serde(default)]
    pub note: Option<Localized>,
    /// Where it was announced.
    #[serde(default)]
    pub source: Option<Name>,
    /// When it was announced.
    #[serde(default)]
    pub announced: Option<PartialDate>,
    /// The last day on which newcomers get in.
    #[serde(default)]
    pub new_accounts_until: Option<PartialDate>,
    /// The last day on which people can take their data along.
    #[serde(default)]
    pub export_until: Option<PartialDate>,
    /// Who takes over, if the hoster names somebody.
    #[serde(default)]
    pub successor: Option<Link>,
}

impl Service {
    /// Whether its announced last day has passed: it is then kept, but no longer offered.
    pub fn is_over_by(&self, day: NaiveDate) -> bool {
        self.closing
            .as_ref()
            .is_some_and(|closing| closing.on.is_over_by(day))
    }

    /// Whether `fact` is general knowledge that no source gives.
    pub fn is_unsourced(&self, fact: &str) -> bool {
        self.unsourced.iter().any(|name| name.as_str() == fact)
    }
}
