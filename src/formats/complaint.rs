//! What could not be kept of a document, said to the person who can mend it.

use std::fmt;
use std::ops::Deref;

use crate::domain::text;

/// The most complaints about one document, whoever makes them; the rest is only counted.
pub const MAX_COMPLAINTS: usize = 1_000;
/// The longest place or problem, in characters: both quote the document.
const MAX_COMPLAINT_CHARS: usize = 300;

/// Something in a document that could not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The line, from 1, where the format has lines.
    pub line: Option<usize>,
    /// The place as a path: `hosters[3].services[0].registration`.
    pub place: String,
    /// What is wrong there, and what was done about it.
    pub problem: String,
}

impl Complaint {
    /// A complaint that is safe to print, since it quotes what others wrote.
    fn new(line: Option<usize>, place: &str, problem: &str) -> Self {
        Self {
            line,
            place: printable(place),
            problem: printable(problem),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// The first [`MAX_COMPLAINTS`] complaints about one document; if there were more, a last one says
/// how many. Every step that reads the document complains here, so that the limit is one for all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Complaints {
    list: Vec<Complaint>,
    /// Those the list has no room for.
    unlisted: usize,
}

impl Complaints {
    /// Lists a complaint, or only counts it.
    pub fn add(&mut self, line: Option<usize>, place: &str, problem: &str) {
        if self.list.len() < MAX_COMPLAINTS {
            self.list.push(Complaint::new(line, place, problem));
            return;
        }
        self.unlisted += 1;
        self.list.truncate(MAX_COMPLAINTS);
        let problem = format!("{} more complaints are not listed", self.unlisted);
        self.list
            .push(Complaint::new(None, "the document", &problem));
    }
}

impl Deref for Complaints {
    type Target = [Complaint];

    fn deref(&self) -> &[Complaint] {
        &self.list
    }
}

/// As a list is compared.
impl<const N: usize> PartialEq<[Complaint; N]> for Complaints {
    fn eq(&self, other: &[Complaint; N]) -> bool {
        self.list == *other
    }
}

/// What others wrote, fit to be told.
pub(super) fn printable(text: &str) -> String {
    text::printable(text, MAX_COMPLAINT_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_names_line_place_and_problem() {
        let complaint = Complaint::new(Some(7), "hosters[0].name", "is empty");
        assert_eq!(complaint.to_string(), "line 7, hosters[0].name: is empty");
    }

    #[test]
    fn a_complaint_is_safe_on_a_terminal() {
        let complaint = Complaint::new(None, "a\u{1b}[31m\u{202e}", &"é".repeat(1_000));
        assert_eq!(complaint.place, "a\u{fffd}[31m\u{fffd}");
        assert_eq!(complaint.problem.chars().count(), MAX_COMPLAINT_CHARS + 1);
    }

    #[test]
    fn complaints_are_bounded_and_the_rest_is_counted() {
        let mut complaints = Complaints::default();
        for number in 0..MAX_COMPLAINTS {
            complaints.add(Some(number), "here", "is wrong");
        }
        assert_eq!(complaints.len(), MAX_COMPLAINTS);
        for number in 1..=7 {
            complaints.add(None, "there", "is wrong too");
            assert_eq!(complaints.len(), MAX_COMPLAINTS + 1);
            assert_eq!(
                complaints[MAX_COMPLAINTS].to_string(),
                format!("the document: {number} more complaints are not listed")
            );
        }
        assert_eq!(complaints[999].to_string(), "line 999, here: is wrong");
    }
}
