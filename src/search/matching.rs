//! How well the words of a question match each service.

use std::ops::Range;

use super::columns::{Columns, Kind};
use super::lexicon::{Lexicon, Meant, Named, Quality};

/// A word that names a need matches a suite that also serves it so many times worse.
const THROUGH_SUITE: Quality = 3;
/// So many rows are matched at a time: their counts stay in the processor's nearest memory.
const BLOCK: usize = 1024;

/// The words of a question, looked up.
pub struct Words<'a> {
    words: Vec<Word<'a>>,
    /// How many there are, those that nothing matches included.
    asked: usize,
}

/// What one word matches.
struct Word<'a> {
    /// Rows of kinds that it names, in order.
    ranges: Vec<(Range<u32>, Quality)>,
    /// Rows that hold it or what it may stand for; each list in order.
    lists: Vec<(&'a [u32], Quality)>,
}

/// A service row that matches at least one word.
pub struct Match {
    /// The row.
    pub row: u32,
    /// How many of the words it matches.
    pub words: u8,
    /// The sum over all words of the best match of each.
    pub quality: u16,
}

impl<'a> Words<'a> {
    /// Looks words up.
    pub fn new(words: &[String], lexicon: &'a Lexicon, columns: &Columns) -> Self {
        let look_up = |word: &String| {
            let meant = lexicon.matches(word);
            let lists = meant.iter().filter(|meant| !meant.rows.is_empty());
            let ranges = columns.kinds.iter().filter_map(|kind| {
                let quality = quality_of(kind, &meant)?;
                Some((kind.rows.clone(), quality))
            });
            Word {
                ranges: ranges.collect(),
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

    /// Visits each of so many rows that matches a word, in order.
    pub fn each_match(mut self, rows: usize, mut visit: impl FnMut(Match)) {
        let mut quality = [0_u16; BLOCK];
        let mut matched = [0_u8; BLOCK];
        let mut best = [0; BLOCK];
        for start in (0..rows).step_by(BLOCK) {
            let block = start as u32..(start + BLOCK).min(rows) as u32;
            let mut is_touched = false;
            for word in &mut self.words {
                if !word.best_in(&block, &mut best) {
                    continue;
                }
                is_touched = true;
                for (at, best) in best.iter_mut().enumerate() {
                    quality[at] += u16::from(*best);
                    matched[at] += u8::from(*best > 0);
                    *best = 0;
                }
            }
            if !is_touched {
                continue;
            }
            for row in block {
                let at = row as usize - start;
                if matched[at] > 0 {
                    visit(Match {
                        row,
                        words: matched[at],
                        quality: quality[at],
                    });
                }
            }
            quality.fill(0);
            matched.fill(0);
        }
    }
}

impl Word<'_> {
    /// Notes how well it matches each row of the next block, and says whether it matches any.
    fn best_in(&mut self, block: &Range<u32>, best: &mut [Quality; BLOCK]) -> bool {
        let mut is_any = false;
        for (rows, quality) in &self.ranges {
            let start = rows.start.max(block.start);
            let end = rows.end.min(block.end);
            if start < end {
                is_any = true;
                let [start, end] = [start, end].map(|row| (row - block.start) as usize);
                best[start..end].fill(*quality);
            }
        }
        for (rows, quality) in &mut self.lists {
            while let Some((row, rest)) = rows.split_first()
                && *row < block.end
            {
                is_any = true;
                let known = &mut best[(row - block.start) as usize];
                *known = (*known).max(*quality);
                *rows = rest;
            }
        }
        is_any
    }
}

/// How well the services of a kind match one of the words that may be meant, if they do.
fn quality_of(kind: &Kind, meant: &[Meant]) -> Option<Quality> {
    let named = |meant: &Meant| {
        let qualities = meant.vocabulary.iter().map(|named| match *named {
            Named::Software(software) if kind.software == Some(software) => meant.quality,
            Named::Need(need) if kind.need == need => meant.quality,
            Named::Need(need) if kind.serves >> need & 1 == 1 => meant.quality / THROUGH_SUITE,
            Named::Software(_) | Named::Need(_) => 0,
        });
        qualities.max()
    };
    let best = meant.iter().filter_map(named).max();
    best.filter(|quality| *quality > 0)
}
