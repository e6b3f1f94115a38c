//! Collects the words of a directory and sorts them.

use std::collections::HashMap;
use std::thread;

use fst::{Map, MapBuilder};

use crate::domain::fingerprint::fingerprint;
use crate::domain::taxonomy::Taxonomy;
use crate::search::Contents;
use crate::search::columns::Columns;
use crate::search::words::{Stems, is_stop_word, words_of_label};

use super::{Lexicon, Lists, Named};

/// Collects the words of needs, departures, software, hosters, their towns, and services.
pub fn lexicon(taxonomy: &Taxonomy, contents: &Contents, columns: &Columns) -> Lexicon {
    let mut collector = Collector::default();
    collector.add_vocabulary(taxonomy);
    let of_hosters: Vec<[u32; 3]> = (columns.hosters.iter())
        .map(|row| {
            let hoster = &contents.hosters[row.position as usize];
            let site = hoster.website.as_ref().map(|site| site.host());
            let town = hoster.place.city.as_ref().map(|city| city.as_str());
            let labels = [Some(hoster.name.as_str()), site, town];
            labels.map(|label| collector.label(label.unwrap_or_default()))
        })
        .collect();
    let names: Vec<u32> = (columns.services.iter())
        .map(|row| collector.label(contents.services[row.position as usize].name.as_str()))
        .collect();
    let rows = columns.services.iter().zip(names.iter());
    collector.build(rows.map(|(row, own)| {
        let [name, site, town] = of_hosters[row.hoster as usize];
        [*own, name, site, town]
    }))
}

/// Numbers words and labels as they come.
#[derive(Default)]
pub struct Collector<'a> {
    words: HashMap<String, u32>,
    labels: HashMap<&'a str, u32>,
    /// Per label, the words in it that say something.
    words_of_labels: Vec<Box<[u32]>>,
    vocabulary: Vec<(u32, Named)>,
}

impl<'a> Collector<'a> {
    /// The number of a name.
    pub fn label(&mut self, label: &'a str) -> u32 {
        if let Some(known) = self.labels.get(label) {
            return *known;
        }
        let number = self.words_of_labels.len() as u32;
        let words = words_of_label(label).into_iter();
        let telling = words.filter(|word| !is_stop_word(word));
        let numbers = telling.map(|word| {
            let next = self.words.len() as u32;
            *self.words.entry(word).or_insert(next)
        });
        self.words_of_labels.push(numbers.collect());
        self.labels.insert(label, number);
        number
    }

    fn add_vocabulary(&mut self, taxonomy: &'a Taxonomy) {
        for (position, need) in taxonomy.needs().iter().enumerate() {
            let labels = need.name.both().into_iter();
            let synonyms = need.synonyms.all();
            for label in labels.chain(synonyms) {
                self.add(label.as_str(), Named::Need(position as u8));
            }
        }
        for departure in taxonomy.departures() {
            for label in std::iter::once(&departure.name).chain(&departure.aliases) {
                let needs = departure.needs.iter();
                for need in needs.filter_map(|need| taxonomy.need_position(need.as_str())) {
                    self.add(label.as_str(), Named::Need(need as u8));
                }
            }
        }
        for (position, software) in taxonomy.software().iter().enumerate() {
            for label in std::iter::once(&software.name).chain(&software.aliases) {
                self.add(label.as_str(), Named::Software(position as u16));
            }
        }
    }

    fn add(&mut self, label: &'a str, named: Named) {
        let label = self.label(label);
        let words = self.words_of_labels[label as usize].iter();
        self.vocabulary.extend(words.map(|word| (*word, named)));
    }

    /// Sorts the words, and lists for each the rows that hold it in one of their labels.
    pub fn build<const LABELS: usize>(
        self,
        labels_of_rows: impl Iterator<Item = [u32; LABELS]> + Clone,
    ) -> Lexicon {
        let words_of_labels = &self.words_of_labels;
        let mut words: Vec<(String, u32)> = self.words.into_iter().collect();
        words.sort_unstable();
        let mut places = vec![0; words.len()];
        for (place, (_, number)) in words.iter().enumerate() {
            places[*number as usize] = place as u32;
        }
        let placed = |number: u32| places[number as usize];
        let mut vocabulary: Vec<(u32, Named)> = (self.vocabulary.into_iter())
            .map(|(number, named)| (placed(number), named))
            .collect();
        vocabulary.sort_unstable();
        vocabulary.dedup();
        let in_rows = |visit: &mut dyn FnMut(u32, u32)| {
            let mut words: Vec<u32> = Vec::new();
            for (row, labels) in labels_of_rows.clone().enumerate() {
                let of_label = |label: u32| words_of_labels[label as usize].iter();
                words.clear();
                words.extend(labels.into_iter().flat_map(of_label));
                words.sort_unstable();
                words.dedup();
                words
                    .iter()
                    .for_each(|number| visit(placed(*number), row as u32));
            }
        };
        let in_vocabulary = |visit: &mut dyn FnMut(u32, Named)| {
            vocabulary
                .iter()
                .for_each(|(word, named)| visit(*word, *named));
        };
        let stemmers = Stems::default();
        // With a million services each takes a second or more.
        let ((stems, automaton), vocabulary, rows) = thread::scope(|scope| {
            let by_word = scope.spawn(|| (stems(&words, &stemmers), automaton(&words)));
            let vocabulary = lists(words.len(), in_vocabulary, Named::Need(0));
            let rows = lists(words.len(), in_rows, 0);
            let by_word = by_word.join().expect("sorted words make an automaton");
            (by_word, vocabulary, rows)
        });
        Lexicon {
            words: automaton,
            stems,
            stemmers,
            vocabulary,
            rows,
        }
    }
}

fn automaton(words: &[(String, u32)]) -> Map<Vec<u8>> {
    let mut automaton = MapBuilder::memory();
    for (place, (word, _)) in words.iter().enumerate() {
        automaton
            .insert(word, place as u64)
            .expect("words are sorted, and each is there once");
    }
    let bytes = automaton
        .into_inner()
        .expect("writing to memory cannot fail");
    Map::new(bytes).expect("the builder wrote a sound automaton")
}

fn stems(words: &[(String, u32)], stemmers: &Stems) -> Vec<(u64, u32)> {
    let mut stems: Vec<(u64, u32)> = (words.iter().enumerate())
        .flat_map(|(place, (word, _))| {
            let stems = stemmers.of(word);
            stems.map(move |stem| (fingerprint(stem.as_bytes()), place as u32))
        })
        .collect();
    stems.sort_unstable();
    stems
}

/// One list for each of so many positions, from pairs that are visited twice: to count, then to fill.
fn lists<T: Copy>(
    count: usize,
    visit_pairs: impl Fn(&mut dyn FnMut(u32, T)),
    filler: T,
) -> Lists<T> {
    let mut starts = vec![0; count + 1];
    visit_pairs(&mut |position, _| starts[position as usize + 1] += 1);
    for position in 0..count {
        starts[position + 1] += starts[position];
    }
    let mut next = starts.clone();
    let mut items = vec![filler; starts[count] as usize];
    visit_pairs(&mut |position, item| {
        let at = &mut next[position as usize];
        items[*at as usize] = item;
        *at += 1;
    });
    Lists { starts, items }
}
