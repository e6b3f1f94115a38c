//! What people say is wrong with entries, and what others ask our hoster: what waits, then what is settled.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use url::Url;

use super::moment::{Moment, since};
use super::owner::Owner;
use super::sorry::Sorry;
use super::{Desk, Tab, TabLink, path};
use crate::catalogue::{Catalogue, Edition};
use crate::domain::hoster::Hoster;
use crate::domain::report::Entry;
use crate::domain::text::Link;
use crate::federation::{self, MAX_WAITING_SHOWN};
use crate::store::{KnownQuestion, Report};
use crate::web::locale::Locale;
use crate::web::page::{Page, address, language_of, parameter, parameters, send};

#[derive(Template)]
#[template(path = "manage_reports.html")]
struct Reports {
    page: Page,
    tabs: Vec<TabLink>,
    /// What was done just now.
    done: Option<&'static str>,
    questions: Vec<QuestionLine>,
    waiting: Vec<Group>,
    /// That more wait than are shown.
    more: Option<String>,
    closed: Vec<Closed>,
}

/// What our hoster is asked.
struct QuestionLine {
    /// The host of whoever asks.
    by: String,
    href: String,
    at: Moment,
    /// The page of the service that is meant, and its address.
    about: Option<String>,
    words: Option<String>,
    answer: Option<Answer>,
    /// Where it is answered.
    reply: String,
}

/// An answer to a question.
struct Answer {
    words: String,
    at: Moment,
}

/// All that waits about one entry.
struct Group {
    named: Named,
    reports: Vec<Line>,
    /// The host that a question would go to, where the hoster has a node of its own elsewhere.
    asks: Option<String>,
}

/// An entry by its name.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) href: String,
    /// The hoster, where the entry is a service.
    pub(super) hoster: Option<String>,
}

/// A report that waits.
struct Line {
    seq: i64,
    reason: String,
    words: Option<String>,
    /// How often it was said, if more than once.
    times: Option<String>,
    at: Moment,
    asked: Option<Letter>,
}

/// A question of ours.
struct Letter {
    words: String,
    at: Moment,
    answer: Option<Answer>,
}

/// A report that was closed.
struct Closed {
    named: Named,
    reason: String,
    outcome: String,
    at: Moment,
}

/// `GET /{lang}/manage/reports`
pub(super) async fn page(
    request: HttpRequest,
    owner: Owner,
    catalogue: Data<Catalogue>,
) -> HttpResponse {
    match list(&request, &owner, &catalogue.current()).await {
        Ok(reports) => send(StatusCode::OK, &reports),
        Err(error) => Sorry::for_failure(error).answer(&request),
    }
}

async fn list(
    request: &HttpRequest,
    owner: &Owner,
    edition: &Edition,
) -> Result<Reports, federation::Error> {
    let l = language_of(request);
    let node = &owner.node;
    let now = node.now();
    let waiting = node.waiting_reports().await?;
    let is_cut = waiting.len() == MAX_WAITING_SHOWN as usize;
    let mut letters: BTreeMap<Url, KnownQuestion> = BTreeMap::new();
    for flag in waiting.iter().filter_map(|report| report.flag.as_ref()) {
        if !letters.contains_key(flag)
            && let Some(asked) = node.question(flag).await?
        {
            letters.insert(flag.clone(), asked);
        }
    }
    let questions = node.questions().await?;
    let closed = node.closed_reports().await?;
    let title = l.t("manage.nav.reports").to_owned();
    let Desk { page, tabs } = Desk::new(request, l, title, Tab::Reports);
    let view = View { edition, now, l };
    Ok(Reports {
        page,
        tabs,
        done: done(request, l),
        questions: questions.iter().map(|asked| view.question(asked)).collect(),
        waiting: view.groups(&waiting, &letters, &node.addresses().home()),
        more: is_cut.then(|| l.with("manage.reports.more", "n", MAX_WAITING_SHOWN)),
        closed: closed.iter().map(|report| view.closed(report)).collect(),
    })
}

/// What reports are put into words with.
struct View<'a> {
    edition: &'a Edition,
    now: DateTime<Utc>,
    l: &'static Locale,
}

impl View<'_> {
    /// The reports by their entry; the entry whose first report is the oldest comes first.
    fn groups(
        &self,
        reports: &[Report],
        letters: &BTreeMap<Url, KnownQuestion>,
        home: &Url,
    ) -> Vec<Group> {
        let mut groups: Vec<(&Entry, Vec<&Report>)> = Vec::new();
        for report in reports {
            match groups.iter_mut().find(|(entry, _)| **entry == report.entry) {
                Some((_, of_entry)) => of_entry.push(report),
                None => groups.push((&report.entry, vec![report])),
            }
        }
        let groups = groups.into_iter().map(|(entry, reports)| Group {
            named: named(entry, self.edition, self.l),
            asks: asks(entry, self.edition, home).map(|(hoster, _)| host(hoster.as_url())),
            reports: reports
                .into_iter()
                .map(|report| self.line(report, letters))
                .collect(),
        });
        groups.collect()
    }

    fn line(&self, report: &Report, letters: &BTreeMap<Url, KnownQuestion>) -> Line {
        let asked = report.flag.as_ref().and_then(|flag| letters.get(flag));
        Line {
            seq: report.seq,
            reason: reason(report, self.l),
            words: report.words.as_ref().map(ToString::to_string),
            times: (report.times > 1).then(|| {
                let times = usize::try_from(report.times).unwrap_or(usize::MAX);
                self.l.count("manage.reports.times", times)
            }),
            at: self.since(report.received_at),
            asked: asked.map(|asked| Letter {
                words: words(asked),
                at: self.since(asked.at),
                answer: self.answer(asked),
            }),
        }
    }

    fn question(&self, asked: &KnownQuestion) -> QuestionLine {
        let question = &asked.question;
        let reply = path(self.l, "/reports/answer");
        QuestionLine {
            by: host(&question.asker),
            href: question.asker.to_string(),
            at: self.since(asked.at),
            about: question.object.as_ref().map(ToString::to_string),
            words: question.words.as_ref().map(ToString::to_string),
            answer: self.answer(asked),
            reply: address(&reply, &[("flag", Some(question.flag.as_str()))]),
        }
    }

    fn answer(&self, asked: &KnownQuestion) -> Option<Answer> {
        let (words, at) = asked.answer.as_ref()?;
        Some(Answer {
            words: words.to_string(),
            at: self.since(*at),
        })
    }

    fn closed(&self, report: &Report) -> Closed {
        Closed {
            named: named(&report.entry, self.edition, self.l),
            reason: reason(report, self.l),
            outcome: report
                .outcome
                .as_ref()
                .map_or("", |it| it.as_str())
                .to_owned(),
            at: self.since(report.closed_at.unwrap_or(report.received_at)),
        }
    }

    fn since(&self, at: DateTime<Utc>) -> Moment {
        since(at, self.now, self.l)
    }
}

fn words(asked: &KnownQuestion) -> String {
    let words = asked.question.words.as_ref();
    words.map_or("", |words| words.as_str()).to_owned()
}

/// Why, and what else was said, in the words of the form.
pub(super) fn reason(report: &Report, l: &Locale) -> String {
    let key = format!("report.reason.{}", report.reason.word());
    l.t(&key).to_owned()
}

/// An entry by its name, or by its id where it is no longer listed.
pub(super) fn named(entry: &Entry, edition: &Edition, l: &Locale) -> Named {
    let hoster = hoster(entry, edition);
    let name = hoster.map_or_else(
        || entry.hoster.to_string(),
        |hoster| hoster.name.to_string(),
    );
    let Some(id) = &entry.service else {
        return Named {
            name,
            href: format!("/{}/hosters/{}", l.code(), entry.hoster),
            hoster: None,
        };
    };
    let service = edition.service(id.as_str());
    Named {
        name: service.map_or_else(|| id.to_string(), |service| service.name.to_string()),
        href: format!("/{}/services/{id}", l.code()),
        hoster: Some(name),
    }
}

/// Whom a question about an entry goes to, the hoster's actor, and the object of the service that is meant;
/// `None` where the hoster has no actor, or it is this node's own.
pub(super) fn asks<'a>(
    entry: &Entry,
    edition: &'a Edition,
    home: &Url,
) -> Option<(&'a Link, Option<&'a Link>)> {
    let actor = hoster(entry, edition)?.actor.as_ref()?;
    let service = entry.service.as_ref();
    let service = service.and_then(|id| edition.service(id.as_str()));
    let object = service.and_then(|service| service.object.as_ref());
    (actor.as_url().origin() != home.origin()).then_some((actor, object))
}

fn hoster<'a>(entry: &Entry, edition: &'a Edition) -> Option<&'a Hoster> {
    let position = edition.hoster_position(entry.hoster.as_str())?;
    edition.hosters.get(position).map(Arc::as_ref)
}

fn host(url: &Url) -> String {
    url[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}

/// What was done just now, as the address says it.
fn done(request: &HttpRequest, l: &'static Locale) -> Option<&'static str> {
    let given = parameters(request);
    match parameter(&given, "done")? {
        "close" => Some(l.t("manage.done.close")),
        "ask" => Some(l.t("manage.done.ask")),
        "answer" => Some(l.t("manage.done.answer")),
        _ => None,
    }
}
