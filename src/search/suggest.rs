//! What somebody may mean while typing: departures, needs, software, hosters and places in one list.

mod beginnings;
mod slips;
mod suggestion;
mod towns;
mod turns;
mod vocabulary;

use std::sync::Arc;

use crate::domain::fold::fold;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::hoster::Hoster;
use crate::domain::localized::Language;
use crate::domain::need::Names;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::typo;

use beginnings::{At, Beginnings, Collector};
use towns::Towns;
use turns::Turns;
use vocabulary::Vocabulary;

pub use suggestion::{Suggestion, SuggestionKind};
pub use turns::SHOWN;

/// The most suggestions one answer holds.
pub const MAX_SUGGESTIONS: usize = 20;
/// The longest beginning that is looked up, in characters.
pub const MAX_PREFIX_CHARS: usize = 60;
/// How many slips a hoster's name may have: there are too many hosters to look for more at every key.
const MAX_SLIPS_OF_HOSTERS: usize = 1;

/// Where suggestions come from.
pub struct Sources<'a> {
    /// The needs, software and departures the [`Suggestions`] were made of.
    pub taxonomy: &'a Taxonomy,
    /// Every hoster.
    pub hosters: &'a [Arc<Hoster>],
    /// Those that are suggested, by position, in the order the [`Suggestions`] were made of.
    pub listed: &'a [usize],
    /// The places.
    pub gazetteer: &'a Gazetteer,
}

/// Names that can be begun or misspelt.
#[derive(Default)]
pub struct Suggestions {
    departures: Vocabulary,
    needs: Names<Vocabulary>,
    software: Vocabulary,
    /// Its entries are hosters in the order they were given.
    hosters: Beginnings,
}

/// How well a name answers what was typed; the better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    /// It is one of its names.
    Whole(At),
    /// It begins one of its names or words.
    Begun(At),
    /// It begins one but for a slip.
    Misspelt(At),
    /// It begins a small town's, which nobody means who is asked what they need.
    SmallTown,
}

impl Suggestions {
    /// Collects every name of the vocabulary, and of hosters in the order equals among them are shown.
    pub fn new(taxonomy: &Taxonomy, hosters: &[&Hoster]) -> Self {
        let mut named = Collector::default();
        for hoster in hosters {
            named.add(hoster.name.as_str(), [], hoster.id.as_str());
        }
        Self {
            departures: Vocabulary::of_departures(taxonomy),
            needs: Names {
                fr: Vocabulary::of_needs(taxonomy, Language::French),
                en: Vocabulary::of_needs(taxonomy, Language::English),
            },
            software: Vocabulary::of_software(taxonomy),
            hosters: named.finish(),
        }
    }

    /// What begins like `text`; where nothing does, what is a slip of the pen off. Best first, kinds taking
    /// turns.
    pub fn suggest<'a>(
        &self,
        text: &str,
        language: Language,
        limit: usize,
        sources: &Sources<'a>,
    ) -> Vec<Suggestion<'a>> {
        let typed = bounded(text);
        let folded = fold(typed);
        if folded.is_empty() {
            return Vec::new();
        }
        let mut turns = Turns::default();
        self.add_named(&folded, 0, language, sources, &mut turns);
        let nothing_named = turns.is_empty();
        let towns = Towns {
            gazetteer: sources.gazetteer,
            language,
        };
        let begun = towns.begun(typed, |words| self.is_named(words, language));
        // Who has written a whole name made no slip.
        let is_written = |(_, town): &(Match, Suggestion)| match town {
            Suggestion::Place { before, .. } => {
                !before.is_empty() || fold(&town.label(language)) == folded
            }
            _ => false,
        };
        let is_right = !nothing_named || begun.iter().any(is_written);
        turns.extend(begun);
        if !is_right && typo::slips(&folded) > 0 {
            self.add_named(&folded, 1, language, sources, &mut turns);
            if turns.is_empty() {
                turns.extend(towns.misspelt(typed));
            }
            if turns.is_empty() && typo::slips(&folded) > 1 {
                self.add_named(&folded, 2, language, sources, &mut turns);
            }
        }
        turns.taken(limit.min(MAX_SUGGESTIONS))
    }

    /// Slugs of departures whose name or slug is close to `text`.
    pub fn similar_departures(&self, text: &str, limit: usize) -> Vec<String> {
        self.departures.similar(text, limit)
    }

    /// Identifiers of needs whose name or identifier is close to `text`.
    pub fn similar_needs(&self, text: &str, limit: usize) -> Vec<String> {
        self.needs.fr.similar(text, limit)
    }

    /// Identifiers of software whose name or identifier is close to `text`.
    pub fn similar_software(&self, text: &str, limit: usize) -> Vec<String> {
        self.software.similar(text, limit)
    }

    /// Hosters whose name or identifier is close to `text`, by their place in the order they were given.
    pub fn similar_hosters(&self, text: &str, limit: usize) -> Vec<usize> {
        let folded = fold(bounded(text));
        if folded.is_empty() {
            return Vec::new();
        }
        let near = |slips| found(&self.hosters, &folded, slips, limit);
        let near = [
            near(0),
            near(typo::slips(&folded).min(MAX_SLIPS_OF_HOSTERS)),
        ];
        let near = near.into_iter().find(|near| !near.is_empty());
        let entries = near.into_iter().flatten().map(|(_, entry)| entry);
        entries.collect()
    }

    /// Bytes held on the heap: for the figures in BENCHMARKS.md.
    pub fn heap_bytes(&self) -> usize {
        let needs = self.needs.both().map(|needs| needs.names.heap_bytes());
        self.departures.names.heap_bytes()
            + needs.iter().sum::<usize>()
            + self.software.names.heap_bytes()
            + self.hosters.heap_bytes()
    }

    fn add_named<'a>(
        &self,
        folded: &str,
        slips: usize,
        language: Language,
        sources: &Sources<'a>,
        turns: &mut Turns<'a>,
    ) {
        let taxonomy = sources.taxonomy;
        let departures = self.departures.found(folded, slips);
        turns.extend(
            departures.map(|(how, at)| (how, Suggestion::Departure(&taxonomy.departures()[at]))),
        );
        let needs = self.needs.get(language).found(folded, slips);
        turns.extend(needs.map(|(how, at)| (how, Suggestion::Need(&taxonomy.needs()[at]))));
        let software = self.software.found(folded, slips);
        turns.extend(
            software.map(|(how, at)| (how, Suggestion::Software(&taxonomy.software()[at]))),
        );
        if slips <= MAX_SLIPS_OF_HOSTERS {
            let hosters = found(&self.hosters, folded, slips, MAX_SUGGESTIONS).into_iter();
            let hoster = |entry: usize| &sources.hosters[sources.listed[entry]];
            turns.extend(hosters.map(|(how, entry)| (how, Suggestion::Hoster(hoster(entry)))));
        }
    }

    /// Whether a name of the vocabulary has these words at its end, or at its beginning.
    fn is_named(&self, folded: &str, language: Language) -> bool {
        let vocabularies = [&self.departures, self.needs.get(language), &self.software];
        vocabularies
            .iter()
            .any(|vocabulary| vocabulary.names.has_words(folded))
    }
}

/// What begins like `folded`, or does but for slips; each entry once, best first.
fn found(names: &Beginnings, folded: &str, slips: usize, limit: usize) -> Vec<(Match, usize)> {
    let mut found: Vec<(Match, usize)> = Vec::new();
    let mut add = |answers: &mut dyn Iterator<Item = (Match, usize)>| {
        for (how, entry) in answers {
            if found.len() == limit {
                break;
            }
            if !found.iter().any(|(_, known)| *known == entry) {
                found.push((how, entry));
            }
        }
    };
    if slips > 0 {
        let near = slips::misspelt(names, folded, slips);
        add(&mut names
            .in_order(near)
            .map(|(at, entry)| (Match::Misspelt(at), entry)));
        return found;
    }
    let stretch = names.stretch(folded);
    let whole = names.in_order([names.whole(stretch.clone(), folded)]);
    let whole = whole.take_while(|(at, _)| *at < At::LaterWord);
    add(&mut whole.map(|(at, entry)| (Match::Whole(at), entry)));
    add(&mut names
        .in_order([stretch])
        .map(|(at, entry)| (Match::Begun(at), entry)));
    found
}

/// As much of a text as is looked up.
fn bounded(text: &str) -> &str {
    let end = text.char_indices().nth(MAX_PREFIX_CHARS);
    &text[..end.map_or(text.len(), |(end, _)| end)]
}

#[cfg(test)]
mod tests;
