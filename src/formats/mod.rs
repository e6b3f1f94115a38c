//! Other people's documents and our nouns: pure functions of bytes, one file per format.

pub mod archipelago;
mod lenient;

use std::collections::HashMap;
use std::fmt;

use crate::domain::hoster::Hoster;
use crate::domain::service::{Service, ServiceId};

/// What one document says, whatever its format: all that could be read of it, and what could not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// The hosters, each id once.
    pub hosters: Vec<Hoster>,
    /// The services, each id once.
    pub services: Vec<Service>,
    /// The line each service begins on, for complaints that come later.
    pub lines: HashMap<ServiceId, usize>,
    /// What was left out, and why.
    pub complaints: Vec<Complaint>,
}

/// Something in a document that could not be kept, for the person who can mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The line, from 1, where the format has lines.
    pub line: Option<usize>,
    /// The place as a path: `hosters[3].services[0].registration`.
    pub place: String,
    /// What is wrong there, and what was done about it.
    pub problem: String,
}

/// The longest place or problem, in characters: both quote the document.
const MAX_COMPLAINT_CHARS: usize = 300;

impl Complaint {
    /// A complaint that is safe to print: bounded, and without control characters, since it quotes
    /// what others wrote.
    pub fn new(line: Option<usize>, place: &str, problem: &str) -> Self {
        Self {
            line,
            place: printable(place),
            problem: printable(problem),
        }
    }
}

fn printable(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(MAX_COMPLAINT_CHARS)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(MAX_COMPLAINT_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        write!(f, "{}: {}", self.place, self.problem)
    }
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
        let complaint = Complaint::new(None, "a\u{1b}[31m", &"é".repeat(1_000));
        assert_eq!(complaint.place, "a\u{fffd}[31m");
        assert_eq!(complaint.problem.chars().count(), MAX_COMPLAINT_CHARS + 1);
    }
}
