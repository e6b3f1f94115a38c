//! Lays a directory out in columns for one day.

mod rows;

use std::collections::HashMap;
use std::hash::Hash;

use chrono::NaiveDate;

use crate::domain::fingerprint::fingerprint;
use crate::domain::fold::fold;
use crate::domain::hoster::HosterStatus;
use crate::domain::need::{AlsoServes, NeedId, Software};
use crate::domain::place::Coordinates;
use crate::domain::point::Point;
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;
use crate::search::Contents;
use crate::search::draw;
use crate::search::fair::{self, Turns};
use crate::search::rank::{self, Ages};

use super::{Columns, HosterRow, Kind, MAX_LANGUAGES, ServiceRow, Terms, Traits};

/// A service on its way to its row.
struct Draft {
    kind: u32,
    /// Where it is, so that those near each other come together; those whose place is unknown last.
    square: u64,
    terms: u8,
    traits: u32,
    point: Point,
    seed: u64,
    room: f32,
    departure: Option<u16>,
    row: ServiceRow,
}

impl Draft {
    /// How much it weighs among its equals, whatever is asked.
    fn weight(&self) -> f32 {
        fair::weight(self.room * base(&self.row))
    }

    /// All that filters ask: its kind, its terms and its hoster's traits.
    fn filtered(&self) -> (u32, u8, u32) {
        (self.kind, self.terms, self.traits)
    }
}

/// Each distinct value once, numbered as they come.
struct Numbered<T> {
    numbers: HashMap<T, usize>,
    values: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            values: Vec::new(),
        }
    }
}

impl<T: Copy + Eq + Hash> Numbered<T> {
    fn number(&mut self, value: T) -> usize {
        *self.numbers.entry(value).or_insert_with(|| {
            self.values.push(value);
            self.values.len() - 1
        })
    }
}

impl Columns {
    /// Lays out a directory for one day.
    pub fn build(taxonomy: &Taxonomy, contents: &Contents, today: NaiveDate) -> Self {
        let mut columns = Self::default();
        let traits = columns.add_hosters(contents);
        let mut drafts = columns.draft(taxonomy, contents, today, &traits);
        drafts.sort_unstable_by_key(|draft| (draft.kind, draft.square, draft.row.position));
        columns.add_turns(&drafts, Turns::new(today.to_epoch_days().into(), None));
        columns.add_around(&drafts);
        columns.add_services(drafts);
        columns.add_blocks();
        columns
    }

    /// Adds every hoster that works, and says by identifier to which row each went and which traits it has.
    fn add_hosters<'a>(&mut self, contents: &Contents<'a>) -> HashMap<&'a str, (u32, u32)> {
        let ranks = alphabetical(contents);
        let mut rows = HashMap::with_capacity(contents.hosters.len());
        let (mut countries, mut languages) = (Numbered::default(), Numbered::default());
        let mut traits = Numbered::default();
        for (position, hoster) in contents.hosters.iter().enumerate() {
            if hoster.status == HosterStatus::Closed {
                continue;
            }
            let bits = hoster.languages.iter().map(|language| {
                let bit = languages.number(*language) as u32;
                1_u64.checked_shl(bit).unwrap_or(0)
            });
            let of_hoster = Traits {
                standing: contents.standings[position],
                languages: bits.fold(0, |set, bit| set | bit),
                country: hoster
                    .place
                    .country
                    .map(|country| countries.number(country) as u16),
            };
            let row = (self.hosters.len() as u32, traits.number(of_hoster) as u32);
            rows.insert(hoster.id.as_str(), row);
            self.hosters.push(HosterRow {
                position: position as u32,
                name_rank: ranks[position],
                coordinates: hoster.place.coordinates,
            });
        }
        self.distinct_traits = traits.values;
        self.countries = countries.values;
        self.languages = languages.values;
        self.languages.truncate(MAX_LANGUAGES);
        rows
    }

    /// Drafts a row for every service that is offered, and adds the kinds and terms they have.
    fn draft(
        &mut self,
        taxonomy: &Taxonomy,
        contents: &Contents,
        today: NaiveDate,
        hosters: &HashMap<&str, (u32, u32)>,
    ) -> Vec<Draft> {
        let (mut kinds, mut terms) = (Numbered::default(), Numbered::default());
        let mut drafts = Vec::with_capacity(contents.services.len());
        let mut offered: HashMap<(u32, usize), u32> = HashMap::new();
        for (position, service) in contents.services.iter().enumerate() {
            let hoster = hosters.get(service.hoster.as_str());
            let need = taxonomy.need_position(service.need.as_str());
            let (Some((hoster, traits)), Some(need)) = (hoster, need) else {
                continue;
            };
            if service.is_over_by(today) {
                continue;
            }
            let software = service.software.as_ref();
            let software = software.and_then(|id| taxonomy.software_position(id.as_str()));
            let at = self.hosters[*hoster as usize].coordinates;
            let left = |url| taxonomy.departure_position_at(url);
            let row = service_row(service, position, *hoster, contents, today);
            if row.access > rank::NO_WAY_IN {
                *offered.entry((*hoster, need)).or_default() += 1;
            }
            drafts.push(Draft {
                kind: kinds.number((need, software)) as u32,
                square: at.map_or(u64::MAX, square),
                terms: terms.number(Terms {
                    registration: service.registration,
                    price: service.price.as_ref().map(|price| price.kind),
                }) as u8,
                traits: *traits,
                point: at.map_or(Point::UNKNOWN, Point::of),
                seed: fingerprint(service.id.as_str().as_bytes()),
                room: draw::room(service, row.ages),
                departure: service.url.as_ref().and_then(left).map(|at| at as u16),
                row,
            });
        }
        // Ten pads of one hoster are no ten lots.
        for draft in &mut drafts {
            let need = kinds.values[draft.kind as usize].0;
            let among = offered.get(&(draft.row.hoster, need));
            draft.room = fair::shared(draft.room, among.copied().unwrap_or(1));
        }
        self.distinct_terms = terms.values;
        self.kinds = (kinds.values.iter())
            .map(|(need, software)| kind(taxonomy, *need, *software))
            .collect();
        drafts
    }
}

/// The number of a place's square, of about two kilometres; squares near each other have numbers near each
/// other, as a rule (Z-order: the bits of both coordinates in turn).
fn square(at: Coordinates) -> u64 {
    let bits = |degrees: f64, all: f64| ((degrees / all + 0.5) * f64::from(1 << 14)) as u64;
    let (north, east) = (bits(at.latitude(), 180.0), bits(at.longitude(), 360.0));
    let spread = |bits: u64| (0..15).fold(0, |spread, bit| spread | (bits >> bit & 1) << (2 * bit));
    spread(north) << 1 | spread(east)
}

/// Where each hoster's name comes in the alphabet, by position.
fn alphabetical(contents: &Contents) -> Vec<u32> {
    let mut by_name: Vec<usize> = (0..contents.hosters.len()).collect();
    by_name.sort_by_cached_key(|position| fold(contents.hosters[*position].name.as_str()));
    let mut ranks = vec![0; by_name.len()];
    for (rank, position) in by_name.into_iter().enumerate() {
        ranks[position] = rank as u32;
    }
    ranks
}

/// The part of a score that no question changes.
fn base(row: &ServiceRow) -> f32 {
    row.access * row.availability * rank::freshness(row.ages.record)
}

fn service_row(
    service: &Service,
    position: usize,
    hoster: u32,
    contents: &Contents,
    today: NaiveDate,
) -> ServiceRow {
    let ages = Ages::of(service, today);
    let seen = service.source.seen;
    let seen = seen.map_or(0, |seen| seen.first_day().to_epoch_days());
    ServiceRow {
        position: position as u32,
        hoster,
        access: rank::access(service, ages),
        availability: rank::availability(contents.availability[position]),
        seen: seen.clamp(0, i32::from(u16::MAX)) as u16,
        ages,
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
        rows: 0..0,
        blocks: 0..0,
        alike: 0..0,
    }
}

/// Whether a service offered for `need` offers all of its software: a Nextcloud offered as a group
/// workspace does, one offered for meeting polls (by its part "Polls") does not.
fn stands_for_whole(software: &Software, need: &NeedId) -> bool {
    let by_itself = |also: &AlsoServes| also.need == *need && also.with.is_none();
    software.need == *need || software.also.iter().any(by_itself)
}
