//! What stands in the lists of membership, in words.

use chrono::{DateTime, Utc};

use super::moment::{Moment, since, until};
use crate::domain::term::Term;
use crate::domain::vouch::Basis;
use crate::federation::{Acquaintance, OurWish, RelationKind, Standing, Under, Verdict, Waiting};
use crate::web::locale::Locale;

/// Somebody elsewhere.
pub(super) struct Person {
    /// The id, by which forms name it.
    pub(super) id: String,
    pub(super) name: String,
    /// Its site, else its id.
    pub(super) href: String,
    /// What of that people recognise.
    pub(super) host: String,
}

/// Who asks something of us.
pub(super) struct Applicant {
    pub(super) who: Person,
    pub(super) what: &'static str,
    pub(super) at: Moment,
    /// Under which charter; none for an offer.
    pub(super) charter: Option<String>,
    /// Whether that is to be looked at: not ours, or no longer in force.
    pub(super) is_doubtful: bool,
    pub(super) words: Option<String>,
    /// Who vouches for it already.
    pub(super) vouchers: Option<String>,
}

/// What we asked of somebody.
pub(super) struct Wish {
    pub(super) who: Person,
    pub(super) what: String,
    pub(super) answer: String,
    pub(super) reason: Option<String>,
    /// Whether it waits still.
    pub(super) may_withdraw: bool,
}

/// A vouch, as a line.
pub(super) struct Line {
    pub(super) who: Person,
    /// What it is, from when until when.
    pub(super) what: String,
    /// Whether the hoster lists it, too, in words; none once it is over.
    pub(super) listed: Option<&'static str>,
    pub(super) is_listed: bool,
    /// That it ends soon, and what to do.
    pub(super) reminder: Option<String>,
    pub(super) may_renew: bool,
    pub(super) may_remove: bool,
    pub(super) may_leave: bool,
}

pub(super) fn applicant(waiting: &Waiting, now: DateTime<Utc>, l: &'static Locale) -> Applicant {
    let version = waiting
        .charter
        .as_ref()
        .map(|charter| charter.version.as_str());
    let version = version.unwrap_or_default();
    let is_offer = waiting.kind == RelationKind::Offer;
    let key = match waiting.under {
        Under::Nothing => "manage.members.under.nothing",
        Under::InForce => "manage.members.under.in-force",
        Under::Earlier => "manage.members.under.earlier",
        Under::Unknown => "manage.members.under.unknown",
    };
    let vouchers = waiting.vouchers.iter().map(|voucher| person(voucher).name);
    let vouchers = vouchers.collect::<Vec<_>>().join(", ");
    Applicant {
        who: person(&waiting.who),
        what: match is_offer {
            true => l.t("manage.members.wants.offer"),
            false => l.t("manage.members.wants.member"),
        },
        at: since(waiting.at, now, l),
        charter: (!is_offer).then(|| l.with(key, "version", version)),
        is_doubtful: !is_offer && waiting.under != Under::InForce,
        words: waiting.words.clone(),
        vouchers: (!vouchers.is_empty())
            .then(|| l.with("manage.members.vouchers", "names", vouchers)),
    }
}

pub(super) fn wish(wish: &OurWish, l: &Locale) -> Wish {
    let day = |at: DateTime<Utc>| l.day(at.date_naive());
    let version = wish
        .charter
        .as_ref()
        .map(|charter| charter.version.as_str());
    let at = day(wish.at);
    Wish {
        who: person(&wish.who),
        what: match (wish.kind, version) {
            (RelationKind::Offer, _) => l.with("manage.members.asked.offer", "day", at),
            (_, None) => l.with("manage.members.asked.member", "day", at),
            (_, Some(version)) => {
                let values = (("day", &at as _), ("version", &version as _));
                l.with2("manage.members.asked.under", values.0, values.1)
            }
        },
        answer: match wish.decision {
            None => l.t("manage.members.answer.none").to_owned(),
            Some((Verdict::Accepted, on)) => l.with("manage.members.answer.yes", "day", day(on)),
            Some((Verdict::Refused, on)) => l.with("manage.members.answer.no", "day", day(on)),
        },
        reason: wish.reason.clone(),
        may_withdraw: wish.decision.is_none(),
    }
}

/// A vouch that we gave.
pub(super) fn given(standing: &Standing, now: DateTime<Utc>, l: &'static Locale) -> Line {
    let line = line(standing, l);
    let is_lasting = standing.term.lasts();
    Line {
        listed: is_lasting.then(|| match standing.is_listed_back {
            true => l.t("manage.members.listed.back"),
            false => l.t("manage.members.listed.not-back"),
        }),
        reminder: reminder(standing, now, "manage.members.reminder.given", l),
        may_renew: standing.term != Term::TakenBack,
        may_remove: is_lasting,
        ..line
    }
}

/// A vouch that we were given.
pub(super) fn received(standing: &Standing, now: DateTime<Utc>, l: &'static Locale) -> Line {
    let is_lasting = standing.term.lasts();
    Line {
        listed: is_lasting.then(|| match standing.is_listed_back {
            true => l.t("manage.members.listed.here"),
            false => l.t("manage.members.listed.not-here"),
        }),
        reminder: reminder(standing, now, "manage.members.reminder.received", l),
        may_leave: is_lasting,
        ..line(standing, l)
    }
}

fn line(standing: &Standing, l: &'static Locale) -> Line {
    let day = |at: DateTime<Utc>| l.day(at.date_naive());
    let until = day(standing.vouch.until);
    let lasting = match standing.vouch.basis {
        Basis::Membership => "manage.members.term.member",
        Basis::Peer => "manage.members.term.peer",
    };
    Line {
        who: person(&standing.who),
        what: match (standing.term, standing.revoked_at) {
            (Term::Lapsed, _) => l.with("manage.members.term.lapsed", "day", until),
            (Term::TakenBack, Some(at)) => l.with("manage.members.term.taken-back", "day", day(at)),
            _ => l.with2(
                lasting,
                ("since", &day(standing.vouch.since)),
                ("until", &until),
            ),
        },
        listed: None,
        is_listed: standing.is_listed_back,
        reminder: None,
        may_renew: false,
        may_remove: false,
        may_leave: false,
    }
}

fn reminder(standing: &Standing, now: DateTime<Utc>, key: &str, l: &Locale) -> Option<String> {
    let is_soon = standing.term == Term::LapsesSoon;
    is_soon.then(|| l.with(key, "when", until(standing.vouch.until, now, l).words))
}

/// Somebody, by name.
pub(super) fn person(who: &Acquaintance) -> Person {
    let host = who.id[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
    Person {
        name: who
            .name
            .as_ref()
            .map_or_else(|| host.clone(), ToString::to_string),
        href: who
            .page
            .as_ref()
            .map_or_else(|| who.id.to_string(), ToString::to_string),
        id: who.id.to_string(),
        host,
    }
}
