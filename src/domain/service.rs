//! A service: one thing a hoster offers. (Never ActivityStreams' `Service`, which is an actor.)

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date::PartialDate;
use super::hoster::{Hoster, HosterId};
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

/// Where formats say the version of the software, among what has no place of its own: what is seen first.
const VERSION_KEYS: [&str; 2] = ["nodeinfo:software.version", "chatonsinfos:software.version"];

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
    /// Who says all this, but for the facts named in `facts`.
    pub source: Source,
    /// Who says what another source says, by the name of the fact: `city`, `registration`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Source>,
    /// Names of the facts above that are general knowledge, read in no source.
    #[serde(default)]
    pub unsourced: Vec<Name>,
    /// Its ActivityPub object, if its hoster's node publishes it as one.
    #[serde(default)]
    pub object: Option<Link>,
    /// What its documents say that has no place above, so that it can be written back: by format and
    /// key, `chatonsinfos:organization.chatrooms.matrix`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// Days of a closing that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClosingError {
    /// Nobody can be told of an end that was.
    #[error("the end is announced after it has come")]
    AnnouncedLate,
    /// Newcomers to what is no more.
    #[error("new accounts are taken longer than the service lasts")]
    NewAccountsAfterEnd,
    /// Newcomers who could never take along what they bring.
    #[error("new accounts are taken longer than data can be taken along")]
    NewAccountsAfterExport,
}

impl Closing {
    /// Refuses days that contradict each other for sure: vague ones may mean the same day, which is
    /// fine. Data may be taken along after the end, as most do, or only before it.
    pub fn check(&self) -> Result<(), ClosingError> {
        let is_later = |day: Option<PartialDate>, than: Option<PartialDate>| {
            day.zip(than)
                .is_some_and(|(day, than)| than.is_over_by(day.first_day()))
        };
        let (newcomers, end) = (self.new_accounts_until, Some(self.on));
        if is_later(self.announced, end) {
            Err(ClosingError::AnnouncedLate)
        } else if is_later(newcomers, end) {
            Err(ClosingError::NewAccountsAfterEnd)
        } else if is_later(newcomers, self.export_until) {
            Err(ClosingError::NewAccountsAfterExport)
        } else {
            Ok(())
        }
    }
}

impl Service {
    /// Whether its announced last day has passed: it is then kept, but no longer offered.
    pub fn is_over_by(&self, day: NaiveDate) -> bool {
        self.closing
            .as_ref()
            .is_some_and(|closing| closing.on.is_over_by(day))
    }

    /// The address a visitor is sent to: its own, else its hoster's site.
    pub fn way_in<'a>(&'a self, hoster: &'a Hoster) -> Option<&'a Link> {
        self.url.as_ref().or(hoster.website.as_ref())
    }

    /// Who says a fact, by its name.
    pub fn source_of(&self, fact: &str) -> &Source {
        self.facts.get(fact).unwrap_or(&self.source)
    }

    /// The version of what it runs, as NodeInfo or its ChatonsInfos file has it.
    pub fn version(&self) -> Option<Name> {
        let text = VERSION_KEYS.iter().find_map(|key| self.other.get(*key))?;
        Name::parse(text.trim_matches('"')).ok()
    }

    /// Whether `fact` is general knowledge that no source gives.
    pub fn is_unsourced(&self, fact: &str) -> bool {
        self.unsourced.iter().any(|name| name.as_str() == fact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(days: &str) -> Result<(), ClosingError> {
        let [announced, new, export, on] = days.split(' ').collect::<Vec<_>>()[..] else {
            panic!("four days");
        };
        let day = |text: &str| (text != "-").then(|| PartialDate::parse(text).unwrap());
        let closing = Closing {
            on: day(on).unwrap(),
            note: None,
            source: None,
            announced: day(announced),
            new_accounts_until: day(new),
            export_until: day(export),
            successor: None,
        };
        closing.check()
    }

    #[test]
    fn days_of_a_closing_may_be_the_same_or_vague_but_not_in_the_wrong_order() {
        for days in [
            "- - - 2027",
            "2027-01-31 2027-01-31 2027-01-31 2027-01-31",
            "2026-11-23 2027-01-31 2027-03-31 2027-01-31",
            // Data may have to be taken along before the end.
            "2026-11-23 2027-01-01 2027-01-15 2027-01-31",
            "- 2027-06 - 2027",
            "2027 2027 2027 2027-06",
        ] {
            assert_eq!(checked(days), Ok(()), "{days}");
        }
        for (days, error) in [
            ("2028 - - 2027", ClosingError::AnnouncedLate),
            (
                "- 2027-02-01 - 2027-01-31",
                ClosingError::NewAccountsAfterEnd,
            ),
            ("- 2028 - 2027", ClosingError::NewAccountsAfterEnd),
            (
                "- 2027-01-31 2027-01-30 2027-03",
                ClosingError::NewAccountsAfterExport,
            ),
        ] {
            assert_eq!(checked(days), Err(error), "{days}");
        }
    }
}
