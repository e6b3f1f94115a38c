//! Which words lead to which services, and how well a question's words match each of them.

use std::sync::Arc;

use crate::domain::hoster::Hoster;
use crate::domain::need::NeedId;
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;

use super::columns::{Columns, Kind};
use super::lexicon::{Lexicon, LexiconBuilder, Names, Quality};
use super::words::{is_stop_word, words_of_label};

/// A word that names a need matches a suite that also serves it so many times worse.
const THROUGH_SUITE: Quality = 3;

/// How well every service matches the words of a question.
pub struct Match {
    /// Per service row, the sum over all words of the best match of each.
    pub quality: Vec<u16>,
    /// Per service row, how many of the words it matches.
    pub matched: Vec<u8>,
    /// How many words there are.
    pub words: u8,
}

impl Match {
    /// The factor for words, 0 to 1, of a service row.
    pub fn share(&self, row: usize) -> f32 {
        f32::from(self.quality[row]) / (f32::from(self.words) * f32::from(Quality::MAX))
    }
}

/// Collects the words of needs, departures, software, hosters, their towns, and services.
pub fn lexicon(
    taxonomy: &Taxonomy,
    hosters: &[Arc<Hoster>],
    services: &[Arc<Service>],
    columns: &Columns,
) -> Lexicon {
    let mut builder = LexiconBuilder::default();
    for (position, need) in taxonomy.needs().iter().enumerate() {
        let labels = need
            .name
            .both()
            .into_iter()
            .chain(need.synonyms.both().into_iter().flatten());
        for label in labels {
            add(&mut builder, label.as_str(), |names| {
                push_new(&mut names.needs, position as u8)
            });
        }
    }
    for departure in taxonomy.departures() {
        for label in std::iter::once(&departure.name).chain(&departure.aliases) {
            add(&mut builder, label.as_str(), |names| {
                for need in positions(taxonomy, &departure.needs) {
                    push_new(&mut names.needs, need as u8);
                }
            });
        }
    }
    for (position, software) in taxonomy.software().iter().enumerate() {
        for label in std::iter::once(&software.name).chain(&software.aliases) {
            add(&mut builder, label.as_str(), |names| {
                push_new(&mut names.software, position as u16)
            });
        }
    }
    for (row, hoster) in columns.hosters.iter().enumerate() {
        let hoster = &hosters[hoster.position as usize];
        let host = hoster.website.as_ref().map(|site| site.host());
        let labels = [
            Some(hoster.name.as_str()),
            host,
            hoster.place.city.as_ref().map(|city| city.as_str()),
        ];
        for label in labels.into_iter().flatten() {
            add(&mut builder, label, |names| {
                push_new(&mut names.hosters, row as u32)
            });
        }
    }
    for (row, service) in columns.services.iter().enumerate() {
        let name = services[service.position as usize].name.as_str();
        add(&mut builder, name, |names| {
            push_new(&mut names.services, row as u32)
        });
    }
    builder.build()
}

/// Matches a question's words against every service; `None` where there are no words.
pub fn matches(words: &[String], lexicon: &Lexicon, columns: &Columns) -> Option<Match> {
    if words.is_empty() {
        return None;
    }
    let mut quality = vec![0_u16; columns.services.len()];
    let mut matched = vec![0_u8; columns.services.len()];
    let mut word_quality = vec![0_u8; columns.services.len()];
    for word in words {
        let names = lexicon.matches(word);
        if names.is_empty() {
            continue;
        }
        let by_kind = best_by_kind(&names, columns);
        let by_hoster = best_by_hoster(&names, columns);
        word_quality.fill(0);
        for (quality, names) in &names {
            for service in &names.services {
                let known = &mut word_quality[*service as usize];
                *known = quality.max(known).to_owned();
            }
        }
        for (row, service) in columns.services.iter().enumerate() {
            let best = word_quality[row]
                .max(by_kind[service.kind as usize])
                .max(by_hoster[service.hoster as usize]);
            quality[row] += u16::from(best);
            matched[row] += u8::from(best > 0);
        }
    }
    Some(Match {
        quality,
        matched,
        words: words.len() as u8,
    })
}

fn best_by_kind(names: &[(Quality, &Names)], columns: &Columns) -> Vec<Quality> {
    let quality_of = |kind: &Kind, quality: Quality, names: &Names| {
        let runs = kind
            .software
            .is_some_and(|software| names.software.contains(&software));
        let serves = names.needs.iter().any(|need| kind.serves >> need & 1 == 1);
        match (runs || names.needs.contains(&kind.need), serves) {
            (true, _) => quality,
            (false, true) => quality / THROUGH_SUITE,
            (false, false) => 0,
        }
    };
    let best = |kind| {
        let qualities = names
            .iter()
            .map(|(quality, names)| quality_of(kind, *quality, names));
        qualities.max().unwrap_or(0)
    };
    columns.kinds.iter().map(best).collect()
}

fn best_by_hoster(names: &[(Quality, &Names)], columns: &Columns) -> Vec<Quality> {
    let mut best = vec![0; columns.hosters.len()];
    for (quality, names) in names {
        for hoster in &names.hosters {
            best[*hoster as usize] = best[*hoster as usize].max(*quality);
        }
    }
    best
}

fn add(builder: &mut LexiconBuilder, label: &str, mut name: impl FnMut(&mut Names)) {
    for word in words_of_label(label)
        .into_iter()
        .filter(|word| !is_stop_word(word))
    {
        name(builder.entry(word));
    }
}

/// Rows come in order, so a repetition can only be of the last.
fn push_new<T: PartialEq>(items: &mut Vec<T>, item: T) {
    if items.last() != Some(&item) {
        items.push(item);
    }
}

fn positions<'a>(taxonomy: &'a Taxonomy, needs: &'a [NeedId]) -> impl Iterator<Item = usize> + 'a {
    needs
        .iter()
        .filter_map(|need| taxonomy.need_position(need.as_str()))
}
