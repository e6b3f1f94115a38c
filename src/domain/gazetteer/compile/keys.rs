//! Gathers which rows stand under which key, and writes them as a map and its lists.

use std::collections::BTreeMap;

use fst::MapBuilder;

use super::super::blob::{Posting, Section};
use super::writer::{BlobWriter, pack};

/// Rows by key.
#[derive(Default)]
pub struct Keys {
    lists: BTreeMap<String, Vec<(u32, u32)>>,
}

impl Keys {
    /// Files a row under a key. Nothing is filed under an empty key; a row filed twice under one key
    /// keeps the lesser kind, so a name goes before an alias.
    pub fn add(&mut self, key: String, row: u32, kind: u32) {
        if key.is_empty() {
            return;
        }
        let list = self.lists.entry(key).or_default();
        match list.iter_mut().find(|(filed, _)| *filed == row) {
            Some((_, filed)) => *filed = kind.min(*filed),
            None => list.push((row, kind)),
        }
    }

    /// Files a row under a key even if it stands there, for lists that other columns run along with.
    pub fn add_next(&mut self, key: String, row: u32, kind: u32) {
        self.lists.entry(key).or_default().push((row, kind));
    }

    /// Writes the map, and the lists one after the other in the order of their keys.
    pub fn write(self, writer: &mut BlobWriter, map: Section, lists: Section) {
        let mut builder = MapBuilder::memory();
        let mut postings = Vec::new();
        for (key, mut list) in self.lists {
            builder
                .insert(key, postings.len() as u64)
                .expect("a BTreeMap's keys ascend and memory takes them");
            list.sort_unstable();
            let last = list.len() - 1;
            let list = list.into_iter().enumerate();
            postings.extend(list.map(|(index, (row, kind))| {
                let last = index == last;
                pack(Posting { row, kind, last })
            }));
        }
        let bytes = builder.into_inner().expect("memory takes the rest too");
        writer.map(map, bytes);
        writer.numbers(lists, postings);
    }
}
