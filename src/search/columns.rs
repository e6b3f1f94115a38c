//! The directory laid out for reading in order: small columns instead of documents.
//!
//! Services of one [`Kind`] stand in consecutive rows, and within it those near each other do: a [`Block`] of
//! neighbours says how far and how good they can be at most, so that most blocks need not be read. What a filter
//! asks of a service is one of few [`Terms`], what it asks of its hoster one of few [`Traits`], so that a
//! filter is decided once for each of these; services that no filter tells apart are [`Alike`], counted at once
//! and listed by turn.

mod layout;

use std::ops::Range;

use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::place::Coordinates;
use crate::domain::point::Point;
use crate::domain::service::{PriceKind, Registration};

use super::near::Cap;
use super::rank::{Ages, Answer};

/// The most languages that can be told apart: a set of them is one 64-bit word.
pub const MAX_LANGUAGES: usize = 64;
/// The most rows of a block: few enough to lie near each other, many enough to be worth a look at the block;
/// fewer in tests, where a kind has few rows.
pub const BLOCK_ROWS: usize = if cfg!(test) { 4 } else { 64 };

/// All rows. What is over and whoever has closed has none.
#[derive(Default)]
pub struct Columns {
    /// The distinct kinds, in the order of their rows.
    pub kinds: Vec<Kind>,
    /// The distinct terms.
    pub distinct_terms: Vec<Terms>,
    /// The distinct traits.
    pub distinct_traits: Vec<Traits>,
    /// The countries that occur.
    pub countries: Vec<CountryCode>,
    /// The languages that occur, at most [`MAX_LANGUAGES`].
    pub languages: Vec<LanguageCode>,
    /// A row for each hoster.
    pub hosters: Vec<HosterRow>,
    /// Services that no filter tells apart, kind by kind.
    pub alike: Vec<Alike>,
    /// What is alike, by position, in the order in which the first row of each comes by turn.
    pub by_turn: Vec<u32>,
    /// The same, kind by kind.
    pub by_turn_in_kinds: Vec<u32>,
    /// Neighbours of one kind, in the order of rows.
    pub blocks: Vec<Block>,
    /// Neighbours of whatever kind: their blocks say where they stand in [`around`](Self::around).
    pub blocks_around: Vec<Block>,
    /// All service rows, those near each other together, each with its kind, by position.
    pub around: Vec<(u32, u16)>,
    /// Per service row, its terms, by position.
    pub terms: Vec<u8>,
    /// Per service row, its hoster's traits, by position.
    pub traits: Vec<u32>,
    /// Per service row, the part of its score that no question changes: access, availability, freshness.
    pub base: Vec<f32>,
    /// Per service row, its place among equals today, for whoever asks from nowhere.
    pub turn: Vec<u32>,
    /// Per service row, what its turns are made from: its seed and its weight, whatever is asked.
    pub lots: Vec<(u64, f32)>,
    /// Per service row, where its hoster is.
    pub points: Vec<Point>,
    /// Per service row, what it is and what its score is made of.
    pub services: Vec<ServiceRow>,
    /// All service rows, what is alike together, by the band of their base and then by turn, the first to be
    /// shown first.
    pub alike_rows: Vec<u32>,
    /// Rows of services that people leave, each with the departure it is, by position of the first at its
    /// address; in the order of rows.
    pub departures: Vec<(u32, u16)>,
}

/// Which need a service serves with which software: few distinct pairs, so what words and needs have to do
/// with services is decided once per kind.
pub struct Kind {
    /// The need it is offered for, by position.
    pub need: u8,
    /// What it runs, by position.
    pub software: Option<u16>,
    /// All needs it serves, directly or through a suite, as a set of bits.
    pub serves: u128,
    /// Its service rows.
    pub rows: Range<u32>,
    /// Its blocks, by position.
    pub blocks: Range<u32>,
    /// What is alike in it, by position.
    pub alike: Range<u32>,
}

/// What filters ask of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Terms {
    /// How to get in.
    pub registration: Option<Registration>,
    /// What it costs.
    pub price: Option<PriceKind>,
}

/// What filters ask of a hoster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Traits {
    /// How this directory regards it.
    pub standing: Standing,
    /// Its country, by position.
    pub country: Option<u16>,
    /// Languages it answers in, as a set of bits.
    pub languages: u64,
}

/// What is asked of a hoster rather than of each of its services.
pub struct HosterRow {
    /// Where it stands in the directory that was given.
    pub position: u32,
    /// Where its name comes in the alphabet.
    pub name_rank: u32,
    /// Where it is.
    pub coordinates: Option<Coordinates>,
}

/// Services of one kind that no filter tells apart.
pub struct Alike {
    /// Their kind, by position.
    pub kind: u16,
    /// Their terms, by position.
    pub terms: u8,
    /// Their hosters' traits, by position.
    pub traits: u32,
    /// Where their rows stand in [`alike_rows`](Columns::alike_rows).
    pub rows: Range<u32>,
}

/// Services that lie near each other.
pub struct Block {
    /// Their rows, or where these stand.
    pub rows: Range<u32>,
    /// The greatest base among them.
    pub most_base: f32,
    /// The greatest weight among them.
    pub most_weight: f32,
    /// Where their hosters are; none if nobody knows.
    pub cap: Option<Cap>,
}

/// One service, in a few bytes.
pub struct ServiceRow {
    /// Where it stands in the directory that was given.
    pub position: u32,
    /// Its hoster's row.
    pub hoster: u32,
    /// The factor for getting in, before how it answers a need.
    pub access: f32,
    /// The factor for how reliably it answers.
    pub availability: f32,
    /// The day its facts were seen, in days since 1970; 0 if nobody wrote it down.
    pub seen: u16,
    /// Whether its facts still count.
    pub ages: Ages,
}

impl Alike {
    /// How many there are.
    pub fn services(&self) -> u32 {
        self.rows.len() as u32
    }

    /// The positions of their kind, terms and traits.
    #[inline]
    pub fn positions(&self) -> [usize; 3] {
        let (kind, terms) = (usize::from(self.kind), usize::from(self.terms));
        [kind, terms, self.traits as usize]
    }
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

impl Columns {
    /// The blocks of a kind.
    pub fn blocks_of(&self, kind: &Kind) -> &[Block] {
        &self.blocks[kind.blocks.start as usize..kind.blocks.end as usize]
    }

    /// What is alike in a kind.
    pub fn alike_in(&self, kind: &Kind) -> &[Alike] {
        &self.alike[kind.alike.start as usize..kind.alike.end as usize]
    }

    /// All that is alike, that first of which one comes first by turn.
    pub fn alike_by_turn(&self) -> impl Iterator<Item = &Alike> {
        self.by_turn.iter().map(|at| &self.alike[*at as usize])
    }

    /// The same in a kind.
    pub fn alike_by_turn_in(&self, kind: &Kind) -> impl Iterator<Item = &Alike> {
        let positions = kind.alike.start as usize..kind.alike.end as usize;
        let positions = self.by_turn_in_kinds[positions].iter();
        positions.map(|at| &self.alike[*at as usize])
    }

    /// Rows of services that are alike, by turn.
    pub fn rows_of(&self, alike: &Alike) -> &[u32] {
        &self.alike_rows[alike.rows.start as usize..alike.rows.end as usize]
    }

    /// The rows of a block of whatever kind, each with its kind, by position.
    pub fn around_in(&self, block: &Block) -> &[(u32, u16)] {
        &self.around[block.rows.start as usize..block.rows.end as usize]
    }

    /// The kind of a service row, by position.
    pub fn kind_of(&self, row: u32) -> usize {
        self.kinds.partition_point(|kind| kind.rows.end <= row)
    }

    /// The hoster of a service row.
    pub fn hoster_of(&self, row: u32) -> &HosterRow {
        &self.hosters[self.services[row as usize].hoster as usize]
    }

    /// The rows of services that are one of `departures`, in order.
    pub fn rows_of_departures(&self, departures: &[u16]) -> Vec<u32> {
        let is_one = |(_, departure): &&(u32, u16)| departures.contains(departure);
        let rows = self.departures.iter().filter(is_one);
        rows.map(|(row, _)| *row).collect()
    }

    /// Bytes held on the heap, for the figures in BENCHMARKS.md.
    pub fn heap_bytes(&self) -> usize {
        let numbers = [&self.traits, &self.turn, &self.alike_rows];
        let rows = numbers.map(Vec::capacity).iter().sum::<usize>() * size_of::<u32>()
            + self.terms.capacity()
            + self.around.capacity() * size_of::<(u32, u16)>()
            + self.base.capacity() * size_of::<f32>()
            + self.lots.capacity() * size_of::<(u64, f32)>()
            + self.points.capacity() * size_of::<Point>()
            + self.services.capacity() * size_of::<ServiceRow>();
        rows + self.kinds.capacity() * size_of::<Kind>()
            + self.distinct_traits.capacity() * size_of::<Traits>()
            + self.hosters.capacity() * size_of::<HosterRow>()
            + (self.blocks.capacity() + self.blocks_around.capacity()) * size_of::<Block>()
            + self.alike.capacity() * (size_of::<Alike>() + 2 * size_of::<u32>())
    }
}
