//! Where `/go` sent people within thirty days, in words; small numbers are not told.

use crate::catalogue::{Edition, Shares};

use super::locale::Locale;

/// A hoster and its part of all who were sent.
pub struct ShareLine<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its part, in words.
    pub share: String,
    /// For how many people it says that it is made, in words.
    pub room: Option<String>,
}

/// One hoster's part.
pub struct Share<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// In whole per cent; `None` if it is too little to be told.
    pub percent: Option<u64>,
    /// For how many people it says that it is made: its largest service.
    pub people: Option<u32>,
}

/// Every hoster to which anybody was sent and that this edition knows, the most first.
pub fn shares<'a>(edition: &'a Edition, shares: &Shares) -> Vec<Share<'a>> {
    let known = shares.hosters.iter().filter_map(|(id, times)| {
        let position = edition.hoster_position(id)?;
        let hoster = &edition.hosters[position];
        let declared = edition.services_of(position);
        let declared = declared.filter_map(|service| service.capacity?.people);
        Some(Share {
            id: hoster.id.as_str(),
            name: hoster.name.as_str(),
            percent: shares.percent(*times),
            people: declared.max(),
        })
    });
    known.collect()
}

impl<'a> ShareLine<'a> {
    /// Puts a share into words.
    pub fn new(share: &Share<'a>, l: &Locale) -> Self {
        Self {
            id: share.id,
            name: share.name,
            share: match share.percent {
                Some(percent) => l.percent(percent as f32 / 100.0),
                None => l.with("about.sent.fewer", "n", Shares::LEAST_TOLD),
            },
            room: share
                .people
                .map(|people| l.count("about.sent.room", people as usize)),
        }
    }
}
