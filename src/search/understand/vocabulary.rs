//! The phrases that name a departure, a need or a software, in a trie over the stems of their words.
//!
//! A branch of the trie is of one language: its edges are stems of that language, numbered once for all.
//! A word that stands in the vocabulary as it is written knows its numbers; only others are stemmed.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::search::words::Stems;

/// No phrase has a word of this stem.
pub const NO_TOKEN: u32 = u32::MAX;

/// What a phrase names, by position in the [`Taxonomy`](crate::domain::taxonomy::Taxonomy).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// A service people leave.
    Departure(usize),
    /// What they want to do.
    Need(usize),
    /// A program.
    Software(usize),
}

/// How a phrase came to mean something, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Somebody decided so, as the phrase has several meanings.
    Chosen,
    /// It is the name.
    Name,
    /// It is another word for it.
    Synonym,
    /// People say so when they have the need.
    Hint,
}

/// One meaning of a phrase.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// What it names.
    pub meaning: Meaning,
    /// How firmly.
    pub rank: Rank,
    /// Counts only where nothing else does.
    pub faint: bool,
    /// The phrase as it is written; see [`spelling`].
    pub spelling: u64,
    /// Its length, in bytes; a longer one has 255.
    pub length: u8,
    /// Its stem alone does not name it.
    pub exact: bool,
}

/// What is known of a word as it is written.
#[derive(Debug, Default, Clone)]
pub struct Known {
    /// Its stem's number in each language, or [`NO_TOKEN`].
    pub tokens: Box<[u32]>,
    /// It may stand between the words of a phrase.
    pub is_function: bool,
    /// People ask with it.
    pub is_asking: bool,
    /// It names a need only where nothing else does.
    pub is_faint: bool,
    /// It stands in a phrase.
    pub is_named: bool,
}

/// Every phrase.
#[derive(Default)]
pub struct Vocabulary {
    /// By how it is written, folded.
    pub words: HashMap<String, Known>,
    /// Phrases that hold no word of their own ("trouver"), as whole questions.
    pub whole: HashMap<String, Reading>,
    /// Names that folding would make others of ("google+"), in lower case.
    pub signs: HashMap<String, Meaning>,
    pub(super) numbers: Vec<HashMap<String, u32>>,
    pub(super) edges: HashMap<(u32, u32), u32>,
    pub(super) readings: Vec<Vec<Reading>>,
    pub(super) needs_of: HashMap<u32, Vec<usize>>,
    pub(super) stems: Stems,
}

impl Vocabulary {
    /// The trie's root.
    pub const ROOT: u32 = 0;

    /// The number of each of a word's stems, [`NO_TOKEN`] where no phrase has it, into `tokens`.
    pub fn stem(&self, folded: &str, tokens: &mut Vec<u32>) {
        let number = |(numbers, stem): (&HashMap<String, u32>, Cow<str>)| {
            numbers.get(&*stem).copied().unwrap_or(NO_TOKEN)
        };
        tokens.extend(self.numbers.iter().zip(self.stems.each(folded)).map(number));
    }

    /// Where an edge leads.
    pub fn next(&self, node: u32, token: u32) -> Option<u32> {
        self.edges.get(&(node, token)).copied()
    }

    /// What the phrase that ends at a node may mean; nothing where none ends.
    pub fn readings(&self, node: u32) -> &[Reading] {
        &self.readings[node as usize]
    }

    /// The needs in whose phrases a stem stands.
    pub fn needs_of(&self, token: u32) -> &[usize] {
        self.needs_of.get(&token).map_or(&[], Vec::as_slice)
    }
}

/// A number for words as they are written, from the [`fingerprint`](crate::domain::fingerprint::fingerprint) of each.
pub fn spelling(words: impl IntoIterator<Item = u64>) -> u64 {
    words
        .into_iter()
        .fold(0, |sum: u64, word| sum.rotate_left(7) ^ word)
}
