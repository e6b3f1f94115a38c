//! A report: what a visitor says is wrong with an entry, which people then look at.

use super::hoster::HosterId;
use super::service::ServiceId;
use super::text::{Prose, TextError, readable};
use super::word::worded;

/// The most words of a report, of a question about it and of the answer, in characters: a page of a
/// letter. Whoever looks at it has to read them all.
pub const MAX_REPORT_CHARS: usize = 1_000;

/// Why an entry is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// What is said of it is not so.
    WrongFacts,
    /// It does not work.
    Broken,
    /// It has closed.
    Closed,
    /// It is not who it says it is.
    Impostor,
    /// It harms people, or lets them be harmed.
    Harmful,
    /// Something else, which the words say.
    Other,
}

worded!(Reason {
    WrongFacts = "wrong-facts",
    Broken = "broken",
    Closed = "closed",
    Impostor = "impostor",
    Harmful = "harmful",
    Other = "other",
});

/// How far a report has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportState {
    /// Nobody has done anything about it.
    Open,
    /// Its hoster was asked.
    Asked,
    /// Somebody looked into it and said what came of it.
    Closed,
}

worded!(ReportState {
    Open = "open",
    Asked = "asked",
    Closed = "closed",
});

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The hoster.
    pub hoster: HosterId,
    /// The service of its that is meant; `None` where it is the hoster itself.
    pub service: Option<ServiceId>,
}

/// Reads words of a report, a question or an answer: prose of at most [`MAX_REPORT_CHARS`].
pub fn words(text: &str) -> Result<Prose, TextError> {
    // Browsers send the ends of lines as CR LF (HTML, form submission).
    let prose = Prose::parse(&text.replace("\r\n", "\n"))?;
    match prose.as_str().chars().count() <= MAX_REPORT_CHARS {
        true => Ok(prose),
        false => Err(TextError::TooLong(MAX_REPORT_CHARS)),
    }
}

/// The words that others wrote, as far as they can be shown; `None` where nothing is left.
pub fn words_of_others(text: &str) -> Option<Prose> {
    readable(text, MAX_REPORT_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_bounded_and_keep_their_lines() {
        assert_eq!(words("a\r\n\r\nb ").unwrap().as_str(), "a\n\nb");
        let longest = "é".repeat(MAX_REPORT_CHARS);
        assert!(words(&longest).is_ok());
        let refused = words(&format!("{longest}x"));
        assert_eq!(refused, Err(TextError::TooLong(MAX_REPORT_CHARS)));
        assert_eq!(words(" \n"), Err(TextError::Empty));
        assert_eq!(words("a\u{202e}b"), Err(TextError::Direction));
    }
}
