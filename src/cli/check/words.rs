//! A report for a terminal.

use std::fmt::Write;

use serde_json::Value;

use crate::catalogue::{Report, Subject};
use crate::domain::derivation::Why;
use crate::domain::provenance::{Age, Source};
use crate::domain::text::printable;
use crate::store::frontier::{Fault, SeenTarget};

use super::file::Told;

/// The longest value that is printed, in characters.
const MAX_VALUE_CHARS: usize = 200;
/// How many facts' records are printed; `--json` has them all.
const MAX_SUBJECTS: usize = 50;

/// What was seen of a site.
pub(super) fn of_site(report: &Report) -> String {
    let mut out = format!("{}\n", report.host);
    if let Some(left_out) = &report.left_out {
        let _ = writeln!(out, "asks to be left out, in {}", shown(&left_out.document));
    }
    for host in &report.hosts {
        if let Some(error) = &host.error {
            let _ = writeln!(out, "{}: out of reach: {}", host.host, shown(error));
        }
    }
    out += "\nvisited\n";
    for host in &report.hosts {
        for target in &host.targets {
            let _ = writeln!(out, "  {}\n    {}", shown(&target.url), came(target));
        }
    }
    for document in report
        .documents()
        .filter(|document| !document.faults.is_empty())
    {
        let _ = writeln!(out, "\nto mend in {}", shown(&document.url));
        faults(&mut out, &document.faults);
    }
    subjects(&mut out, &report.hosters, "hoster");
    subjects(&mut out, &report.services, "service");
    out
}

/// What a document says.
pub(super) fn of_file(told: &Told) -> String {
    let mut out = format!("{}: {}\n", told.document, told.format.word());
    if told.asks_to_be_left_out {
        out += "asks to be left out\n";
    }
    if !told.faults.is_empty() {
        out += "\nto mend\n";
        faults(&mut out, &told.faults);
    }
    subjects(&mut out, &told.hosters, "hoster");
    subjects(&mut out, &told.services, "service");
    if !told.further.is_empty() {
        out += "\nnames further documents\n";
        for url in told.further.iter().take(MAX_SUBJECTS) {
            let _ = writeln!(out, "  {}", shown(url));
        }
    }
    out
}

fn came(target: &SeenTarget) -> String {
    let what = target.format.as_deref().unwrap_or("up or down");
    let came = match (target.status, target.error.as_deref()) {
        (_, Some(error)) => shown(error),
        (Some(304), None) => "unchanged".to_owned(),
        (Some(status), None) => format!("read ({status})"),
        (None, None) => "not asked".to_owned(),
    };
    format!("{what}: {came}")
}

fn faults(out: &mut String, faults: &[Fault]) {
    for fault in faults {
        let line = fault.line.map(|line| format!("line {line}, "));
        let line = line.unwrap_or_default();
        let _ = writeln!(
            out,
            "  {line}{}: {}",
            shown(&fault.place),
            shown(&fault.problem)
        );
    }
}

fn subjects(out: &mut String, subjects: &[Subject], kind: &str) {
    for subject in subjects.iter().take(MAX_SUBJECTS) {
        let _ = writeln!(out, "\n{kind} {} ({})", shown(&subject.name), subject.id);
        for fact in &subject.facts {
            if fact.value.is_null() && fact.others.is_empty() {
                continue;
            }
            let from = match (&fact.source, fact.age) {
                (Some(source), Some(Age::Stale)) => format!("{}, too old to count", of(source)),
                (Some(source), _) => of(source),
                (None, _) => "no source".to_owned(),
            };
            let _ = writeln!(out, "  {:<14}{}  [{from}]", fact.fact, value(&fact.value));
            for other in &fact.others {
                let (said, from) = (value(&other.value), of(&other.source));
                let _ = writeln!(out, "{:16}{said}  [{from}]: {}", "", why(other.why));
            }
        }
        if let Some(looks) = &subject.health {
            let (up, asked) = (looks.up, looks.asked);
            let _ = writeln!(out, "  {:<14}{up} of {asked} looks", "up");
        }
    }
    if let Some(more) = subjects
        .len()
        .checked_sub(MAX_SUBJECTS)
        .filter(|more| *more > 0)
    {
        let _ = writeln!(out, "\n… and {more} more; --json lists them all");
    }
}

fn of(source: &Source) -> String {
    let seen = source.seen.map(|seen| format!(", {seen}"));
    let seen = seen.unwrap_or_default();
    format!("{} {}{seen}", source.kind.word(), shown(source.by.as_str()))
}

fn why(why: Why) -> &'static str {
    match why {
        Why::Agrees => "says the same",
        Why::Outranked => "a stronger source speaks",
        Why::Older => "a source as strong was read later",
        Why::Stale => "too old to count",
        Why::OnlySeen => "only seen, which tells neither name nor use",
        Why::Unsourced => "no source gives it",
        Why::DoesNotFit => "does not fit the source that counts",
        Why::Held => "held until people let it pass",
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => shown(text),
        value => shown(&value.to_string()),
    }
}

/// What others wrote, fit for a terminal.
fn shown(text: &str) -> String {
    printable(text, MAX_VALUE_CHARS)
}
