//! Guesses at a question that names nothing as it is written: words run apart, beginnings, misspellings,
//! single words of phrases. A guess that is not the only one is none.

use super::asked::Asked;
use super::gathered::Gathered;
use super::vocabulary::Known;
use super::{Phrases, Surroundings, phrases};

/// The most words of a question that are guessed at.
const MAX_GUESSED_WORDS: usize = 4;
/// The fewest letters of a word that alone says what a phrase it stands in names.
const TELLING_FROM_CHARS: usize = 5;

impl Phrases {
    /// What the question names if some of its words are read as others.
    pub(super) fn guess<'a>(
        &'a self,
        asked: &mut Asked<'a>,
        is_of_place: impl Fn(usize) -> bool,
        known: &Surroundings,
    ) -> Option<Gathered> {
        let is_strange = |at: &usize| {
            let text = asked.text(*at);
            asked.word(*at).known.is_none()
                && !is_of_place(*at)
                && !text.bytes().any(|byte| byte.is_ascii_digit())
                && !known.hosters.begins(text)
        };
        let strange: Vec<usize> = (0..asked.len())
            .filter(is_strange)
            .take(MAX_GUESSED_WORDS)
            .collect();
        self.joined(asked)
            .or_else(|| self.begun(asked, &strange))
            .or_else(|| self.misspelt(asked, &strange))
            .or_else(|| self.hinted(asked, is_of_place, known))
    }

    /// "frama date".
    fn joined<'a>(&'a self, asked: &mut Asked<'a>) -> Option<Gathered> {
        for at in 1..asked.len() {
            let joined = format!("{}{}", asked.text(at - 1), asked.text(at));
            let known = self.vocabulary.words.get_key_value(&joined);
            if let Some((word, known)) = known.filter(|(_, known)| known.is_named) {
                asked.put_both(at, word, known);
                return self.gathered(asked);
            }
        }
        None
    }

    /// "visioconf": whatever the word may become names the same.
    fn begun<'a>(&'a self, asked: &mut Asked<'a>, strange: &[usize]) -> Option<Gathered> {
        strange.iter().find_map(|at| {
            let mut completions = self.spellings.completions(asked.text(*at));
            let length = asked.text(*at).len();
            completions.retain(|word| length * 5 >= word.len() * 3);
            self.only(asked, *at, &completions)
        })
    }

    /// "sondaje"; and where that is not enough, every strange word at once.
    fn misspelt<'a>(&'a self, asked: &mut Asked<'a>, strange: &[usize]) -> Option<Gathered> {
        let corrected: Vec<(usize, Vec<String>)> = strange
            .iter()
            .filter(|at| self.spellings.completions(asked.text(**at)).is_empty())
            .map(|at| (*at, self.spellings.corrections(asked.text(*at))))
            .filter(|(_, corrections)| !corrections.is_empty())
            .collect();
        let alone = corrected
            .iter()
            .find_map(|(at, corrections)| self.only(asked, *at, corrections));
        if alone.is_some() || corrected.len() < 2 {
            return alone;
        }
        for (at, corrections) in &corrected {
            let (word, known) = self.vocabulary.words.get_key_value(&corrections[0])?;
            asked.put(*at, word, known);
        }
        self.gathered(asked)
    }

    /// What the question names with one word read as any of these, if it is one thing: of several, the one
    /// that makes the longest phrase.
    fn only<'a>(&'a self, asked: &mut Asked<'a>, at: usize, words: &[String]) -> Option<Gathered> {
        let mut found: Vec<(Gathered, &str, &Known)> = Vec::new();
        for word in words {
            let (word, known) = self.vocabulary.words.get_key_value(word)?;
            let gathered = self.reading(asked, at, word, known);
            found.extend(gathered.map(|gathered| (gathered, word.as_str(), known)));
        }
        asked.take_back(at, &self.vocabulary);
        let longest = found.iter().map(|(gathered, ..)| gathered.words()).max()?;
        found.retain(|(gathered, ..)| gathered.words() == longest);
        let about = |gathered: &Gathered| {
            (
                gathered.departure().map(|(position, _)| position),
                gathered.need().or_else(|| gathered.need_of_software()),
                gathered.software(),
            )
        };
        let (first, word, known) = found.pop()?;
        if found
            .iter()
            .any(|(other, ..)| about(other) != about(&first))
        {
            return None;
        }
        asked.put(at, word, known);
        Some(first)
    }

    fn reading<'a>(
        &'a self,
        asked: &mut Asked<'a>,
        at: usize,
        word: &'a str,
        known: &'a Known,
    ) -> Option<Gathered> {
        asked.put(at, word, known);
        self.gathered(asked)
    }

    fn gathered(&self, asked: &Asked) -> Option<Gathered> {
        let spans = phrases::spans(asked, &self.vocabulary);
        let gathered = Gathered::new(asked, &spans, &self.vocabulary);
        (!gathered.is_nothing()).then_some(gathered)
    }

    /// A need that several words stand in the phrases of, or a word that stands in no other's.
    fn hinted(
        &self,
        asked: &Asked,
        is_of_place: impl Fn(usize) -> bool,
        known: &Surroundings,
    ) -> Option<Gathered> {
        let mut votes: Vec<(usize, f32, Vec<usize>)> = Vec::new();
        for at in 0..asked.len() {
            if asked.is_small(at) || is_of_place(at) || known.hosters.has(asked.text(at)) {
                continue;
            }
            let mut needs: Vec<usize> = asked
                .tokens(at)
                .iter()
                .flat_map(|token| self.vocabulary.needs_of(*token))
                .copied()
                .collect();
            needs.sort_unstable();
            needs.dedup();
            let is_telling = asked.text(at).chars().count() >= TELLING_FROM_CHARS;
            let is_faint = asked.word(at).known.is_some_and(|known| known.is_faint);
            let weight = match needs.len() {
                _ if is_faint => 0.5,
                1 if is_telling => 2.0,
                many => 1.0 / many.max(1) as f32 + 0.5,
            };
            for need in needs {
                match votes.iter_mut().find(|(known, ..)| *known == need) {
                    Some((_, sum, words)) => {
                        *sum += weight;
                        words.push(at);
                    }
                    None => votes.push((need, weight, vec![at])),
                }
            }
        }
        votes.sort_by(|(_, sum, _), (_, other, _)| other.total_cmp(sum));
        let (need, sum, words) = votes.first()?;
        let is_enough = words.len() > 1 || *sum >= 2.0;
        let is_only = votes.get(1).is_none_or(|(_, other, _)| other * 1.25 < *sum);
        (is_enough && is_only).then(|| Gathered::of_need(asked, words, *need))
    }
}
