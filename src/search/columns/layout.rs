//! Lays a directory out in columns for one day.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

use chrono::NaiveDate;

use crate::domain::fingerprint::fingerprint;
use crate::domain::fold::fold;
use crate::domain::hoster::HosterStatus;
use crate::domain::need::{AlsoServes, NeedId, Software};
use crate::domain::place::Coordinates;
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;
use crate::search::Contents;
use crate::search::draw;
use crate::search::fair::{self, Turns};
use crate::search::near::{Cap, Point};
use crate::search::rank::{self, Ages};

use super::{
    Alike, BLOCK_ROWS, Block, Columns, HosterRow, Kind, MAX_LANGUAGES, ServiceRow, Terms, Traits,
};

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
        columns.add_services(drafts, Turns::new(today.to_epoch_days().into(), None));
        columns.add_blocks();
        columns.add_alike();
        columns.add_turns();
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
                point: Point::of(at).unwrap_or(Point::UNKNOWN),
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

    /// Adds a row for each draft.
    fn add_services(&mut self, drafts: Vec<Draft>, turns: Turns) {
        let count = drafts.len();
        self.terms.reserve_exact(count);
        self.traits.reserve_exact(count);
        self.base.reserve_exact(count);
        self.turn.reserve_exact(count);
        self.lots.reserve_exact(count);
        self.points.reserve_exact(count);
        self.services.reserve_exact(count);
        for (row, draft) in drafts.into_iter().enumerate() {
            let row = row as u32;
            let rows = &mut self.kinds[draft.kind as usize].rows;
            if rows.end == 0 {
                rows.start = row;
            }
            rows.end = row + 1;
            let departure = draft.departure.map(|departure| (row, departure));
            self.departures.extend(departure);
            self.terms.push(draft.terms);
            self.traits.push(draft.traits);
            let base = base(&draft.row);
            let pull = draft.room * base;
            self.base.push(base);
            self.turn.push(turns.of(draft.seed, pull));
            self.lots.push((draft.seed, pull));
            self.points.push(draft.point);
            self.services.push(draft.row);
        }
    }

    fn add_blocks(&mut self) {
        for kind in &mut self.kinds {
            kind.blocks.start = self.blocks.len() as u32;
            for start in kind.rows.clone().step_by(BLOCK_ROWS) {
                let rows = start..(start + BLOCK_ROWS as u32).min(kind.rows.end);
                let at = rows.start as usize..rows.end as usize;
                let bases = self.base[at.clone()].iter();
                let pulls = self.lots[at.clone()].iter().map(|(_, pull)| *pull);
                self.blocks.push(Block {
                    rows,
                    most_base: bases.copied().fold(0.0, f32::max),
                    most_pull: pulls.fold(0.0, f32::max),
                    cap: Cap::of(&self.points[at]),
                });
            }
            kind.blocks.end = self.blocks.len() as u32;
        }
    }

    fn add_alike(&mut self) {
        let mut keys = Vec::new();
        for kind in &mut self.kinds {
            let rows = kind.rows.start as usize..kind.rows.end as usize;
            keys.clear();
            keys.extend(rows.map(|row| (self.terms[row], self.traits[row])));
            keys.sort_unstable();
            kind.alike.start = self.alike.len() as u32;
            self.alike
                .extend(keys.chunk_by(|one, next| one == next).map(|same| Alike {
                    terms: same[0].0,
                    traits: same[0].1,
                    services: same.len() as u32,
                }));
            kind.alike.end = self.alike.len() as u32;
        }
    }

    fn add_turns(&mut self) {
        self.by_turn = (0..self.services.len() as u32).collect();
        for kind in &self.kinds {
            let rows = kind.rows.start as usize..kind.rows.end as usize;
            self.by_turn[rows].sort_unstable_by_key(|row| {
                let at = *row as usize;
                Reverse((fair::band(1.0, self.base[at]), self.turn[at], Reverse(*row)))
            });
        }
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
