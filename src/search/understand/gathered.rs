//! What the phrases of a question say together: which of them count, and what for.

use super::asked::Asked;
use super::phrases::{Sense, Span};
use super::vocabulary::Vocabulary;

/// The phrases that count.
#[derive(Default)]
pub struct Gathered {
    phrases: Vec<Phrase>,
    /// Those that count only if nothing else does.
    faint: Vec<Phrase>,
    departure: Option<(usize, Span)>,
    taken: Vec<bool>,
}

struct Phrase {
    span: Span,
    sense: Sense,
    /// One bit for each language it is a phrase of.
    languages: u32,
}

impl Gathered {
    /// The longest phrases first, each word in one of them; the first departure counts even inside a
    /// longer phrase ("discord voice").
    pub fn new(asked: &Asked, spans: &[Span], vocabulary: &Vocabulary) -> Self {
        let mut gathered = Self {
            taken: vec![false; asked.len()],
            ..Self::default()
        };
        for span in spans {
            let same =
                |known: &&mut Phrase| (known.span.start, known.span.end) == (span.start, span.end);
            let Self { phrases, faint, .. } = &mut gathered;
            let sense = span.sense(asked, vocabulary);
            if let Some(known) = phrases.iter_mut().chain(faint).find(same) {
                known.languages |= 1 << span.language;
                known.sense.join(&sense);
                continue;
            }
            if sense.is_nothing() {
                continue;
            }
            gathered.add(*span, sense);
        }
        gathered
    }

    fn add(&mut self, span: Span, sense: Sense) {
        let is_free = !self.phrases.iter().any(|known| known.span.overlaps(&span));
        if let (Some(departure), None) = (sense.departure, self.departure) {
            self.departure = Some((departure, span));
        }
        let phrase = Phrase {
            languages: 1 << span.language,
            span,
            sense,
        };
        match (
            is_free,
            phrase.sense.is_faint && phrase.sense.departure.is_none(),
        ) {
            (true, false) => self.take(phrase),
            (true, true) => self.faint.push(phrase),
            (false, _) => (),
        }
    }

    fn take(&mut self, phrase: Phrase) {
        self.taken[phrase.span.start..phrase.span.end].fill(true);
        self.phrases.push(phrase);
    }

    /// That these words speak of a need.
    pub fn of_need(asked: &Asked, words: &[usize], need: usize) -> Self {
        let mut gathered = Self {
            taken: vec![false; asked.len()],
            ..Self::default()
        };
        for at in words {
            gathered.take(Phrase {
                span: Span::of_word(*at),
                sense: Sense::of_need(need),
                languages: 0,
            });
        }
        gathered
    }

    /// Lets the faint phrases count, if beside them there are only small words and the place.
    pub fn take_faint(&mut self, asked: &Asked, is_of_place: impl Fn(usize) -> bool) {
        let is_faint = |at| self.faint.iter().any(|phrase| phrase.span.holds(at));
        let mut words = 0..asked.len();
        if words.all(|at| asked.is_small(at) || is_of_place(at) || is_faint(at)) {
            for phrase in std::mem::take(&mut self.faint) {
                if !self
                    .phrases
                    .iter()
                    .any(|known| known.span.overlaps(&phrase.span))
                {
                    self.take(phrase);
                }
            }
        }
    }

    /// No phrase counts.
    pub fn is_nothing(&self) -> bool {
        self.phrases.is_empty() && self.departure.is_none()
    }

    /// The departure, and its words.
    pub fn departure(&self) -> Option<(usize, Span)> {
        self.departure
    }

    /// The software, where no departure is named by the same words.
    pub fn software(&self) -> Option<usize> {
        self.phrases.iter().find_map(|phrase| phrase.sense.software)
    }

    /// The need that most is said of, of equals the first; `None` where only one phrase speaks of it, and
    /// of others as much.
    pub fn need(&self) -> Option<usize> {
        let speaking = || {
            self.phrases
                .iter()
                .filter(|phrase| phrase.speaks_of_needs())
        };
        let mut best: Option<(f32, usize, usize)> = None;
        for phrase in speaking() {
            for need in &phrase.sense.needs {
                let of_it = || speaking().filter(|phrase| phrase.sense.needs.contains(need));
                let weight: f32 = of_it()
                    .map(|phrase| phrase.sense.weight(phrase.span.words))
                    .sum();
                let first = of_it().map(|phrase| phrase.span.start).min().unwrap_or(0);
                let is_better = best
                    .is_none_or(|(known, at, _)| weight > known || (weight == known && first < at));
                if is_better {
                    best = Some((weight, first, *need));
                }
            }
        }
        let (weight, first, need) = best?;
        let is_as_good = |other: &usize| {
            let of_it = || speaking().filter(|phrase| phrase.sense.needs.contains(other));
            let other_weight: f32 = of_it()
                .map(|phrase| phrase.sense.weight(phrase.span.words))
                .sum();
            *other != need
                && other_weight == weight
                && of_it().map(|phrase| phrase.span.start).min() == Some(first)
        };
        let mut others = speaking().flat_map(|phrase| &phrase.sense.needs);
        (!others.any(is_as_good)).then_some(need)
    }

    /// The need that the software's name also names.
    pub fn need_of_software(&self) -> Option<usize> {
        let phrase = self
            .phrases
            .iter()
            .find(|phrase| phrase.sense.software.is_some())?;
        match phrase.sense.needs[..] {
            [need] => Some(need),
            _ => None,
        }
    }

    /// Whether a word is one of those that name a need.
    pub fn names(&self, at: usize, need: usize) -> bool {
        self.phrases.iter().any(|phrase| {
            phrase.speaks_of_needs() && phrase.sense.needs.contains(&need) && phrase.span.holds(at)
        })
    }

    /// Whether a word is one of those that name a software.
    pub fn is_software(&self, at: usize) -> bool {
        let mut phrases = self.phrases.iter();
        phrases.any(|phrase| phrase.sense.software.is_some() && phrase.span.holds(at))
    }

    /// Whether a word belongs to a phrase that did not count.
    pub fn is_faint(&self, at: usize) -> bool {
        self.faint.iter().any(|phrase| phrase.span.holds(at))
    }

    /// For each word, whether it belongs to a phrase that counts.
    pub fn taken(&self) -> &[bool] {
        &self.taken
    }

    /// The languages of the first, longest phrase, one bit each; 0 where there is none.
    pub fn languages(&self) -> u32 {
        self.phrases.first().map_or(0, |phrase| phrase.languages)
    }

    /// How many words its phrases have.
    pub fn words(&self) -> usize {
        self.phrases.iter().map(|phrase| phrase.span.words).sum()
    }
}

impl Phrase {
    /// A software's name is looked up; it names a need only where nothing else does.
    fn speaks_of_needs(&self) -> bool {
        self.sense.software.is_none() && self.sense.departure.is_none()
    }
}
