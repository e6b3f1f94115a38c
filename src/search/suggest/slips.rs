//! Beginnings with slips of the pen: a letter more, less, another, or two in the wrong order.
//!
//! A walk along what was typed: before the slip and after it everything is as typed, so most of it is
//! halving; only where the slip may be are the letters tried that are there. Unlike an automaton over all
//! names it finds stretches, of which the best come first, however many begin so.

use std::ops::Range;

use super::beginnings::Beginnings;

/// The most steps of one walk: more than the vocabulary takes, and a bound for names in writings of thousands
/// of letters.
const MAX_STEPS: usize = 5_000;

/// The stretches of names that begin with `folded` but for as many slips; they may overlap. Where two are
/// made, the first letter is right: else half of all names would have to be tried.
pub fn misspelt(beginnings: &Beginnings, folded: &str, slips: usize) -> Vec<Range<usize>> {
    Walk::of(beginnings, folded, slips).found
}

struct Walk<'a> {
    beginnings: &'a Beginnings,
    found: Vec<Range<usize>>,
    steps: usize,
}

impl<'a> Walk<'a> {
    fn of(beginnings: &'a Beginnings, folded: &str, slips: usize) -> Self {
        let mut walk = Self {
            beginnings,
            found: Vec::new(),
            steps: 0,
        };
        let right = match slips {
            0 | 1 => 0,
            _ => folded.chars().next().map_or(0, char::len_utf8),
        };
        let (right, rest) = folded.split_at(right);
        walk.on(beginnings.stretch(right), right.len(), rest, slips);
        walk
    }

    /// Goes on in a stretch whose first `depth` bytes are alike, with what is still to come.
    fn on(&mut self, stretch: Range<usize>, depth: usize, rest: &str, slips: usize) {
        self.steps += 1;
        if stretch.is_empty() || self.steps > MAX_STEPS {
            return;
        }
        if slips == 0 || rest.is_empty() {
            let found = self.beginnings.narrowed(stretch, depth, rest);
            if !found.is_empty() {
                self.found.push(found);
            }
            return;
        }
        let mut letters = rest.chars();
        let (Some(typed), after) = (letters.next(), letters.as_str()) else {
            return;
        };
        // One too many.
        self.on(stretch.clone(), depth, after, slips - 1);
        // Two in the wrong order.
        if let (Some(next), after) = (letters.next(), letters.as_str())
            && next != typed
        {
            let swapped: String = [next, typed].iter().collect();
            let part = self.beginnings.narrowed(stretch.clone(), depth, &swapped);
            self.on(part, depth + swapped.len(), after, slips - 1);
        }
        let beginnings = self.beginnings;
        for (letter, part) in beginnings.letters_after(stretch, depth) {
            if self.steps > MAX_STEPS {
                break;
            }
            let depth = depth + letter.len_utf8();
            if letter == typed {
                self.on(part, depth, after, slips);
            } else {
                // Another letter, or one that was left out.
                self.on(part.clone(), depth, after, slips - 1);
                self.on(part, depth, rest, slips - 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;
    use crate::domain::taxonomy::Taxonomy;
    use crate::search::suggest::beginnings::Collector;
    use crate::search::suggest::vocabulary::Vocabulary;

    #[test]
    fn a_walk_through_the_vocabulary_comes_to_its_end() {
        let taxonomy = Taxonomy::embedded();
        let needs = Vocabulary::of_needs(&taxonomy, Language::French);
        let departures = Vocabulary::of_departures(&taxonomy);
        let long = "partager des fichiers avec quelques personnes et discuter";
        for text in [
            long,
            "framadatabase",
            "sondagedates",
            "cccccccccccc",
            "aeiouaei",
        ] {
            for vocabulary in [&needs, &departures] {
                let steps = Walk::of(&vocabulary.names, text, 2).steps;
                assert!(steps < MAX_STEPS, "{text}: {steps}");
            }
        }
    }

    #[test]
    fn a_walk_ends_after_so_many_steps_whatever_hosters_call_themselves() {
        let mut collector = Collector::default();
        for letter in ('\u{4e00}'..).take(20_000) {
            collector.add(&format!("{letter}{letter}"), [], "");
        }
        let names = collector.finish();
        let walk = Walk::of(&names, "xyzzy", 1);
        assert!(
            (MAX_STEPS..MAX_STEPS + 10).contains(&walk.steps),
            "{}",
            walk.steps
        );
    }
}
