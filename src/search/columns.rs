//! The directory laid out for reading in order: small columns instead of documents.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::collective::Standing;
use crate::domain::fingerprint::fingerprint;
use crate::domain::hoster::{CountryCode, Hoster, HosterStatus, LanguageCode};
use crate::domain::need::{AlsoServes, NeedId, Software};
use crate::domain::place::Coordinates;

use crate::domain::service::{PriceKind, Registration, Room};
use crate::domain::taxonomy::Taxonomy;

use super::Contents;
use super::fair;
use super::rank::{self, Ages, Answer};

/// The most languages that can be told apart: a set of them is one 64-bit word.
pub const MAX_LANGUAGES: usize = 64;

/// Which need a service serves with which software: few distinct pairs, so most questions are
/// answered once per kind instead of once per service.
pub struct Kind {
    /// The need it is offered for, by position.
    pub need: u8,
    /// What it runs, by position.
    pub software: Option<u16>,
    /// All needs it serves, directly or through a suite, as a set of bits.
    pub serves: u128,
}

impl Kind {
    /// How it answers `need`, if it does.
    pub fn answers(&self, need: usize) -> Option<Answer> {
        if usize::from(self.need) == need {
            Some(Answer::Directly)
        } else {
            (self.serves >> need & 1 == 1).then_some(Answer::ThroughSuite)
        }
    }
}

/// What is asked of a hoster rather than of each of its services.
pub struct HosterRow {
    /// Where it stands in the directory that was given.
    pub position: u32,
    /// How this directory regards it.
    pub standing: Standing,
    /// Its country, by position.
    pub country: Option<u16>,
    /// Languages it answers in, as a set of bits.
    pub languages: u64,
    /// Where it is.
    pub coordinates: Option<Coordinates>,
    /// Where its name comes in the alphabet.
    pub name_rank: u32,
}

/// One service, in a few bytes.
pub struct ServiceRow {
    /// Where it stands in the directory that was given.
    pub position: u32,
    /// Its hoster's row.
    pub hoster: u32,
    /// Its place among equals today.
    pub turn: u32,
    /// Its kind.
    pub kind: u16,
    /// The departure it is itself, if people leave it: by position of the first at its address.
    pub departure: Option<u16>,
    /// The day its facts were seen, in days since 1970; 0 if nobody wrote it down.
    pub seen: u16,
    /// How to get in.
    pub registration: Option<Registration>,
    /// What it costs.
    pub price: Option<PriceKind>,
    /// Whether there is room.
    pub room: Option<Room>,
    /// Whether its end is announced.
    pub end: End,
    /// Whether its facts still count.
    pub ages: Ages,
    /// The factor for how reliably it answers.
    pub availability: f32,
}

/// Whether the end of a service is announced; what is over has no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nobody has announced one.
    None,
    /// It will end.
    Announced,
}

/// All rows. What is over and whoever has closed has none.
pub struct Columns {
    /// The distinct kinds.
    pub kinds: Vec<Kind>,
    /// The countries that occur.
    pub countries: Vec<CountryCode>,
    /// The languages that occur, at most [`MAX_LANGUAGES`].
    pub languages: Vec<LanguageCode>,
    /// A row for each hoster.
    pub hosters: Vec<HosterRow>,
    /// A row for each service.
    pub services: Vec<ServiceRow>,
}

impl Columns {
    /// Lays out a directory for one day.
    pub fn build(taxonomy: &Taxonomy, contents: &Contents, today: NaiveDate) -> Self {
        let mut columns = Self {
            kinds: vec![],
            countries: vec![],
            languages: vec![],
            hosters: vec![],
            services: vec![],
        };
        let hoster_rows = columns.add_hosters(contents.hosters, contents.standings);
        columns.add_services(taxonomy, contents, &hoster_rows, today);
        columns
    }

    fn add_hosters<'a>(
        &mut self,
        hosters: &'a [Arc<Hoster>],
        standings: &[Standing],
    ) -> HashMap<&'a str, u32> {
        let mut by_name: Vec<usize> = (0..hosters.len()).collect();
        by_name.sort_by_cached_key(|position| {
            crate::domain::fold::fold(hosters[*position].name.as_str())
        });
        let mut name_ranks = vec![0; hosters.len()];
        for (rank, position) in by_name.into_iter().enumerate() {
            name_ranks[position] = rank as u32;
        }
        let mut rows = HashMap::with_capacity(hosters.len());
        let (mut countries, mut languages) = (HashMap::new(), HashMap::new());
        for (position, hoster) in hosters.iter().enumerate() {
            if hoster.status == HosterStatus::Closed {
                continue;
            }
            rows.insert(hoster.id.as_str(), self.hosters.len() as u32);
            let country = hoster.place.country.map(|country| {
                *countries
                    .entry(country)
                    .or_insert_with(|| push(&mut self.countries, country) as u16)
            });
            let mut language_set = 0;
            for language in &hoster.languages {
                let bit = *languages
                    .entry(*language)
                    .or_insert_with(|| push(&mut self.languages, *language));
                language_set |= 1_u64.checked_shl(bit as u32).unwrap_or(0);
            }
            self.hosters.push(HosterRow {
                position: position as u32,
                standing: standings[position],
                country,
                languages: language_set,
                coordinates: hoster.place.coordinates,
                name_rank: name_ranks[position],
            });
        }
        self.languages.truncate(MAX_LANGUAGES);
        rows
    }

    fn add_services(
        &mut self,
        taxonomy: &Taxonomy,
        contents: &Contents,
        hoster_rows: &HashMap<&str, u32>,
        today: NaiveDate,
    ) {
        let day = today.to_epoch_days();
        let mut kinds = HashMap::new();
        let services = contents.services.iter().zip(&contents.availability);
        self.services.reserve_exact(services.len());
        for (position, (service, availability)) in services.enumerate() {
            let Some(hoster) = hoster_rows.get(service.hoster.as_str()) else {
                continue;
            };
            let Some(need) = taxonomy.need_position(service.need.as_str()) else {
                continue;
            };
            if service.is_over_by(today) {
                continue;
            }
            let software = service
                .software
                .as_ref()
                .and_then(|id| taxonomy.software_position(id.as_str()));
            let kind = *kinds
                .entry((need, software))
                .or_insert_with(|| push(&mut self.kinds, kind(taxonomy, need, software)) as u16);
            let seen = service
                .source
                .seen
                .map_or(0, |seen| seen.first_day().to_epoch_days());
            self.services.push(ServiceRow {
                position: position as u32,
                hoster: *hoster,
                turn: fair::turn(fingerprint(service.id.as_str().as_bytes()), i64::from(day)),
                kind,
                departure: service
                    .url
                    .as_ref()
                    .and_then(|url| taxonomy.departure_position_at(url))
                    .map(|at| at as u16),
                seen: seen.clamp(0, i32::from(u16::MAX)) as u16,
                registration: service.registration,
                price: service.price.as_ref().map(|price| price.kind),
                room: service.capacity.and_then(|capacity| capacity.room),
                end: match service.closing {
                    Some(_) => End::Announced,
                    None => End::None,
                },
                ages: Ages::of(service, today),
                availability: rank::availability(*availability),
            });
        }
    }

    /// Bytes held on the heap, for the figures in BENCHMARKS.md.
    pub fn heap_bytes(&self) -> usize {
        self.kinds.capacity() * size_of::<Kind>()
            + self.hosters.capacity() * size_of::<HosterRow>()
            + self.services.capacity() * size_of::<ServiceRow>()
    }
}

fn kind(taxonomy: &Taxonomy, need: usize, software: Option<usize>) -> Kind {
    let mut serves = 1 << need;
    let suite = software.map(|at| &taxonomy.software()[at]);
    if let Some(suite) = suite.filter(|suite| stands_for_whole(suite, &taxonomy.needs()[need].id)) {
        for id in std::iter::once(&suite.need).chain(suite.also.iter().map(|also| &also.need)) {
            serves |= taxonomy
                .need_position(id.as_str())
                .map_or(0, |position| 1_u128 << position);
        }
    }
    Kind {
        need: need as u8,
        software: software.map(|software| software as u16),
        serves,
    }
}

/// Whether a service offered for `need` offers all of its software: a Nextcloud offered as a group
/// workspace does, one offered for meeting polls (by its part "Polls") does not.
fn stands_for_whole(software: &Software, need: &NeedId) -> bool {
    let by_itself = |also: &AlsoServes| also.need == *need && also.with.is_none();
    software.need == *need || software.also.iter().any(by_itself)
}

/// Appends and says where.
fn push<T>(items: &mut Vec<T>, item: T) -> usize {
    items.push(item);
    items.len() - 1
}
