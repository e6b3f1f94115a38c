//! A few words of whoever manages this node: what came of reports, a question to a hoster about them, an
//! answer to whoever asks our hoster. Each is written on a page of its own, beside what it is about.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;
use url::Url;

use super::form::Form;
use super::owner::{Owner, Stranger};
use super::posted::Posted;
use super::reports::{asks, named, reason};
use super::sorry::Sorry;
use super::trouble::Trouble;
use super::{Desk, Tab, TabLink, path, see};
use crate::catalogue::{Catalogue, Edition};
use crate::domain::report::MAX_REPORT_CHARS;
use crate::domain::text::Link;
use crate::domain::word::worded;
use crate::federation;
use crate::store::{Question, Report};
use crate::web::locale::Locale;
use crate::web::page::{Page, address, language_of, parameter, parameters, send};

/// The most reports that one letter is about.
const MAX_REPORTS: usize = 200;

/// What a letter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// It closes reports.
    Close,
    /// It asks a hoster about them.
    Ask,
    /// It answers somebody who asks our hoster.
    Answer,
}

worded!(What {
    Close = "close",
    Ask = "ask",
    Answer = "answer",
});

#[derive(Template)]
#[template(path = "manage_letter.html")]
struct LetterPage {
    page: Page,
    tabs: Vec<TabLink>,
    lead: String,
    help: &'static str,
    send: &'static str,
    /// What others said, which the letter is about.
    quoted: Vec<Quoted>,
    action: String,
    /// What the letter is about, as the form sends it.
    about: Vec<(&'static str, String)>,
    back: String,
    trouble: Option<Trouble>,
    form: Form,
}

/// Words of others.
struct Quoted {
    said: String,
    words: Option<String>,
}

/// What a letter is about, once it was looked up.
enum About<'a> {
    /// Reports, of which this is the entry's name.
    Reports(Vec<Report>, String),
    /// Reports of one entry, and whom to ask: an actor, and the service's object.
    Hoster(Vec<Report>, String, (&'a Link, Option<&'a Link>)),
    /// A question to our hoster.
    Question(Box<Question>),
}

/// `GET /{lang}/manage/reports/close|ask|answer`, with `report=…` or `flag=…`.
pub(super) async fn page(
    request: HttpRequest,
    names: Path<(String, String)>,
    owner: Owner,
    catalogue: Data<Catalogue>,
) -> HttpResponse {
    let l = language_of(&request);
    let given = parameters(&request);
    let edition = catalogue.current();
    let Some(what) = What::from_word(&names.1) else {
        return see(&path(l, "/reports"));
    };
    match look_up(what, &given, &owner, &edition, l).await {
        Ok(Some(about)) => {
            let mut first = given;
            if let About::Hoster(reports, name, _) = &about {
                first.push(("words".to_owned(), draft(reports, name, l)));
            }
            let letter = blank(&request, what, Form::new(first, l), Some(&about));
            send(StatusCode::OK, &letter)
        }
        // What it would be about was settled meanwhile, or never was.
        Ok(None) => see(&path(l, "/reports")),
        Err(error) => Sorry::for_failure(error).answer(&request),
    }
}

/// `POST` to the same address.
pub(super) async fn send_letter(
    request: HttpRequest,
    names: Path<(String, String)>,
    Posted(given): Posted,
    owner: Result<Owner, Stranger>,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Error> {
    let l = language_of(&request);
    let queue = path(l, "/reports");
    let Some(what) = What::from_word(&names.1) else {
        return Ok(see(&queue));
    };
    let owner = match owner {
        Ok(owner) => owner,
        Err(stranger) if stranger.may_log_in => {
            let mut letter = blank(&request, what, Form::new(given, l), None);
            letter.tabs.clear();
            letter.trouble = Some(Trouble::LoggedOut);
            return Ok(Trouble::LoggedOut.send(&letter));
        }
        Err(stranger) => return Err(stranger.into()),
    };
    let edition = catalogue.current();
    let about = match look_up(what, &given, &owner, &edition, l).await {
        Ok(Some(about)) => about,
        Ok(None) => return Ok(see(&queue)),
        Err(error) => {
            drop(Sorry::for_failure(error));
            let mut letter = blank(&request, what, Form::new(given, l), None);
            letter.trouble = Some(Trouble::Away);
            return Ok(Trouble::Away.send(&letter));
        }
    };
    let mut form = Form::new(given, l);
    let words = form.words("words");
    if let Some(answer) = form.checked() {
        return Ok(answer);
    }
    let Some(words) = words else {
        let letter = blank(&request, what, form, Some(&about));
        return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &letter));
    };
    let node = &owner.node;
    let numbers = |reports: &[Report]| reports.iter().map(|report| report.seq).collect::<Vec<_>>();
    let done = match &about {
        About::Reports(reports, _) => {
            let closed = node.close_reports(&numbers(reports), &words).await;
            closed.map(drop)
        }
        About::Hoster(reports, _, (actor, object)) => {
            let object = object.map(Link::as_url);
            let reports = numbers(reports);
            node.ask(actor.as_url(), object, &reports, words).await
        }
        About::Question(question) => node.answer(&question.flag, words).await.map(drop),
    };
    Ok(match done {
        Ok(()) => see(&address(&queue, &[("done", Some(what.word()))])),
        Err(error @ (federation::Error::Fetch(_) | federation::Error::Unexpected { .. })) => {
            form.refuse("words", l.with("manage.ask.unreached", "why", error));
            let letter = blank(&request, what, form, Some(&about));
            send(StatusCode::BAD_GATEWAY, &letter)
        }
        Err(error) => {
            drop(Sorry::for_failure(error));
            let mut letter = blank(&request, what, form, Some(&about));
            letter.trouble = Some(Trouble::Away);
            Trouble::Away.send(&letter)
        }
    })
}

/// What a letter is about; `None` where that was settled, or never was.
async fn look_up<'a>(
    what: What,
    given: &[(String, String)],
    owner: &Owner,
    edition: &'a Edition,
    l: &Locale,
) -> Result<Option<About<'a>>, federation::Error> {
    let node = &owner.node;
    if what == What::Answer {
        let flag = parameter(given, "flag").and_then(|flag| Url::parse(flag).ok());
        let Some(flag) = flag else { return Ok(None) };
        let asked = node.question(&flag).await?;
        // Only what our hoster was asked is ours to answer.
        let question = asked.map(|asked| asked.question);
        let ours = question.filter(|question| node.addresses().is_ours(&question.asked));
        return Ok(ours.map(|question| About::Question(Box::new(question))));
    }
    let chosen: Vec<i64> = (given.iter())
        .filter(|(name, _)| name == "report")
        .filter_map(|(_, seq)| seq.parse().ok())
        .take(MAX_REPORTS)
        .collect();
    let mut reports = node.waiting_reports().await?;
    reports.retain(|report| chosen.contains(&report.seq));
    let Some(first) = reports.first() else {
        return Ok(None);
    };
    let entry = first.entry.clone();
    reports.retain(|report| report.entry == entry);
    let name = named(&entry, edition, l).name;
    if what == What::Close {
        return Ok(Some(About::Reports(reports, name)));
    }
    let asks = asks(&entry, edition, &node.addresses().home());
    Ok(asks.map(|asks| About::Hoster(reports, name, asks)))
}

/// A letter as it is shown: with what it is about, where whoever sees it may know.
fn blank(request: &HttpRequest, what: What, form: Form, about: Option<&About<'_>>) -> LetterPage {
    let l = language_of(request);
    let (title, help, send) = match what {
        What::Close => ("manage.close.go", "manage.close.help", "manage.close.go"),
        What::Ask => ("manage.ask", "manage.ask.help", "manage.ask.go"),
        What::Answer => ("manage.answer", "manage.answer.help", "manage.answer.go"),
    };
    let lead = match about {
        Some(About::Reports(_, name)) => l.with("manage.close.lead", "name", name),
        Some(About::Hoster(_, name, (actor, _))) => {
            l.with2("manage.ask.lead", ("name", name), ("host", &actor.host()))
        }
        Some(About::Question(question)) => {
            let host = question.asker.host_str().unwrap_or_default();
            l.with("manage.answer.lead", "host", host)
        }
        None => String::new(),
    };
    let Desk { page, tabs } = Desk::new(request, l, l.t(title).to_owned(), Tab::Reports);
    LetterPage {
        page,
        tabs,
        lead,
        help: l.t(help),
        send: l.t(send),
        quoted: about.map(|about| quoted(about, l)).unwrap_or_default(),
        action: path(l, &format!("/reports/{}", what.word())),
        about: form.repeated(&["report", "flag"]),
        back: path(l, "/reports"),
        trouble: None,
        form,
    }
}

fn quoted(about: &About<'_>, l: &Locale) -> Vec<Quoted> {
    match about {
        About::Reports(reports, _) | About::Hoster(reports, ..) => {
            let quoted = reports.iter().map(|report| Quoted {
                said: reason(report, l),
                words: report.words.as_ref().map(ToString::to_string),
            });
            quoted.collect()
        }
        About::Question(question) => vec![Quoted {
            said: question
                .object
                .as_ref()
                .map(Url::to_string)
                .unwrap_or_default(),
            words: question.words.as_ref().map(ToString::to_string),
        }],
    }
}

/// A question to begin with: what was said, a line each.
fn draft(reports: &[Report], name: &str, l: &Locale) -> String {
    let lines = reports.iter().map(|report| {
        let words = report.words.as_ref();
        let words = words.map(|words| format!("{}{words}", l.t("wire.colon")));
        format!("– {}{}", reason(report, l), words.unwrap_or_default())
    });
    let lines: Vec<String> = lines.collect();
    let draft = l.with2(
        "manage.ask.draft",
        ("name", &name),
        ("said", &lines.join("\n")),
    );
    draft.chars().take(MAX_REPORT_CHARS).collect()
}
