//! What somebody may mean while typing: departures, needs, software and hosters in one list.

use std::collections::BTreeMap;
use std::sync::Arc;

use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Map, Streamer};

use crate::domain::fold::fold;
use crate::domain::hoster::Hoster;
use crate::domain::localized::Language;
use crate::domain::need::Names;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::Name;
use crate::domain::typo;
use crate::domain::word::worded;

/// The most suggestions one answer holds.
pub const MAX_SUGGESTIONS: usize = 20;
/// The longest beginning that is looked up, in characters.
pub const MAX_PREFIX_CHARS: usize = 60;
/// How many keys of hosters one beginning may touch; there are always fewer in the vocabulary.
const MAX_HOSTER_KEYS: usize = 200;

/// What a suggestion names; in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuggestionKind {
    /// A service people leave.
    Departure,
    /// A need.
    Need,
    /// A software.
    Software,
    /// A hoster.
    Hoster,
}

worded!(SuggestionKind {
    Departure = "departure",
    Need = "need",
    Software = "software",
    Hoster = "hoster",
});

/// One thing somebody may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What it names.
    pub kind: SuggestionKind,
    /// Its identifier.
    pub id: String,
    /// Its name in both languages.
    pub label: Names<String>,
}

/// Names that can be begun or misspelt.
pub struct Suggestions {
    entries: Vec<Suggestion>,
    vocabulary: Keys,
    hosters: Keys,
}

/// Folded beginnings → what they name. A name can be begun at each of its words.
struct Keys {
    automaton: Map<Vec<u8>>,
    /// Per key: the entry, and whether the key is the beginning of its name.
    names: Vec<Vec<(u32, At)>>,
}

/// Where in a name a key begins; a beginning of the whole name is the better match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    /// The beginning of the name that is shown.
    Label,
    /// The beginning of another name for it.
    OtherName,
    /// A later word of any name.
    LaterWord,
}

impl Suggestions {
    /// Collects every name of the vocabulary and of the hosters.
    pub fn new(taxonomy: &Taxonomy, hosters: &[Arc<Hoster>]) -> Self {
        let mut collector = Collector::default();
        for departure in taxonomy.departures() {
            let id = departure.slug.as_str();
            let label = same(&departure.name);
            collector.add(SuggestionKind::Departure, id, label, &departure.aliases);
        }
        for need in taxonomy.needs() {
            let label = Names {
                fr: need.name.fr.to_string(),
                en: need.name.en.to_string(),
            };
            let synonyms = need.synonyms.all();
            collector.add(SuggestionKind::Need, need.id.as_str(), label, synonyms);
        }
        for software in taxonomy.software() {
            let id = software.id.as_str();
            let label = same(&software.name);
            collector.add(SuggestionKind::Software, id, label, &software.aliases);
        }
        let vocabulary = collector.take_keys();
        for hoster in hosters {
            let label = same(&hoster.name);
            collector.add(SuggestionKind::Hoster, hoster.id.as_str(), label, []);
        }
        Self {
            vocabulary,
            hosters: collector.take_keys(),
            entries: collector.entries,
        }
    }

    /// What begins like `text`; where nothing does, what is one letter off. Best first.
    pub fn suggest(&self, text: &str, language: Language, limit: usize) -> Vec<&Suggestion> {
        let folded = fold(&text.chars().take(MAX_PREFIX_CHARS).collect::<String>());
        if folded.is_empty() {
            return Vec::new();
        }
        let mut found = self
            .vocabulary
            .search(Str::new(&folded).starts_with(), usize::MAX);
        found.extend(
            self.hosters
                .search(Str::new(&folded).starts_with(), MAX_HOSTER_KEYS),
        );
        if found.is_empty() {
            found = self.misspelt(&folded);
        }
        let mut best: BTreeMap<u32, At> = BTreeMap::new();
        for (entry, at) in found {
            best.entry(entry)
                .and_modify(|known| *known = at.min(*known))
                .or_insert(at);
        }
        let mut ranked: Vec<(At, &Suggestion)> = best
            .into_iter()
            .map(|(entry, at)| (at, &self.entries[entry as usize]))
            .collect();
        ranked.sort_by_key(|(at, suggestion)| {
            (*at, suggestion.kind, suggestion.label.get(language).len())
        });
        ranked
            .into_iter()
            .map(|(_, suggestion)| suggestion)
            .take(limit)
            .collect()
    }

    /// Slugs of departures whose name or slug is close to `text`.
    pub fn similar_departures(&self, text: &str, limit: usize) -> Vec<String> {
        self.similar(SuggestionKind::Departure, text, limit)
    }

    /// Identifiers of needs whose name or identifier is close to `text`.
    pub fn similar_needs(&self, text: &str, limit: usize) -> Vec<String> {
        self.similar(SuggestionKind::Need, text, limit)
    }

    /// Identifiers of software whose name or identifier is close to `text`.
    pub fn similar_software(&self, text: &str, limit: usize) -> Vec<String> {
        self.similar(SuggestionKind::Software, text, limit)
    }

    fn similar(&self, kind: SuggestionKind, text: &str, limit: usize) -> Vec<String> {
        let close = self.suggest(text, Language::French, usize::MAX);
        close
            .into_iter()
            .filter(|near| near.kind == kind)
            .map(|near| near.id.clone())
            .take(limit)
            .collect()
    }

    fn misspelt(&self, folded: &str) -> Vec<(u32, At)> {
        let search = |keys: &Keys, max_keys| Some(keys.search(typo::beginning(folded)?, max_keys));
        let mut found = search(&self.vocabulary, usize::MAX).unwrap_or_default();
        found.extend(search(&self.hosters, MAX_HOSTER_KEYS).unwrap_or_default());
        found
    }
}

/// Gathers names; `BTreeMap`, because the automaton wants its keys sorted.
#[derive(Default)]
struct Collector {
    entries: Vec<Suggestion>,
    keys: BTreeMap<String, Vec<(u32, At)>>,
}

impl Collector {
    fn add<'a>(
        &mut self,
        kind: SuggestionKind,
        id: &str,
        label: Names<String>,
        other_names: impl IntoIterator<Item = &'a Name>,
    ) {
        let entry = self.entries.len() as u32;
        for name in label.both() {
            self.add_name(entry, name, At::Label);
        }
        for name in other_names {
            self.add_name(entry, name.as_str(), At::OtherName);
        }
        self.add_name(entry, id, At::OtherName);
        self.entries.push(Suggestion {
            kind,
            id: id.to_owned(),
            label,
        });
    }

    fn add_name(&mut self, entry: u32, name: &str, beginning: At) {
        let folded = fold(name);
        let later = folded
            .match_indices(' ')
            .map(|(space, _)| (space + 1, At::LaterWord));
        for (start, at) in std::iter::once((0, beginning)).chain(later) {
            if start < folded.len() {
                let names = self.keys.entry(folded[start..].to_owned()).or_default();
                names.push((entry, at));
            }
        }
    }

    fn take_keys(&mut self) -> Keys {
        let keys = std::mem::take(&mut self.keys);
        let numbered = keys
            .keys()
            .enumerate()
            .map(|(position, key)| (key, position as u64));
        let automaton =
            Map::from_iter(numbered).expect("a BTreeMap yields its keys sorted and once");
        Keys {
            automaton,
            names: keys.into_values().collect(),
        }
    }
}

impl Keys {
    fn search(&self, automaton: impl Automaton, max_keys: usize) -> Vec<(u32, At)> {
        let mut stream = self.automaton.search(automaton).into_stream();
        let mut found = Vec::new();
        let mut keys = 0;
        while let Some((_, position)) = stream.next() {
            found.extend_from_slice(&self.names[position as usize]);
            keys += 1;
            if keys == max_keys {
                break;
            }
        }
        found
    }
}

fn same(name: &Name) -> Names<String> {
    Names {
        fr: name.to_string(),
        en: name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggest(text: &str) -> Vec<(SuggestionKind, String)> {
        let suggestions = Suggestions::new(&Taxonomy::embedded(), &[]);
        let found = suggestions.suggest(text, Language::French, 5);
        found
            .into_iter()
            .map(|suggestion| (suggestion.kind, suggestion.id.clone()))
            .collect()
    }

    #[test]
    fn a_departure_is_suggested_by_its_beginning_any_word_of_it_or_nearly() {
        for text in ["framad", "Framadate", "framadte"] {
            assert!(
                suggest(text).contains(&(SuggestionKind::Departure, "framadate".into())),
                "{text}"
            );
        }
        assert!(suggest("docs").contains(&(SuggestionKind::Departure, "google-docs".into())));
    }

    #[test]
    fn what_is_named_so_comes_before_what_is_also_called_so() {
        assert_eq!(suggest("sond")[0], (SuggestionKind::Need, "polls".into()));
    }

    #[test]
    fn needs_are_suggested_by_their_synonyms() {
        assert!(suggest("sondage").contains(&(SuggestionKind::Need, "polls".into())));
    }

    #[test]
    fn many_near_names_of_another_kind_hide_no_near_match() {
        let suggestions = Suggestions::new(&Taxonomy::embedded(), &[]);
        let all = suggestions.suggest("e", Language::French, usize::MAX);
        let software = all
            .iter()
            .filter(|near| near.kind == SuggestionKind::Software)
            .count();
        assert!(all.len() > MAX_SUGGESTIONS);
        assert_eq!(
            suggestions.similar_software("e", usize::MAX).len(),
            software
        );
    }

    #[test]
    fn nothing_is_suggested_for_nothing() {
        assert_eq!(suggest(""), []);
        assert_eq!(suggest("  ?!"), []);
        assert_eq!(suggest("zzqx"), []);
        assert!(suggest(&"a".repeat(100_000)).is_empty());
    }
}
