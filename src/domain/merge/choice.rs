//! Chooses, fact by fact, whose word counts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::date::PartialDate;
use crate::domain::hoster::Hoster;
use crate::domain::provenance::{Age, Source, SourceKind};
use crate::domain::service::Service;
use crate::domain::text::Name;

/// What sources say of: a hoster or a service.
pub(super) trait Told {
    /// Who says it all.
    fn source(&self) -> &Source;
    /// Who says a fact.
    fn source_of(&self, fact: &str) -> &Source;
    /// The facts that no source gives.
    fn unsourced(&self) -> &[Name];
}

impl Told for Hoster {
    fn source(&self) -> &Source {
        &self.source
    }

    fn source_of(&self, fact: &str) -> &Source {
        Hoster::source_of(self, fact)
    }

    fn unsourced(&self) -> &[Name] {
        &self.unsourced
    }
}

impl Told for Service {
    fn source(&self) -> &Source {
        &self.source
    }

    fn source_of(&self, fact: &str) -> &Source {
        Service::source_of(self, fact)
    }

    fn unsourced(&self) -> &[Name] {
        &self.unsourced
    }
}

/// What several sources say of one thing, and whose word was taken so far.
pub(super) struct Choice<'a, T> {
    /// The strongest first.
    said: Vec<&'a T>,
    /// The strongest that says what the thing is: an observation sees that it runs, not what it is for
    /// or called, and it lists nobody.
    first: &'a T,
    today: NaiveDate,
    facts: BTreeMap<String, Source>,
    unsourced: Vec<Name>,
}

/// How strong a source's word is, the weakest first. Two that say the same of themselves differ in who
/// speaks.
type Strength<'a> = (bool, SourceKind, Option<PartialDate>, Reverse<&'a Name>);

fn strength(source: &Source, today: NaiveDate) -> Strength<'_> {
    let counts = source.age(today) != Age::Stale;
    (counts, source.kind, source.seen, Reverse(&source.by))
}

fn is_named(names: &[Name], fact: &str) -> bool {
    names.iter().any(|name| name.as_str() == fact)
}

impl<'a, T: Told> Choice<'a, T> {
    /// Of these, each from another source; `None` if there are none.
    pub(super) fn of(said: &'a [T], today: NaiveDate) -> Option<Self> {
        let mut said: Vec<&T> = said.iter().collect();
        said.sort_by(|a, b| strength(b.source(), today).cmp(&strength(a.source(), today)));
        let speaks = |told: &&&T| told.source().kind != SourceKind::Observation;
        let first = *said.iter().find(speaks).or(said.first())?;
        Some(Self {
            first,
            today,
            facts: BTreeMap::new(),
            unsourced: first.unsourced().to_vec(),
            said,
        })
    }

    /// The one whose source is the record's.
    pub(super) fn first(&self) -> &'a T {
        self.first
    }

    /// The strongest that has one of these facts, by the strongest of those it has. What a source gives
    /// comes before what none does.
    fn strongest_of(&self, facts: &[&str], has: impl Fn(&T, &str) -> bool) -> Option<&'a T> {
        // Of equals the first: it has the stronger source.
        let mut best = None;
        for told in self.said.iter().copied() {
            let facts = facts.iter().filter(|fact| has(told, fact));
            let strength = facts.map(|fact| {
                let is_given = !is_named(told.unsourced(), fact);
                (is_given, strength(told.source_of(fact), self.today))
            });
            let Some(found) = strength.max() else {
                continue;
            };
            if best.as_ref().is_none_or(|(known, _)| found > *known) {
                best = Some((found, told));
            }
        }
        best.map(|(_, told)| told)
    }

    /// The strongest that tells one of these facts, which nobody sees who only looks: an observation's
    /// word counts if there is no other.
    pub(super) fn teller_of(
        &self,
        facts: &[&str],
        has: impl Fn(&T, &str) -> bool,
    ) -> Option<&'a T> {
        let tells = |told: &T, fact: &str| {
            told.source_of(fact).kind != SourceKind::Observation && has(told, fact)
        };
        self.strongest_of(facts, tells)
            .or_else(|| self.strongest_of(facts, has))
    }

    /// A fact as the strongest source has it that has it; its source is noted.
    pub(super) fn fact<V>(&mut self, fact: &str, of: impl Fn(&T) -> Option<V>) -> Option<V> {
        let told = self.strongest_of(&[fact], |told, _| of(told).is_some())?;
        self.take(fact, told);
        of(told)
    }

    /// A fact as its [teller](Self::teller_of) has it; its source is noted.
    pub(super) fn spoken<V>(&mut self, fact: &str, of: impl Fn(&T) -> Option<V>) -> Option<V> {
        let told = self.teller_of(&[fact], |told, _| of(told).is_some())?;
        self.take(fact, told);
        of(told)
    }

    fn take(&mut self, fact: &str, told: &T) {
        let source = told.source_of(fact);
        if source != self.first.source() {
            self.facts.insert(fact.to_owned(), source.clone());
        }
        if !is_named(told.unsourced(), fact) {
            self.unsourced.retain(|name| name.as_str() != fact);
        } else if !is_named(&self.unsourced, fact) {
            self.unsourced.extend(Name::parse(fact));
        }
    }

    /// What all of them list, once each, the strongest source's first: all of the first's, and others'
    /// up to `most` in all.
    pub(super) fn together<V: PartialEq + Clone + 'a>(
        &self,
        most: usize,
        of: impl Fn(&T) -> &Vec<V>,
    ) -> Vec<V> {
        let mut all = of(self.first).clone();
        for listed in self.said.iter().flat_map(|told| of(told)) {
            if all.len() >= most {
                break;
            }
            if !all.contains(listed) {
                all.push(listed.clone());
            }
        }
        all
    }

    /// What has no place of its own, by key: all of the strongest's, and others' up to `most` in all.
    pub(super) fn other(
        &self,
        most: usize,
        of: impl Fn(&T) -> &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut said = self.said.iter();
        let mut all = said
            .next()
            .map_or_else(BTreeMap::new, |told| of(told).clone());
        for (key, value) in said.flat_map(|told| of(told)) {
            if all.len() >= most {
                break;
            }
            all.entry(key.clone()).or_insert_with(|| value.clone());
        }
        all
    }

    /// The names of facts that no source gives.
    pub(super) fn unsourced(&mut self) -> Vec<Name> {
        std::mem::take(&mut self.unsourced)
    }

    /// The facts that are another source's than the record's.
    pub(super) fn facts(&mut self) -> BTreeMap<String, Source> {
        std::mem::take(&mut self.facts)
    }
}
