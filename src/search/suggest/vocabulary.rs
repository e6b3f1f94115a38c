//! The names of one kind of thing in the vocabulary: departures, needs or software.

use crate::domain::fold::fold;
use crate::domain::localized::Language;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::Name;
use crate::domain::typo;

use super::beginnings::{Beginnings, Collector};
use super::{MAX_SUGGESTIONS, Match, bounded, found};

/// Names, the shortest before its equals: it is the nearest to what was typed.
#[derive(Default)]
pub struct Vocabulary {
    /// What can be begun.
    pub names: Beginnings,
    /// Of each entry its position in the taxonomy, and its identifier.
    entries: Vec<(usize, String)>,
}

/// A thing's identifier, the name that is shown, and others.
type Named<'a> = (&'a str, &'a str, Vec<&'a str>);

impl Vocabulary {
    /// The services people leave.
    pub fn of_departures(taxonomy: &Taxonomy) -> Self {
        Self::new(taxonomy.departures().iter().map(|departure| {
            let others = departure.aliases.iter().map(Name::as_str);
            (
                departure.slug.as_str(),
                departure.name.as_str(),
                others.collect(),
            )
        }))
    }

    /// The needs, as they are shown in a language.
    pub fn of_needs(taxonomy: &Taxonomy, language: Language) -> Self {
        Self::new(taxonomy.needs().iter().map(|need| {
            let others = need.name.both().into_iter().chain(need.synonyms.all());
            let shown = need.name.get(language).as_str();
            (need.id.as_str(), shown, others.map(Name::as_str).collect())
        }))
    }

    /// The software.
    pub fn of_software(taxonomy: &Taxonomy) -> Self {
        Self::new(taxonomy.software().iter().map(|software| {
            let others = software.aliases.iter().map(Name::as_str);
            (
                software.id.as_str(),
                software.name.as_str(),
                others.collect(),
            )
        }))
    }

    fn new<'a>(things: impl Iterator<Item = Named<'a>>) -> Self {
        let mut things: Vec<(usize, Named)> = things.enumerate().collect();
        things.sort_by_key(|(_, (_, shown, _))| shown.chars().count());
        let (mut collector, mut entries) = (Collector::default(), Vec::new());
        for (position, (id, shown, others)) in things {
            collector.add(shown, others, id);
            entries.push((position, id.to_owned()));
        }
        Self {
            names: collector.finish(),
            entries,
        }
    }

    /// What begins like `folded`, or does but for slips, by position in the taxonomy; best first.
    pub fn found(&self, folded: &str, slips: usize) -> impl Iterator<Item = (Match, usize)> {
        let found = found(&self.names, folded, slips, MAX_SUGGESTIONS);
        let entries = found.into_iter();
        entries.map(|(how, entry)| (how, self.entries[entry].0))
    }

    /// The identifiers of what begins like `text`, or else is a slip off, or two.
    pub fn similar(&self, text: &str, limit: usize) -> Vec<String> {
        let folded = fold(bounded(text));
        if folded.is_empty() {
            return Vec::new();
        }
        let near =
            (0..=typo::slips(&folded)).map(|slips| found(&self.names, &folded, slips, limit));
        let near = near.into_iter().find(|near| !near.is_empty());
        let entries = near.into_iter().flatten();
        entries
            .map(|(_, entry)| self.entries[entry].1.clone())
            .collect()
    }
}
