//! One hash over all records of a directory, quick to renew when few of them change.

use std::collections::BTreeMap;

use ring::digest::{Context, SHA256};

use super::{Key, Record};

/// The hash of each record, by its kind and id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State(BTreeMap<Key, [u8; 32]>);

impl State {
    /// Puts a record in the place of the one of its id; says whether it is another.
    pub fn put(&mut self, record: &Record) -> bool {
        let hash = record.hash();
        self.0.insert(record.key(), hash) != Some(hash)
    }

    /// Takes a record out; says whether it was in.
    pub fn remove(&mut self, key: &Key) -> bool {
        self.0.remove(key).is_some()
    }

    /// Whether a record of this kind and id is in.
    pub fn has(&self, key: &Key) -> bool {
        self.0.contains_key(key)
    }

    /// The kinds and ids of all records, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.0.keys()
    }

    /// How many records are in.
    pub fn records(&self) -> u64 {
        self.0.len() as u64
    }

    /// The hash over all of them, in hexadecimal: SHA-256 of a line for each record, in the order of kinds
    /// and, within one, of ids byte by byte. A line is the word of the kind, the id and the hash of the
    /// record's text in hexadecimal, with a space between them and a line feed at the end.
    pub fn digest(&self) -> String {
        let mut all = Context::new(&SHA256);
        for ((kind, id), hash) in &self.0 {
            all.update(kind.word().as_bytes());
            all.update(b" ");
            all.update(id.as_bytes());
            all.update(b" ");
            all.update(&hex(hash));
            all.update(b"\n");
        }
        let digest = all.finish();
        let digits = digest.as_ref().try_into().map(hex);
        let digits = digits.expect("a SHA-256 has 32 bytes");
        String::from_utf8_lossy(&digits).into_owned()
    }
}

fn hex(hash: &[u8; 32]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 64];
    for (byte, pair) in hash.iter().zip(text.chunks_exact_mut(2)) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::snapshot::Kind;

    fn record(kind: Kind, id: &str, text: &str) -> Record {
        Record {
            kind,
            id: id.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_hash_is_that_of_lines_that_anybody_can_write() {
        let mut state = State::default();
        assert!(state.put(&record(Kind::Hoster, "b", "{}")));
        assert!(state.put(&record(Kind::Hoster, "a", "{}")));
        assert!(state.put(&record(Kind::Choices, "", "{}")));
        // printf '{}' | sha256sum
        let of_none = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        let lines = format!("choices  {of_none}\nhosters a {of_none}\nhosters b {of_none}\n");
        let all = ring::digest::digest(&SHA256, lines.as_bytes());
        let all: String = all.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((state.digest(), state.records()), (all, 3));
    }

    #[test]
    fn a_state_depends_on_the_records_alone_and_not_on_the_way_to_them() {
        let (a, b) = (
            record(Kind::Hoster, "a", "1"),
            record(Kind::Vouch, "b", "2"),
        );
        let mut state = State::default();
        state.put(&a);
        let before = state.digest();
        assert!(state.put(&b) && !state.put(&b));
        assert_ne!(state.digest(), before);
        assert!(state.put(&record(Kind::Hoster, "a", "3")));
        assert!(state.put(&a) && state.remove(&b.key()) && !state.remove(&b.key()));
        assert_eq!(state.digest(), before);
    }
}
