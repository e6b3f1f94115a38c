//! From what was gathered to what is understood: what each word was spent on, and which are left.

use crate::domain::fold::fold;
use crate::domain::taxonomy::Taxonomy;

use super::asked::Asked;
use super::gathered::Gathered;
use super::places::PlaceSpan;
use super::{Named, Phrases, PlaceNamed, SENTENCE_WORDS, Surroundings, Understood, words_only};

impl Phrases {
    /// What a question is about, and the words left to look up.
    pub(super) fn told(
        &self,
        asked: &Asked,
        question: &str,
        gathered: &Gathered,
        place: Option<(PlaceSpan, Vec<&'static str>)>,
        known: &Surroundings,
    ) -> Understood {
        let departure = match (&asked.departure, gathered.departure()) {
            (Some((position, address)), _) => Some(Named {
                position: *position,
                words: address.split(' ').map(str::to_owned).collect(),
            }),
            (None, Some((position, span))) => Some(Named {
                position,
                words: asked.texts(|at| span.holds(at) && !asked.is_function(at)),
            }),
            (None, None) => None,
        };
        let software = gathered.software();
        let served = || {
            let id = &known.taxonomy.software()[software?].need;
            known.taxonomy.need_position(id.as_str())
        };
        let is_elsewhere = |need: &usize| {
            let departure = departure.as_ref();
            departure.is_some_and(|left| !may_mean(known.taxonomy, left.position, *need))
        };
        let need = match gathered.need().filter(|need| !is_elsewhere(need)) {
            Some(need) => Some(Named {
                position: need,
                words: asked.texts(|at| gathered.names(at, need) && !asked.is_function(at)),
            }),
            None if departure.is_some() => None,
            None => gathered
                .need_of_software()
                .or_else(served)
                .map(|need| Named {
                    position: need,
                    words: Vec::new(),
                }),
        };
        let is_understood = departure.is_some() || need.is_some();
        if !is_understood && place.is_none() {
            return words_only(asked.texts(|at| !asked.is_small(at)), question);
        }
        let is_left = |at: usize| {
            let of_place = place.as_ref().is_some_and(|(span, _)| span.holds(at));
            if of_place || asked.is_small(at) {
                return false;
            }
            if !is_understood || gathered.is_software(at) {
                return true;
            }
            let is_spent = gathered.is_faint(at)
                || gathered.departure().is_some_and(|(_, span)| span.holds(at))
                || need.as_ref().is_some_and(|need| {
                    gathered.names(at, need.position) || self.speaks_of(asked, at, need.position)
                });
            let is_hosters =
                || asked.word(at).known.is_none() && known.hosters.begins(asked.text(at));
            !is_spent && (asked.len() < SENTENCE_WORDS || is_hosters())
        };
        let mut rest = asked.texts(is_left);
        if let Some(software) = software {
            run_together(&mut rest, known.taxonomy.software()[software].name.as_str());
        }
        Understood {
            rest,
            departure,
            need,
            software,
            place: place.map(|(span, countries)| PlaceNamed {
                name: asked.span(span.start, span.end).to_owned(),
                countries,
            }),
        }
    }

    /// Whether a word stands in a phrase of a need.
    fn speaks_of(&self, asked: &Asked, at: usize, need: usize) -> bool {
        let mut tokens = asked.tokens(at).iter();
        tokens.any(|token| self.vocabulary.needs_of(*token).contains(&need))
    }
}

/// Whether who leaves a departure may mean a need: one that it serves, or another of its vendor's, as
/// "Google" stands for all of Google.
fn may_mean(taxonomy: &Taxonomy, departure: usize, need: usize) -> bool {
    let need = &taxonomy.needs()[need].id;
    let vendors = taxonomy.departures_of_same_vendor(departure);
    vendors
        .into_iter()
        .any(|at| taxonomy.departures()[at].needs.contains(need))
}

/// "big", "blue", "button" are looked up as the name that they were taken apart from.
fn run_together(words: &mut Vec<String>, name: &str) {
    let name = fold(name);
    let most = words.len();
    let found = (0..most).find_map(|start| {
        let mut ends = start + 2..=most;
        let end = ends.find(|end| words[start..*end].concat() == name)?;
        Some(start..end)
    });
    if let Some(apart) = found {
        words.splice(apart, [name]);
    }
}
