//! On which line of a text a part of it begins.

use super::lenient::offset_in;

/// How many bytes share one entry: few enough to count their lines anew each time. An entry for each
/// line would let a document of nothing but new lines take eight times its size.
const BLOCK: usize = 1024;

/// The lines of a text.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// How many lines end before each block, and before the end.
    before: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut before = vec![0];
        let mut ended = 0;
        for block in text.as_bytes().chunks(BLOCK) {
            ended += ends_in(block);
            before.push(ended);
        }
        Self { text, before }
    }

    /// The line, from 1, on which a part of the text begins.
    pub(super) fn line_of(&self, part: &str) -> usize {
        let offset = offset_in(self.text, part).unwrap_or(0);
        let block = offset / BLOCK;
        let within = &self.text.as_bytes()[block * BLOCK..offset];
        self.before[block] + ends_in(within) + 1
    }
}

/// How many lines end in some bytes.
pub(super) fn ends_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_stands_on_the_line_it_begins_on() {
        let text = format!("one\ntwo\n{}\né", "x\n".repeat(BLOCK));
        let lines = Lines::of(&text);
        let line_at = |offset| lines.line_of(&text[offset..]);
        assert_eq!(
            [line_at(0), line_at(3), line_at(4), line_at(8)],
            [1, 1, 2, 3]
        );
        for offset in 0..text.len() - 2 {
            assert_eq!(line_at(offset), ends_in(&text.as_bytes()[..offset]) + 1);
        }
        assert_eq!(line_at(text.len()), BLOCK + 4);
        assert_eq!(Lines::of("").line_of(""), 1);
    }

    #[test]
    fn a_text_of_the_length_of_a_block_ends_in_it() {
        let text = "\n".repeat(BLOCK);
        assert_eq!(Lines::of(&text).line_of(&text[BLOCK..]), BLOCK + 1);
    }
}
