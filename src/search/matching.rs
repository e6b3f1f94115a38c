//! How well the words of a question match each service.

use std::ops::Range;

use super::columns::{Columns, Kind};
use super::lexicon::{Lexicon, Meant, Named, Quality};

/// A word that names a need matches a suite that also serves it so many times worse.
const THROUGH_SUITE: Quality = 3;
/// So many rows are matched at a time: their qualities stay in the processor's nearest memory. Fewer in tests,
/// where there are few rows.
const BLOCK: usize = if cfg!(test) { 16 } else { 1024 };

/// The words of a question, looked up.
pub struct Words<'a> {
    words: Vec<Word<'a>>,
    /// How many there are, those that nothing matches included.
    asked: usize,
}

/// What one word matches.
struct Word<'a> {
    /// Per kind, how well the word names it; 0 if it does not.
    kinds: Vec<Quality>,
    /// Rows that hold it or what it may stand for; each list in order.
    lists: Vec<(&'a [u32], Quality)>,
}

/// How much of the words something matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matched {
    /// How many of the words.
    pub words: u8,
    /// The sum over all words of the best match of each.
    pub quality: u16,
}

impl FromIterator<Quality> for Matched {
    /// From how well each word matches, 0 being not at all.
    fn from_iter<Words: IntoIterator<Item = Quality>>(words: Words) -> Self {
        words.into_iter().fold(Self::default(), |sum, best| Self {
            words: sum.words + u8::from(best > 0),
            quality: sum.quality + u16::from(best),
        })
    }
}

impl<'a> Words<'a> {
    /// Looks words up.
    pub fn new(words: &[String], lexicon: &'a Lexicon, columns: &Columns) -> Self {
        let look_up = |word: &String| {
            let meant = lexicon.matches(word);
            let lists = meant.iter().filter(|meant| !meant.rows.is_empty());
            let named = named_by(&meant);
            let kinds = columns.kinds.iter();
            Word {
                kinds: kinds.map(|kind| quality_of(kind, &named)).collect(),
                lists: lists.map(|meant| (meant.rows, meant.quality)).collect(),
            }
        };
        Self {
            words: words.iter().map(look_up).collect(),
            asked: words.len(),
        }
    }

    /// Turns a sum of qualities into the factor for words, 0 to 1.
    pub fn shares(&self) -> impl Fn(u16) -> f32 + use<> {
        let whole = self.asked as f32 * f32::from(Quality::MAX);
        move |quality| f32::from(quality) / whole
    }

    /// What all rows of a kind match, because words name it.
    pub fn of_kind(&self, kind: usize) -> Matched {
        self.words.iter().map(|word| word.kinds[kind]).collect()
    }

    /// Visits each row that holds a word, in order, with its kind and all that it matches.
    pub fn each_row(mut self, columns: &Columns, mut visit: impl FnMut(u32, usize, Matched)) {
        let rows = columns.services.len();
        let mut best = vec![[0; BLOCK]; self.words.len()];
        let mut holds = [false; BLOCK];
        let mut kind = 0;
        for start in (0..rows).step_by(BLOCK) {
            let block = start as u32..(start + BLOCK).min(rows) as u32;
            let mut is_any = false;
            for (word, best) in self.words.iter_mut().zip(&mut best) {
                is_any |= word.best_in(&block, best, &mut holds);
            }
            if !is_any {
                continue;
            }
            for row in block {
                let at = row as usize - start;
                if !std::mem::take(&mut holds[at]) {
                    continue;
                }
                if !columns.kinds[kind].rows.contains(&row) {
                    kind = columns.kind_of(row);
                }
                let words = self.words.iter().zip(&mut best);
                let each = words.map(|(word, best)| {
                    let held = std::mem::take(&mut best[at]);
                    held.max(word.kinds[kind])
                });
                visit(row, kind, each.collect());
            }
        }
    }
}

impl Word<'_> {
    /// Notes which rows of the next block hold it and how well, and says whether any does.
    fn best_in(
        &mut self,
        block: &Range<u32>,
        best: &mut [Quality; BLOCK],
        holds: &mut [bool; BLOCK],
    ) -> bool {
        let mut is_any = false;
        for (rows, quality) in &mut self.lists {
            while let Some((row, rest)) = rows.split_first()
                && *row < block.end
            {
                is_any = true;
                let at = (row - block.start) as usize;
                holds[at] = true;
                best[at] = best[at].max(*quality);
                *rows = rest;
            }
        }
        is_any
    }
}

/// What of the vocabulary the words that may be meant name, each with how well.
fn named_by(meant: &[Meant]) -> Vec<(Named, Quality)> {
    let named = meant.iter().flat_map(|meant| {
        let of_word = meant.vocabulary.iter();
        of_word.map(|named| (*named, meant.quality))
    });
    named.collect()
}

/// How well the services of a kind match what a word names; 0 if they do not.
fn quality_of(kind: &Kind, named: &[(Named, Quality)]) -> Quality {
    let qualities = named.iter().map(|(named, quality)| match *named {
        Named::Software(software) if kind.software == Some(software) => *quality,
        Named::Need(need) if kind.need == need => *quality,
        Named::Need(need) if kind.serves >> need & 1 == 1 => *quality / THROUGH_SUITE,
        Named::Software(_) | Named::Need(_) => 0,
    });
    qualities.max().unwrap_or(0)
}
