//! Lists of what others block, whatever they are written in.

use std::collections::BTreeMap;

use super::complaint::printable;
use super::{Complaints, NotOfFormat, fires, foreign, mastodon_blocks};
use crate::domain::block::{Domain, Severity};
use crate::domain::proposal::{MAX_COMMENT_CHARS, Proposal};
use crate::domain::text::readable;

/// The largest list that is read, in bytes. The longest in use have some ten thousand domains, in a
/// megabyte.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The most entries that are read of one list.
pub const MAX_ENTRIES: usize = 20_000;

/// What a list says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BlockList {
    /// What it proposes, each domain once, in their order.
    pub proposals: Vec<Proposal>,
    /// What it no longer proposes, in the order of domains.
    pub retracted: Vec<Domain>,
    /// What was left out, and why.
    pub complaints: Complaints,
}

/// Reads a list: a CSV file of Mastodon's, or a document of FIRES, told apart by how they begin.
pub fn read(bytes: &[u8]) -> Result<BlockList, NotOfFormat> {
    let text = foreign::text(bytes, MAX_BYTES)?;
    match text.trim_start().starts_with(['{', '[']) {
        true => fires::read(text),
        false => mastodon_blocks::read(text),
    }
}

/// What a list says of each domain, while it is read.
#[derive(Default)]
pub(super) struct Draft {
    by_domain: BTreeMap<Domain, Option<Proposal>>,
    pub(super) complaints: Complaints,
}

impl Draft {
    /// Proposes to block a domain, as somebody wrote it; says what is wrong with it if that is none. Of two
    /// words about one domain the severer counts.
    pub(super) fn propose(&mut self, line: usize, domain: &str, severity: Severity, comment: &str) {
        let Some(domain) = self.domain(line, domain) else {
            return;
        };
        let severer = match self.by_domain.get(&domain) {
            Some(Some(known)) => known.severity < severity,
            _ => true,
        };
        if severer {
            let proposal = Proposal {
                domain: domain.clone(),
                severity,
                comment: readable(comment, MAX_COMMENT_CHARS),
            };
            self.by_domain.insert(domain, Some(proposal));
        }
    }

    /// No longer proposes to block a domain.
    pub(super) fn retract(&mut self, line: usize, domain: &str) {
        if let Some(domain) = self.domain(line, domain) {
            self.by_domain.insert(domain, None);
        }
    }

    /// Says why an entry is left out.
    pub(super) fn leave_out(&mut self, line: usize, place: &str, why: &str) {
        let problem = format!("is left out: {why}");
        self.complaints.add(Some(line), place, &problem);
    }

    fn domain(&mut self, line: usize, text: &str) -> Option<Domain> {
        let is_obfuscated = text.trim().trim_start_matches("*.").contains('*');
        let why = match Domain::parse(text) {
            Ok(domain) => return Some(domain),
            Err(_) if is_obfuscated => {
                "asterisks hide which domain it is, and only the list's owner knows".to_owned()
            }
            Err(error) => format!("it {error}"),
        };
        self.leave_out(line, &printable(text.trim()), &why);
        None
    }

    /// What came of it.
    pub(super) fn list(self) -> BlockList {
        let mut list = BlockList {
            complaints: self.complaints,
            ..BlockList::default()
        };
        for (domain, said) in self.by_domain {
            match said {
                Some(proposal) => list.proposals.push(proposal),
                None => list.retracted.push(domain),
            }
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_told_by_how_it_begins() {
        let csv = read("\u{feff}#domain,#severity\nevil.example,suspend\n".as_bytes()).unwrap();
        let fires = read(
            br#" {"type":"OrderedCollection","orderedItems":[{"type":"Recommendation",
            "entityKind":"domain","entityKey":"evil.example","recommendedPolicy":"drop"}]}"#,
        );
        assert_eq!(csv.proposals, fires.unwrap().proposals);
        assert_eq!(csv.proposals.len(), 1);
    }

    #[test]
    fn what_is_no_list_is_refused_in_a_sentence() {
        assert_eq!(read(b" \n"), Err(NotOfFormat::Empty));
        assert_eq!(read(b"a\n\xff"), Err(NotOfFormat::NotUtf8(2)));
        let large = vec![b'x'; MAX_BYTES + 1];
        assert_eq!(read(&large), Err(NotOfFormat::TooLarge(MAX_BYTES)));
        for text in [
            "[]",
            "{}",
            "{\"a\":",
            "<html><body>Not found</body></html>",
            "[[[[[",
        ] {
            let refused = read(text.as_bytes()).unwrap_err().to_string();
            assert!(refused.len() < 300, "{refused}");
        }
    }

    #[test]
    fn the_words_of_a_list_are_cut_and_cleaned() {
        let mut draft = Draft::default();
        let words = format!("\u{202e}{}", "é".repeat(MAX_COMMENT_CHARS + 9));
        draft.propose(1, "evil.example", Severity::Hide, &words);
        let list = draft.list();
        let comment = list.proposals[0].comment.as_ref().unwrap().as_str();
        assert_eq!(comment, "é".repeat(MAX_COMMENT_CHARS));
    }
}
