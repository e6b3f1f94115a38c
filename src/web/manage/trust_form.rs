//! The forms of `/{lang}/manage/trust`, read into what they ask for.

use url::Url;

use super::form::Form;
use super::service_form::Choice;
use crate::domain::block::{Domain, DomainError, Severity};
use crate::domain::collective::Standing;
use crate::domain::policy::{MOST_DEPTH, MOST_QUOTA, Rule, Rules};
use crate::domain::text::Prose;
use crate::web::locale::Locale;

/// The longest name of somebody that is looked for, in bytes.
const MAX_WHOM_BYTES: usize = 2_000;

/// What a form asks for.
pub(super) enum Wish {
    /// To trust whoever these words name from the start.
    AddAnchor { whom: String, reason: Prose },
    /// To do so no longer.
    RemoveAnchor(Url),
    /// Other rules.
    KeepRules { rules: Rules, reason: Option<Prose> },
    /// To block a domain.
    AddBlock {
        domain: Domain,
        severity: Severity,
        reason: Prose,
    },
    /// To do so no longer.
    RemoveBlock(Domain),
}

/// What a posted form asks for; `None` where it now says what is wrong, or is none of ours.
pub(super) fn read(form: &mut Form) -> Option<Wish> {
    match form.value("do") {
        "add-anchor" => {
            let whom = form.required("whom", |form| {
                form.read("whom", |whom, l| match whom.len() <= MAX_WHOM_BYTES {
                    true => Ok(whom.to_owned()),
                    false => Err(l.with("manage.error.long", "n", l.integer(MAX_WHOM_BYTES))),
                })
            });
            let reason = form.required("anchor_reason", |form| form.prose("anchor_reason"));
            Some(Wish::AddAnchor {
                whom: whom?,
                reason: reason?,
            })
        }
        "remove-anchor" => Some(Wish::RemoveAnchor(form.value("actor").parse().ok()?)),
        "rules" => rules(form),
        "add-block" => {
            let domain = form.required("domain", domain);
            let severity = form.required("severity", |form| {
                form.choice("severity", Severity::from_word)
            });
            let reason = form.required("block_reason", |form| form.prose("block_reason"));
            Some(Wish::AddBlock {
                domain: domain?,
                severity: severity?,
                reason: reason?,
            })
        }
        "remove-block" => Some(Wish::RemoveBlock(
            Domain::parse(form.value("blocked")).ok()?,
        )),
        _ => None,
    }
}

fn rules(form: &mut Form) -> Option<Wish> {
    let least_standing = form.required("least_standing", |form| {
        form.choice("least_standing", Standing::from_word)
    });
    let mut number =
        |field, least, most| form.required(field, |form| form.number_from(field, least, most));
    let depth = number("max_depth", 1, MOST_DEPTH.into());
    let rules = Rules {
        least_standing,
        max_depth: depth.and_then(|depth| depth.try_into().ok()),
        collective_quota: number("collective_quota", 0, MOST_QUOTA),
        hoster_quota: number("hoster_quota", 0, MOST_QUOTA),
    };
    let reason = form.prose("rules_reason");
    form.wrong()
        .is_empty()
        .then_some(Wish::KeepRules { rules, reason })
}

fn domain(form: &mut Form) -> Option<Domain> {
    form.read("domain", |text, l| {
        Domain::parse(text).map_err(|error| {
            l.t(match error {
                DomainError::NoDomain => "manage.trust.nodomain",
                DomainError::IpAddress => "manage.trust.number",
                DomainError::Suffix => "manage.trust.suffix",
            })
            .to_owned()
        })
    })
}

/// The rules as values of the form.
pub(super) fn values(rules: &Rules) -> Vec<(String, String)> {
    let values = Rule::ALL.iter();
    let values = values.filter_map(|rule| Some((rule.word().to_owned(), rules.get(*rule)?)));
    values.collect()
}

/// Which rules the settings decide, as people call them.
pub(super) fn decided(settings: &Rules, l: &'static Locale) -> Vec<&'static str> {
    let decided = Rule::ALL
        .iter()
        .filter(|rule| settings.get(**rule).is_some());
    decided
        .map(|rule| l.find(&format!("rule.{}", rule.word())).unwrap_or_default())
        .collect()
}

/// The standings that may be the least, the strictest first.
pub(super) fn standings(l: &'static Locale) -> Vec<Choice> {
    let standings = Standing::ALL.iter().rev();
    let choice = |standing: &Standing| Choice {
        value: standing.word().to_owned(),
        label: l.t(&format!("standing.{}", standing.word())).to_owned(),
    };
    standings.map(choice).collect()
}

/// How much may be blocked.
pub(super) fn severities(l: &'static Locale) -> Vec<Choice> {
    let choice = |severity: &Severity| Choice {
        value: severity.word().to_owned(),
        label: l.t(&format!("block.does.{}", severity.word())).to_owned(),
    };
    Severity::ALL.iter().rev().map(choice).collect()
}
