//! What documents say, by whom it is said of.

use std::collections::HashMap;

use super::super::noun::Noun;
use super::super::statements::Word;
use super::fates::{Said, Words};
use crate::domain::provenance::SourceKind;

/// What is said, by whom it is said of, in the order in which each came first.
pub(super) struct Grouped<T> {
    words: Vec<Words<T>>,
    places: HashMap<String, usize>,
}

impl<T: Noun> Grouped<T> {
    pub(super) fn new() -> Self {
        Self {
            words: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// All of it.
    pub(super) fn words(self) -> Vec<Words<T>> {
        self.words
    }

    fn of(&mut self, id: String) -> &mut Words<T> {
        let next = self.words.len();
        let place = *self.places.entry(id.clone()).or_insert(next);
        if place == next {
            self.words.push(Words {
                id,
                said: Vec::new(),
            });
        }
        &mut self.words[place]
    }

    pub(super) fn hear(&mut self, document: usize, said: T) {
        let words = self.of(said.id().to_owned());
        words.said.push(Said {
            document,
            kind: said.source().kind,
            source: said.source().by.to_string(),
            word: Word::Says(Box::new(said)),
        });
    }

    pub(super) fn no_longer(
        &mut self,
        id: String,
        document: usize,
        kind: SourceKind,
        source: String,
    ) {
        let words = self.of(id);
        let is_same = |said: &Said<T>| said.kind == kind && said.source == source;
        if !words.said.iter().any(is_same) {
            words.said.push(Said {
                document,
                kind,
                source,
                word: Word::TakenBack,
            });
        }
    }
}
