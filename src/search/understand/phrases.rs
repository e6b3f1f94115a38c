//! The phrases that stand in a question, and what they mean together.

use super::asked::Asked;
use super::vocabulary::{Meaning, NO_TOKEN, Rank, Reading, Vocabulary, spelling};

/// How many small words may stand between two words of a phrase.
const MOST_BETWEEN: usize = 3;

/// The most words of a phrase; longer ones are not found.
const MOST_WORDS: usize = 8;

/// Words that name something, from one to before another.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first word.
    pub start: usize,
    /// The word after the last.
    pub end: usize,
    /// How many of them belong to the phrase.
    pub words: usize,
    /// By the position of a language.
    pub language: usize,
    node: u32,
    spelling: u64,
}

/// What a span means: one departure or need, a software beside it, or several needs.
#[derive(Debug, Clone, Default)]
pub struct Sense {
    /// The departure it names.
    pub departure: Option<usize>,
    /// The needs it names, all equally.
    pub needs: Vec<usize>,
    /// The software it names.
    pub software: Option<usize>,
    /// Counts only where nothing else does.
    pub is_faint: bool,
    rank: Option<Rank>,
}

/// Every phrase of the question, longest first, of equals the first.
pub fn spans(asked: &Asked, vocabulary: &Vocabulary) -> Vec<Span> {
    let mut found = Vec::new();
    for start in 0..asked.len() {
        for language in 0..asked.tokens(start).len() {
            let mut walk = Walk {
                asked,
                vocabulary,
                language,
                start,
                path: [0; MOST_WORDS],
                found: &mut found,
            };
            walk.step(Vocabulary::ROOT, start, 0);
        }
    }
    found.sort_by_key(|span: &Span| {
        (
            std::cmp::Reverse(span.words),
            span.start,
            span.end,
            span.language,
        )
    });
    found
}

struct Walk<'w, 'a> {
    asked: &'w Asked<'a>,
    vocabulary: &'w Vocabulary,
    language: usize,
    start: usize,
    path: [usize; MOST_WORDS],
    found: &'w mut Vec<Span>,
}

impl Walk<'_, '_> {
    /// From a node after `words` words on to the word `at`, or past it if it may be skipped.
    fn step(&mut self, node: u32, at: usize, words: usize) {
        if words == MOST_WORDS {
            return;
        }
        let end = self
            .asked
            .len()
            .min(at + if words == 0 { 1 } else { MOST_BETWEEN + 1 });
        for at in at..end {
            let token = self.asked.token(at, self.language);
            let next = (token != NO_TOKEN)
                .then(|| self.vocabulary.next(node, token))
                .flatten();
            if let Some(next) = next {
                self.path[words] = at;
                if !self.vocabulary.readings(next).is_empty() {
                    let path = &self.path[..=words];
                    self.found.push(Span {
                        start: self.start,
                        end: at + 1,
                        words: words + 1,
                        language: self.language,
                        node: next,
                        spelling: spelling(path.iter().map(|at| self.asked.word(*at).print)),
                    });
                }
                self.step(next, at + 1, words + 1);
            }
            if !self.asked.is_function(at) {
                return;
            }
        }
    }
}

impl Span {
    /// One word that stands in a phrase.
    pub fn of_word(at: usize) -> Self {
        Self {
            start: at,
            end: at + 1,
            words: 1,
            language: 0,
            node: Vocabulary::ROOT,
            spelling: 0,
        }
    }

    /// Whether a word is one of its own or stands between them.
    pub fn holds(&self, at: usize) -> bool {
        (self.start..self.end).contains(&at)
    }

    /// Whether the words of both have one in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// What it means: the strongest readings, and of several needs the one that is spelt so.
    pub fn sense(&self, asked: &Asked, vocabulary: &Vocabulary) -> Sense {
        let is_exact = |reading: &Reading| reading.spelling == self.spelling;
        // "texte" is a word of ours, and not the plural of "texto".
        let is_other_word = |reading: &Reading| {
            self.words == 1
                && usize::from(reading.length) == asked.text(self.start).len()
                && asked
                    .word(self.start)
                    .known
                    .is_some_and(|known| known.is_named)
        };
        let counts =
            |reading: &&Reading| is_exact(reading) || !(reading.exact || is_other_word(reading));
        let readings = || vocabulary.readings(self.node).iter().filter(counts);
        let needs = || readings().filter(|reading| matches!(reading.meaning, Meaning::Need(_)));
        let rank = needs().map(|reading| reading.rank).min();
        let strongest = || needs().filter(|reading| Some(reading.rank) == rank);
        let spelt_so = strongest().any(is_exact);
        let mut sense = Sense {
            rank,
            ..Sense::default()
        };
        for reading in strongest().filter(|reading| !spelt_so || is_exact(reading)) {
            if let Meaning::Need(need) = reading.meaning
                && !sense.needs.contains(&need)
            {
                sense.needs.push(need);
                sense.is_faint |= reading.faint;
            }
        }
        for reading in readings() {
            match reading.meaning {
                Meaning::Departure(departure) => {
                    sense.departure.get_or_insert(departure);
                }
                // "notes" may be a program too, but is hardly ever meant to be.
                Meaning::Software(_) if reading.faint && rank.is_some() => (),
                Meaning::Software(_) if rank == Some(Rank::Name) => (),
                Meaning::Software(software) => {
                    sense.software.get_or_insert(software);
                    sense.is_faint |= reading.faint;
                }
                Meaning::Need(_) => (),
            }
        }
        if sense.departure.is_some() {
            sense.software = None;
        }
        sense
    }
}

impl Sense {
    /// That a need is spoken of.
    pub fn of_need(need: usize) -> Self {
        Self {
            needs: vec![need],
            ..Self::default()
        }
    }

    /// Joins what the same words mean in another language.
    pub fn join(&mut self, other: &Self) {
        match (self.rank, other.rank) {
            (_, None) => (),
            (Some(rank), Some(others)) if rank < others => (),
            (Some(rank), Some(others)) if rank == others => {
                let new = other.needs.iter().filter(|need| !self.needs.contains(need));
                let new: Vec<usize> = new.copied().collect();
                self.needs.extend(new);
            }
            _ => {
                self.needs.clone_from(&other.needs);
                self.rank = other.rank;
            }
        }
        self.is_faint &= other.is_faint;
    }

    /// Whether it names nothing.
    pub fn is_nothing(&self) -> bool {
        self.departure.is_none() && self.needs.is_empty() && self.software.is_none()
    }

    /// How much it says for each of its needs: more the more words it has, the fewer needs it names, and
    /// the more it is their name.
    pub fn weight(&self, words: usize) -> f32 {
        let rank = if self.rank == Some(Rank::Hint) {
            0.8
        } else {
            1.0
        };
        words as f32 * rank / self.needs.len() as f32
    }
}
