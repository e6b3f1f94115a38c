//! Names that can be begun at each of their words, in the order of the alphabet.
//!
//! What begins so is a stretch of that order, found by halving; the best of a stretch come first from a
//! [`Tournament`]. So a letter that begins ten thousand names costs no more than a whole word.

use std::cmp::Ordering;
use std::ops::Range;

use crate::domain::fold::fold;
use crate::domain::tournament::Tournament;

/// The most words of one name at which it can be begun.
pub const MAX_WORDS: usize = 8;
/// As much of a name as can be begun, in bytes: more than anybody types before choosing.
pub const MAX_NAME_BYTES: usize = 240;
/// Ends each name; folding leaves no control character.
const END: char = '\0';
/// Where in a number the entry ends and [`At`] begins.
const AT: u32 = 30;

/// Names in alphabetical order of all their beginnings.
#[derive(Default)]
pub struct Beginnings {
    /// Every name, folded, and [`END`] after each.
    letters: String,
    /// Where in `letters` each beginning starts, in alphabetical order.
    starts: Vec<u32>,
    /// Of each beginning its [`At`] and its entry: the least is the best.
    best: Tournament,
}

/// Where in a name a beginning is; a beginning of the whole name is the better match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The beginning of the name that is shown.
    Label,
    /// The beginning of another name for it.
    OtherName,
    /// A later word of any name.
    LaterWord,
}

/// Gathers names; of equal matches the entry that was added first is the better.
#[derive(Default)]
pub struct Collector {
    letters: String,
    /// The first eight bytes of each beginning, by which most are sorted already; its start; its number.
    keys: Vec<(u64, u32, u32)>,
    entries: u32,
}

impl Collector {
    /// Adds an entry with the name that is shown, the others, and the identifier, which is begun only as a
    /// whole: the later words of one are `fr` and `example`.
    pub fn add<'a>(
        &mut self,
        label: &str,
        other_names: impl IntoIterator<Item = &'a str>,
        id: &str,
    ) {
        let label = fold(label);
        self.add_name(&label, At::Label, MAX_WORDS);
        for name in other_names {
            self.add_other(&fold(name), &label, MAX_WORDS);
        }
        self.add_other(&fold(id), &label, 1);
        self.entries += 1;
    }

    fn add_other(&mut self, name: &str, label: &str, words: usize) {
        if name != label {
            self.add_name(name, At::OtherName, words);
        }
    }

    fn add_name(&mut self, folded: &str, at: At, words: usize) {
        let folded = &folded[..folded.floor_char_boundary(MAX_NAME_BYTES)];
        if folded.is_empty() {
            return;
        }
        let begun = self.letters.len();
        self.letters.push_str(folded);
        self.letters.push(END);
        let later = folded.match_indices(' ');
        let later = later.map(|(space, _)| (space + 1, At::LaterWord));
        for (word, at) in std::iter::once((0, at)).chain(later).take(words) {
            let number = (at as u32) << AT | self.entries;
            let start = (begun + word) as u32;
            let head = head(&folded.as_bytes()[word..]);
            self.keys.push((head, start, number));
        }
    }

    /// Sorts what was gathered.
    pub fn finish(mut self) -> Beginnings {
        let letters = self.letters.as_bytes();
        let from = |start: u32| letters[start as usize..].iter();
        let by_letters = |start: u32, other: u32| {
            let mut pairs = from(start).zip(from(other));
            // The end is less than any letter, and where both end they are equal.
            let decides = |(byte, other): &(&u8, &u8)| byte != other || **byte == END as u8;
            let (byte, other) = pairs.find(decides)?;
            Some(byte.cmp(other))
        };
        self.keys
            .sort_unstable_by(|(head, start, number), (other_head, other, other_number)| {
                head.cmp(other_head)
                    .then_with(|| by_letters(*start, *other).unwrap_or(Ordering::Equal))
                    .then_with(|| number.cmp(other_number))
            });
        let numbers = self.keys.iter().map(|(_, _, number)| *number);
        self.letters.shrink_to_fit();
        Beginnings {
            best: Tournament::new(numbers.collect()),
            starts: self.keys.iter().map(|(_, start, _)| *start).collect(),
            letters: self.letters,
        }
    }
}

impl Beginnings {
    /// The stretch of what begins with `folded`.
    pub fn stretch(&self, folded: &str) -> Range<usize> {
        self.narrowed(0..self.starts.len(), 0, folded)
    }

    /// The part of a stretch that is nothing but `folded`, which all of it begins with.
    pub fn whole(&self, stretch: Range<usize>, folded: &str) -> Range<usize> {
        let end = |start: &u32| self.letters[*start as usize + folded.len()..].starts_with(END);
        let length = self.starts[stretch.clone()].partition_point(end);
        stretch.start..stretch.start + length
    }

    /// Whether a beginning is just these words, or goes on with another one.
    pub fn has_words(&self, folded: &str) -> bool {
        let stretch = self.stretch(folded);
        let is_whole = !self.whole(stretch.clone(), folded).is_empty();
        is_whole || !self.narrowed(stretch, folded.len(), " ").is_empty()
    }

    /// The part of a stretch that goes on with `letters` after its first `depth` bytes, which are alike.
    pub fn narrowed(&self, stretch: Range<usize>, depth: usize, letters: &str) -> Range<usize> {
        let before = |start: &u32| self.compare(*start, depth, letters) == Ordering::Less;
        let not_after = |start: &u32| self.compare(*start, depth, letters) != Ordering::Greater;
        let first = stretch.start + self.starts[stretch.clone()].partition_point(before);
        // Mostly nothing goes on so, and there is no end to look for.
        if !self.starts[first..stretch.end]
            .first()
            .is_some_and(not_after)
        {
            return first..first;
        }
        let length = self.starts[first..stretch.end].partition_point(not_after);
        first..first + length
    }

    /// The letters with which a stretch goes on after its first `depth` bytes, each with its part of it.
    pub fn letters_after(
        &self,
        stretch: Range<usize>,
        depth: usize,
    ) -> impl Iterator<Item = (char, Range<usize>)> {
        let mut rest = stretch;
        std::iter::from_fn(move || {
            loop {
                let start = *self.starts[rest.clone()].first()?;
                let letter = self.letters[start as usize + depth..].chars().next()?;
                let mut buffer = [0; 4];
                let letters = letter.encode_utf8(&mut buffer);
                let same = |start: &u32| self.compare(*start, depth, letters).is_eq();
                let part = rest.start..rest.start + self.starts[rest.clone()].partition_point(same);
                rest.start = part.end;
                if letter != END {
                    return Some((letter, part));
                }
            }
        })
    }

    /// The entries of some stretches, best first; an entry with several names comes several times.
    pub fn in_order(
        &self,
        stretches: impl IntoIterator<Item = Range<usize>>,
    ) -> impl Iterator<Item = (At, usize)> {
        self.best.in_order(stretches).map(|index| {
            let number = self.best.number(index);
            let at = match number >> AT {
                0 => At::Label,
                1 => At::OtherName,
                _ => At::LaterWord,
            };
            (at, (number & !(u32::MAX << AT)) as usize)
        })
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let starts = self.starts.capacity() * size_of::<u32>();
        self.letters.capacity() + starts + self.best.heap_bytes()
    }

    fn compare(&self, start: u32, depth: usize, letters: &str) -> Ordering {
        let bytes = &self.letters.as_bytes()[start as usize + depth..];
        // A name that ends sooner is less: its END is less than any letter.
        bytes[..letters.len().min(bytes.len())].cmp(letters.as_bytes())
    }
}

fn head(bytes: &[u8]) -> u64 {
    let mut head = [0; size_of::<u64>()];
    let length = bytes.len().min(head.len());
    head[..length].copy_from_slice(&bytes[..length]);
    u64::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(names: &[&str]) -> Beginnings {
        let mut collector = Collector::default();
        for name in names {
            collector.add(name, [], "");
        }
        collector.finish()
    }

    fn begun(beginnings: &Beginnings, text: &str) -> Vec<(At, usize)> {
        beginnings.in_order([beginnings.stretch(text)]).collect()
    }

    #[test]
    fn a_name_is_begun_at_each_of_its_words() {
        let names = of(&["Google Docs", "Docs", "Étherpad", "docs googol"]);
        assert_eq!(
            begun(&names, "docs"),
            [(At::Label, 1), (At::Label, 3), (At::LaterWord, 0)]
        );
        assert_eq!(begun(&names, "ether"), [(At::Label, 2)]);
        let stretch = names.stretch("docs");
        assert_eq!(
            names.whole(stretch, "docs").len(),
            2,
            "the end of one, and all of the other"
        );
        assert_eq!(begun(&names, "docs x"), []);
    }

    #[test]
    fn a_name_of_many_words_or_letters_is_begun_at_the_first_of_them() {
        let words: Vec<String> = (0..50).map(|word| format!("w{word:02}")).collect();
        let names = of(&[&words.join(" "), &"x".repeat(10_000), &"é".repeat(10_000)]);
        assert_eq!(names.starts.len(), MAX_WORDS + 2);
        assert_eq!(begun(&names, "w07"), [(At::LaterWord, 0)]);
        assert_eq!(begun(&names, "w08"), []);
        assert!(names.letters.len() < 3 * (MAX_NAME_BYTES + 1));
    }

    #[test]
    fn an_identifier_is_begun_only_as_a_whole() {
        let mut collector = Collector::default();
        collector.add("Nuage", ["Cloud"], "nuage.example");
        let names = collector.finish();
        assert_eq!(begun(&names, "nuage ex"), [(At::OtherName, 0)]);
        assert_eq!(begun(&names, "example"), []);
    }

    proptest! {
        #[test]
        fn what_begins_so_is_what_a_look_at_every_word_finds(
            names in proptest::collection::vec("[a-cé ]{0,12}", 0..60),
            text in "[a-cé]{0,9}( [a-cé]{1,3})?",
        ) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let folded = fold(&text);
            let mut expected: Vec<(At, usize)> = Vec::new();
            for (entry, name) in names.iter().enumerate() {
                let name = fold(name);
                let later = name.match_indices(' ').map(|(space, _)| (space + 1, At::LaterWord));
                for (start, at) in std::iter::once((0, At::Label)).chain(later).take(MAX_WORDS) {
                    if !name.is_empty() && name[start..].starts_with(&folded) {
                        expected.push((at, entry));
                    }
                }
            }
            expected.sort();
            prop_assert_eq!(begun(&of(&names), &folded), expected);
        }
    }
}
