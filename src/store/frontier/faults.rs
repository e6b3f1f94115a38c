//! What was wrong with a document, kept with its target so that whoever wrote it can mend it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::domain::service::ServiceId;
use crate::formats::{Complaint, Complaints};
use crate::store::Misplaced;

/// How many faults are kept of one document: who has mended these sees the others at the next visit.
pub const MAX_FAULTS: usize = 50;

/// Something in a document that could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The line, from 1, where the format has lines.
    pub line: Option<usize>,
    /// The place in the document.
    pub place: String,
    /// What is wrong there, and what was done about it.
    pub problem: String,
}

impl Fault {
    /// The faults that were complained about, in the order of their lines.
    pub fn listed(complaints: &[Complaint]) -> Vec<Self> {
        let mut faults: Vec<Self> = complaints.iter().map(Self::from).collect();
        faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
        faults
    }
}

impl From<&Complaint> for Fault {
    fn from(complaint: &Complaint) -> Self {
        Self {
            line: complaint.line,
            place: complaint.place.clone(),
            problem: complaint.problem.clone(),
        }
    }
}

/// What is wrong with a document that was read, and where its services stand, for what turns out later.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults {
    /// What its reading came upon.
    pub complaints: Complaints,
    /// The line each service begins on.
    pub lines: HashMap<ServiceId, usize>,
}

impl Faults {
    /// All that is wrong once it is known which of its records have no place in the directory.
    pub fn with(mut self, misplaced: &[Misplaced]) -> Complaints {
        for record in misplaced {
            let (line, place, problem) = match record {
                Misplaced::Hoster(id) => (
                    None,
                    format!("hoster {id}"),
                    "is left out: its id is that of a hoster elsewhere",
                ),
                Misplaced::Service(id) => (
                    self.lines.get(id).copied(),
                    format!("service {id}"),
                    "is left out: its hoster is neither in the document nor known, or its id is another's",
                ),
            };
            self.complaints.add(line, &place, problem);
        }
        self.complaints
    }

    /// The first [`MAX_FAULTS`] as JSON; `None` if there are none.
    pub(super) fn written(&self, misplaced: &[Misplaced]) -> Option<String> {
        let mut kept = Fault::listed(&self.clone().with(misplaced));
        kept.truncate(MAX_FAULTS);
        (!kept.is_empty()).then(|| serde_json::to_string(&kept).expect("faults are JSON"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faults_that_are_kept_are_bounded() {
        let mut faults = Faults::default();
        assert_eq!(faults.written(&[]), None);
        for number in 1..=MAX_FAULTS {
            faults.complaints.add(Some(number), "here", "is wrong");
        }
        let id = ServiceId::parse("late").unwrap();
        let written = faults.written(&[Misplaced::Service(id)]).unwrap();
        let kept: Vec<Fault> = serde_json::from_str(&written).unwrap();
        assert_eq!(kept.len(), MAX_FAULTS);
        assert_eq!(kept[49].line, Some(50));
    }

    #[test]
    fn what_has_no_place_is_a_fault_on_its_line() {
        let id = ServiceId::parse("pads").unwrap();
        let faults = Faults {
            lines: HashMap::from([(id.clone(), 7)]),
            ..Faults::default()
        };
        let told = faults.with(&[Misplaced::Service(id), Misplaced::Hoster("a".to_owned())]);
        assert_eq!(told[0].line, Some(7));
        assert_eq!(told[0].place, "service pads");
        assert_eq!(told[1].place, "hoster a");
    }
}
