//! The directory laid out for reading in order: small columns instead of documents.
//!
//! Services of one [`Kind`] stand in consecutive rows, and within it those near each other do: a [`Block`] of
//! neighbours says how far and how good they can be at most, so that most blocks need not be read. What a filter
//! asks of a service is one of few [`Terms`], what it asks of its hoster one of few [`Traits`], so that a
//! filter is decided once for each of these.

mod layout;

use std::ops::Range;

use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::place::Coordinates;
use crate::domain::service::{PriceKind, Registration};

use super::near::{Cap, Point};
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
    /// How many services of a kind have which terms and traits, kind by kind: what is alike is counted at once.
    pub alike: Vec<Alike>,
    /// Neighbours of one kind, in the order of rows.
    pub blocks: Vec<Block>,
    /// Per service row, its terms, by position.
    pub terms: Vec<u8>,
    /// Per service row, its hoster's traits, by position.
    pub traits: Vec<u32>,
    /// Per service row, the part of its score that no question changes: access, availability, freshness.
    pub base: Vec<f32>,
    /// Per service row, its place among equals today, for whoever asks from nowhere.
    pub turn: Vec<u32>,
    /// Per service row, what its turns are made from: its seed, and how much room it counts as times its base.
    pub lots: Vec<(u64, f32)>,
    /// Per service row, where its hoster is.
    pub points: Vec<Point>,
    /// Per service row, what it is and what its score is made of.
    pub services: Vec<ServiceRow>,
    /// All service rows, kind by kind, those of a kind by the band of their base and then by turn, the first
    /// to be shown first.
    pub by_turn: Vec<u32>,
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
    /// Their terms, by position.
    pub terms: u8,
    /// Their hosters' traits, by position.
    pub traits: u32,
    /// How many there are.
    pub services: u32,
}

/// Services of one kind that lie near each other.
pub struct Block {
    /// Their rows.
    pub rows: Range<u32>,
    /// The greatest base among them.
    pub most_base: f32,
    /// The most room times base among them.
    pub most_pull: f32,
    /// Where their hosters are, those whose place is known; none if none is.
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

    /// The rows of a kind in the order of [`by_turn`](Self::by_turn).
    pub fn by_turn_of(&self, kind: &Kind) -> &[u32] {
        &self.by_turn[kind.rows.start as usize..kind.rows.end as usize]
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
        let rows = self.terms.capacity() * size_of::<u8>()
            + (self.traits.capacity() + self.turn.capacity() + self.by_turn.capacity())
                * size_of::<u32>()
            + self.base.capacity() * size_of::<f32>()
            + self.lots.capacity() * size_of::<(u64, f32)>()
            + self.points.capacity() * size_of::<Point>()
            + self.services.capacity() * size_of::<ServiceRow>();
        rows + self.kinds.capacity() * size_of::<Kind>()
            + self.distinct_traits.capacity() * size_of::<Traits>()
            + self.hosters.capacity() * size_of::<HosterRow>()
            + self.blocks.capacity() * size_of::<Block>()
            + self.alike.capacity() * size_of::<Alike>()
    }
}
