//! The visits of a site in words, and what is to be mended there.

use crate::catalogue::Report;
use crate::crawler::FORBIDDEN;
use crate::store::frontier::{LogEntry, Seen, SeenTarget};
use crate::web::locale::Locale;

use super::{moment, more};

/// A document with faults.
pub(super) struct ToMend {
    pub(super) address: String,
    pub(super) faults: Vec<FaultLine>,
}

/// A fault: the line, the place, and what is wrong there, in English.
pub(super) struct FaultLine {
    pub(super) line: Option<String>,
    pub(super) place: String,
    pub(super) problem: String,
}

/// A host, and what is asked of it.
pub(super) struct HostView {
    pub(super) host: String,
    /// What its robots.txt says to us, and when that was read.
    pub(super) robots: Option<(String, String)>,
    pub(super) documents: Vec<TargetView>,
    pub(super) more: Option<String>,
}

/// An address, and what came of its visits.
pub(super) struct TargetView {
    pub(super) address: String,
    pub(super) what: String,
    pub(super) visits: Vec<VisitView>,
    pub(super) next: String,
}

/// A visit.
pub(super) struct VisitView {
    pub(super) at: String,
    pub(super) machine: String,
    pub(super) came: String,
    /// What went wrong, in English.
    pub(super) said: Option<String>,
    pub(super) is_well: bool,
}

/// The documents with faults.
pub(super) fn to_mend(report: &Report, l: &Locale) -> Vec<ToMend> {
    let wrong = report
        .documents()
        .filter(|target| !target.faults.is_empty());
    let documents = wrong.map(|target| ToMend {
        address: target.url.clone(),
        faults: target
            .faults
            .iter()
            .map(|fault| FaultLine {
                line: fault.line.map(|line| l.with("check.line", "n", line)),
                place: fault.place.clone(),
                problem: fault.problem.clone(),
            })
            .collect(),
    });
    documents.collect()
}

/// The hosts that are visited.
pub(super) fn hosts(report: &Report, l: &Locale) -> Vec<HostView> {
    let hosts = report.hosts.iter().map(|host| HostView {
        host: host.host.clone(),
        robots: robots(host, l),
        documents: host
            .targets
            .iter()
            .map(|target| self::target(host, target, report, l))
            .collect(),
        more: more(host.more, |n| l.count("check.addresses.more", n)),
    });
    hosts.collect()
}

fn robots(host: &Seen, l: &Locale) -> Option<(String, String)> {
    let text = host
        .robots
        .as_ref()
        .filter(|text| !text.trim().is_empty())?;
    Some((text.clone(), moment(host.robots_at?, l)))
}

fn target(host: &Seen, target: &SeenTarget, report: &Report, l: &Locale) -> TargetView {
    let what = match &target.format {
        Some(format) => format!("check.format.{format}"),
        None => "check.format.up".to_owned(),
    };
    let last = LogEntry {
        at: target.visited_at.unwrap_or_default(),
        status: target.status,
        error: target.error.clone(),
    };
    // Looks have no log: the last one is told.
    let visits = match target.visits.is_empty() && target.visited_at.is_some() {
        true => std::slice::from_ref(&last),
        false => &target.visits[..],
    };
    // Nothing is asked of a host before its own turn comes.
    let next = host.due_at.map(|due| due.max(target.due_at));
    TargetView {
        address: target.url.clone(),
        what: l.t(&what).to_owned(),
        visits: visits
            .iter()
            .map(|visit| self::visit(visit, target.format.is_some(), l))
            .collect(),
        next: match next {
            _ if host.is_busy => l.t("check.next.busy").to_owned(),
            Some(at) if at <= report.at => l.t("check.next.now").to_owned(),
            Some(at) => l.with("check.next", "when", moment(at, l)),
            None => l.t("check.next.never").to_owned(),
        },
    }
}

/// Whether nobody has to do anything about it: a site need not have every document, and its robots.txt is
/// its own wish.
fn is_well(visit: &LogEntry, is_document: bool) -> bool {
    match (visit.status, visit.error.as_deref()) {
        (_, Some(FORBIDDEN)) => true,
        (Some(404), _) => is_document,
        (status, error) => matches!(status, Some(200..=399)) && error.is_none(),
    }
}

fn visit(visit: &LogEntry, is_document: bool, l: &Locale) -> VisitView {
    let (came, said) = came(visit, l);
    VisitView {
        at: moment(visit.at, l),
        machine: visit.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        came,
        said,
        is_well: is_well(visit, is_document),
    }
}

/// What came of a visit; what was said, in English, where we have no words of our own for it.
fn came(visit: &LogEntry, l: &Locale) -> (String, Option<String>) {
    let own = |key: &str| (l.t(key).to_owned(), None);
    match (visit.status, visit.error.as_deref()) {
        (_, Some(FORBIDDEN)) => own("check.came.forbidden"),
        (Some(304), _) => own("check.came.same"),
        (Some(404), _) => own("check.came.absent"),
        (Some(410), _) => own("check.came.gone"),
        (Some(200..=299), None) => own("check.came.read"),
        (Some(status), said) => {
            // That it answered so is said already.
            let is_more = |said: &&str| *said != format!("answered {status}");
            let said = said.filter(is_more).map(str::to_owned);
            (l.with("check.came.status", "n", status), said)
        }
        (None, said) => (l.t("check.came.silent").to_owned(), said.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    #[test]
    fn a_visit_is_told_in_our_own_words_where_there_are_any() {
        let told = |status, error: Option<&str>| {
            let visit = LogEntry {
                at: "2026-11-28T12:00:00Z".parse().unwrap(),
                status,
                error: error.map(str::to_owned),
            };
            let told = self::visit(&visit, true, Locale::of(Language::English));
            (told.came, told.said, told.is_well)
        };
        assert_eq!(told(Some(200), None), ("read".to_owned(), None, true));
        assert!(told(Some(304), None).2);
        assert!(told(Some(404), Some("nothing is there")).1.is_none());
        assert!(told(None, Some(FORBIDDEN)).1.is_none());
        assert!(told(Some(404), Some("nothing is there")).2);
        let (_, said, is_well) = told(Some(500), Some("answered 500"));
        assert_eq!((said, is_well), (None, false));
        let (_, said, is_well) = told(Some(200), Some("is not JSON"));
        assert_eq!((said.as_deref(), is_well), (Some("is not JSON"), false));
    }
}
