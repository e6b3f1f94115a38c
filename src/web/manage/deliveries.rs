//! What has yet to arrive: where, since when it does not, and what was answered there.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use url::Url;

use super::moment::{Moment, since, until};
use super::owner::Owner;
use super::sorry::Sorry;
use super::{Desk, Tab, TabLink};
use crate::federation::{Debt, MAX_DEBTS, TargetState};
use crate::web::locale::Locale;
use crate::web::page::{Page, language_of, send};

#[derive(Template)]
#[template(path = "manage_deliveries.html")]
struct Deliveries {
    page: Page,
    tabs: Vec<TabLink>,
    lines: Vec<Line>,
    /// That there may be more than are shown.
    more: Option<String>,
}

/// An inbox and what it is owed.
struct Line {
    host: String,
    path: String,
    owed: String,
    /// `is-open`, `is-limited`, `is-closed` or `is-unknown`, as the statuses of departures have it.
    class: &'static str,
    state: String,
    failing: Option<Moment>,
    next: Option<Moment>,
    last: Option<String>,
}

/// The page.
pub(super) async fn page(request: HttpRequest, owner: Owner) -> HttpResponse {
    let l = language_of(&request);
    let debts = match owner.node.debts().await {
        Ok(debts) => debts,
        Err(error) => return Sorry::for_failure(error).answer(&request),
    };
    let now = owner.node.now();
    let title = l.t("manage.nav.deliveries").to_owned();
    let Desk { page, tabs } = Desk::new(&request, l, title, Tab::Deliveries);
    let is_cut = debts.len() == MAX_DEBTS as usize;
    let deliveries = Deliveries {
        page,
        tabs,
        lines: debts.iter().map(|debt| line(debt, now, l)).collect(),
        more: is_cut.then(|| l.with("manage.deliveries.more", "n", MAX_DEBTS)),
    };
    send(StatusCode::OK, &deliveries)
}

fn line(debt: &Debt, now: DateTime<Utc>, l: &Locale) -> Line {
    let inbox = &debt.target.inbox;
    let (class, state) = state(debt, l);
    let is_due = debt
        .due_at
        .filter(|_| debt.target.state != TargetState::Gone);
    Line {
        host: host(inbox),
        path: inbox.path().to_owned(),
        owed: l.integer(usize::try_from(debt.owed).unwrap_or(usize::MAX)),
        class,
        state,
        failing: debt.target.failing_since.map(|at| since(at, now, l)),
        next: is_due.map(|at| until(at, now, l)),
        last: debt.last_error.clone(),
    }
}

/// How an inbox does, as a mark and in words.
fn state(debt: &Debt, l: &Locale) -> (&'static str, String) {
    let word = |key: &'static str| l.t(key).to_owned();
    let fails = usize::try_from(debt.target.fails).unwrap_or(usize::MAX);
    match debt.target.state {
        TargetState::Gone => ("is-closed", word("manage.state.gone")),
        TargetState::Asleep => ("is-unknown", word("manage.state.asleep")),
        TargetState::Awake if fails > 0 => ("is-limited", l.count("manage.state.failing", fails)),
        TargetState::Awake if debt.owed > 0 => ("is-open", word("manage.state.coming")),
        // Nothing is owed, and yet something went wrong last: it was refused for good.
        TargetState::Awake => ("is-limited", word("manage.state.refused")),
    }
}

/// A host with its port, if that is not the scheme's.
fn host(url: &Url) -> String {
    url[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;
    use crate::federation::{Scheme, Target};

    fn debt(state: TargetState, fails: u32, owed: u64) -> Debt {
        Debt {
            target: Target {
                inbox: "http://a.localhost:4001/ap/inbox".parse().unwrap(),
                cursor: 1,
                state,
                fails,
                failing_since: (fails > 0).then(|| "2026-11-20T12:00:00Z".parse().unwrap()),
                scheme: Scheme::Cavage,
            },
            owed,
            due_at: (owed > 0).then(|| "2026-11-23T12:12:00Z".parse().unwrap()),
            last_status: Some(503),
            last_error: Some("answered 503".to_owned()),
            last_success_at: None,
        }
    }

    #[test]
    fn a_debt_says_where_since_when_and_when_next() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let l = Locale::of(Language::English);
        let failing = line(&debt(TargetState::Awake, 3, 2), now, l);
        assert_eq!(failing.host, "a.localhost:4001");
        assert_eq!(failing.owed, "2");
        assert_eq!(failing.failing.unwrap().words, "for 3 days");
        assert_eq!(failing.next.unwrap().words, "in 12 minutes");
        assert_eq!(failing.last.as_deref(), Some("answered 503"));
        assert!(line(&debt(TargetState::Gone, 3, 2), now, l).next.is_none());
    }

    #[test]
    fn every_state_has_words_of_its_own() {
        for language in Language::ALL {
            let l = Locale::of(language);
            let states = [
                debt(TargetState::Awake, 0, 1),
                debt(TargetState::Awake, 0, 0),
                debt(TargetState::Awake, 2, 1),
                debt(TargetState::Asleep, 9, 1),
                debt(TargetState::Gone, 9, 0),
            ];
            let mut words: Vec<String> = states.iter().map(|debt| state(debt, l).1).collect();
            words.dedup();
            assert_eq!(words.len(), 5, "{words:?}");
        }
    }
}
