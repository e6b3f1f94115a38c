//! The syntax of the files: `path = value`, one a line, `#` begins a comment.

use std::collections::HashMap;

use crate::domain::text::is_plain;
use crate::formats::Complaints;

/// The most entries of one file; a service with three years of daily figures has some hundred.
pub const MAX_ENTRIES: usize = 10_000;
/// The longest path, in bytes: some four times the longest of the format.
pub const MAX_KEY_BYTES: usize = 200;

/// One line with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// The path as it is written.
    pub(super) key: &'a str,
    /// What stands behind `=`, trimmed.
    pub(super) written: &'a str,
    /// Its line, from 1.
    pub(super) line: usize,
}

impl<'a> Entry<'a> {
    /// The value: without the quotes that some generators put round it.
    pub(super) fn value(&self) -> &'a str {
        let unquoted = |quote: char| {
            let inner = self.written.strip_prefix(quote)?.strip_suffix(quote)?;
            Some(inner.trim())
        };
        unquoted('\'')
            .or_else(|| unquoted('"'))
            .unwrap_or(self.written)
    }
}

/// The entries of one file in their order, each path once.
#[derive(Debug, Default)]
pub(super) struct Properties<'a> {
    entries: Vec<Entry<'a>>,
    /// Where each path stands, by its lower case: `organization.startDate` was once written so.
    by_key: HashMap<String, usize>,
}

impl<'a> Properties<'a> {
    /// Reads what can be read. Lines in brackets are anchors of model files; of a path that stands twice
    /// the last value counts.
    pub(super) fn of(text: &'a str, complaints: &mut Complaints) -> Self {
        let mut properties = Self::default();
        for (number, line) in text.split('\n').enumerate() {
            let (number, line) = (number + 1, line.trim());
            if line.is_empty() || line.starts_with(['#', '[']) {
                continue;
            }
            let Some(entry) = entry(line, number) else {
                complaints.add(
                    Some(number),
                    line,
                    "is ignored: is not of the form path = value",
                );
                continue;
            };
            if properties.entries.len() == MAX_ENTRIES {
                let problem = format!("are ignored: the file has more than {MAX_ENTRIES} paths");
                complaints.add(Some(number), "this line and all below", &problem);
                break;
            }
            properties.add(entry, complaints);
        }
        properties
    }

    fn add(&mut self, entry: Entry<'a>, complaints: &mut Complaints) {
        let Some(position) = self.by_key.get(&entry.key.to_ascii_lowercase()).copied() else {
            let position = self.entries.len();
            self.by_key.insert(entry.key.to_ascii_lowercase(), position);
            self.entries.push(entry);
            return;
        };
        let earlier = &mut self.entries[position];
        // No value is no word against one.
        if entry.written.is_empty() {
            return;
        }
        if !earlier.written.is_empty() && earlier.value() != entry.value() {
            let problem = format!("stands on line {} too: the last one counts", earlier.line);
            complaints.add(Some(entry.line), entry.key, &problem);
        }
        *earlier = entry;
    }

    /// The entry of a path, given in lower case, if it has a value.
    pub(super) fn get(&self, key: &str) -> Option<Entry<'a>> {
        let entry = self.entries[*self.by_key.get(key)?];
        (!entry.value().is_empty()).then_some(entry)
    }

    /// Every entry, also those without a value, in their order.
    pub(super) fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }
}

fn entry(line: &str, number: usize) -> Option<Entry<'_>> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    is_key(key).then_some(Entry {
        key,
        written: value.trim(),
        line: number,
    })
}

/// Whether a text can be read back as a path.
pub(super) fn is_key(text: &str) -> bool {
    let fits = |c: char| is_plain(c) && !c.is_whitespace() && !matches!(c, '=' | '<' | '>');
    (1..=MAX_KEY_BYTES).contains(&text.len())
        && text.chars().all(fits)
        && !text.starts_with(['#', '['])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Complaint;

    fn read(text: &str) -> (Vec<(&str, &str, usize)>, Vec<String>) {
        let mut complaints = Complaints::default();
        let properties = Properties::of(text, &mut complaints);
        let entries = properties.entries.iter();
        (
            entries
                .map(|entry| (entry.key, entry.value(), entry.line))
                .collect(),
            complaints.iter().map(Complaint::to_string).collect(),
        )
    }

    #[test]
    fn comments_anchors_and_blank_lines_are_passed_over_and_quotes_taken_off() {
        let (entries, complaints) = read(
            "# [Subs]\r\n[Subs]\n\nsubs.pads = 'https://a.example/pads.properties'\r\n a = \"b\" \nc='d\ne==\n",
        );
        assert_eq!(
            entries,
            [
                ("subs.pads", "https://a.example/pads.properties", 4),
                ("a", "b", 5),
                ("c", "'d", 6),
                ("e", "=", 7),
            ]
        );
        assert_eq!(complaints, [""; 0]);
    }

    #[test]
    fn of_a_path_that_stands_twice_the_last_value_counts_and_it_is_said() {
        let (entries, complaints) = read("a = 1\nA = 2\na =\nb =\nb = 3\n");
        assert_eq!(entries, [("A", "2", 2), ("b", "3", 5)]);
        assert_eq!(
            complaints,
            ["line 2, A: stands on line 1 too: the last one counts"]
        );
    }

    #[test]
    fn a_path_is_found_in_any_case_and_only_with_a_value() {
        let mut complaints = Complaints::default();
        let properties = Properties::of("organization.startDate = x\nb = ''", &mut complaints);
        let line = |key| properties.get(key).map(|entry| entry.line);
        assert_eq!(line("organization.startdate"), Some(1));
        assert_eq!(line("b"), None);
    }

    #[test]
    fn lines_of_another_form_are_named() {
        let long = "a".repeat(MAX_KEY_BYTES + 1);
        let text = format!("hello\n= x\na b = c\n<p class=x>\n{long} = 1\n");
        let (entries, complaints) = read(&text);
        assert_eq!((entries.len(), complaints.len()), (0, 5));
        assert_eq!(
            complaints[0],
            "line 1, hello: is ignored: is not of the form path = value"
        );
    }

    #[test]
    fn entries_are_bounded() {
        let text: String = (0..MAX_ENTRIES + 5)
            .map(|n| format!("a{n} = 1\n"))
            .collect();
        let (entries, complaints) = read(&text);
        assert_eq!(entries.len(), MAX_ENTRIES);
        assert_eq!(
            complaints,
            [
                "line 10001, this line and all below: are ignored: the file has more than 10000 paths"
            ]
        );
    }
}
