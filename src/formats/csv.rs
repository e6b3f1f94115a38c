//! Comma-separated values (RFC 4180), read leniently: people write such lists by hand.

/// The most columns that are read of one line.
const MAX_COLUMNS: usize = 32;

/// The records of a CSV text that are not empty, each with the line on which it begins.
pub(super) struct Records<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Records<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            rest: text,
            line: 1,
        }
    }

    /// The next record that is not empty, and the line on which it begins.
    pub(super) fn next(&mut self) -> Option<(usize, Vec<String>)> {
        while !self.rest.is_empty() {
            let line = self.line;
            let record = self.record();
            if record.iter().any(|cell| !cell.trim().is_empty()) {
                return Some((line, record));
            }
        }
        None
    }

    /// The next record, and the end of its line. A quote that is never closed ends with the text.
    fn record(&mut self) -> Vec<String> {
        let mut record = vec![String::new()];
        let mut is_quoted = false;
        let mut chars = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            let number = record.len();
            let cell = record.last_mut().expect("there is a first cell");
            match c {
                '"' if is_quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                    chars.next();
                    cell.push('"');
                }
                '"' if is_quoted || cell.trim().is_empty() => is_quoted = !is_quoted,
                ',' if !is_quoted && number < MAX_COLUMNS => record.push(String::new()),
                '\n' => {
                    self.line += 1;
                    if !is_quoted {
                        end = at + 1;
                        break;
                    }
                    cell.push('\n');
                }
                c => cell.push(c),
            }
        }
        self.rest = &self.rest[end..];
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<(usize, Vec<String>)> {
        let mut records = Records::of(text);
        std::iter::from_fn(|| records.next()).collect()
    }

    #[test]
    fn a_record_is_told_with_the_line_it_begins_on() {
        let read = records("a, b\r\n\n\"c\n\"\"d\"\"\",e\nf");
        let read: Vec<_> = read
            .iter()
            .map(|(line, cells)| (*line, cells.iter().map(|cell| cell.trim()).collect()))
            .collect::<Vec<(usize, Vec<&str>)>>();
        assert_eq!(
            read,
            [
                (1, vec!["a", "b"]),
                (3, vec!["c\n\"d\"", "e"]),
                (5, vec!["f"])
            ]
        );
    }

    #[test]
    fn more_columns_than_are_read_stay_in_the_last() {
        let read = records(&",".repeat(100_000).replacen(',', "a,", 1));
        assert_eq!(read[0].1.len(), MAX_COLUMNS);
    }
}
