//! Membership, both sides: who waits for an answer, who is a member until when, who vouches for this node.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use url::Url;

use super::member_lines::{Applicant, Line, Wish, applicant, given, person, received, wish};
use super::owner::Owner;
use super::posted::Posted;
use super::sorry::Sorry;
use super::{Desk, Tab, TabLink, path, see};
use crate::domain::term::Term;
use crate::federation::{Error, Federation, MAX_WORDS_CHARS, NotDone, Roll, Standing};
use crate::formats::activitypub::addresses::Local;
use crate::web::locale::Locale;
use crate::web::page::{Page, address, language_of, parameter, parameters, send};

#[derive(Template)]
#[template(path = "manage_members.html")]
struct Members {
    page: Page,
    tabs: Vec<TabLink>,
    lead: &'static str,
    /// What was done just now.
    done: Option<String>,
    /// Why something was not.
    trouble: Option<String>,
    is_collective: bool,
    /// The charter in force, and where to read it.
    charter: Option<(String, String)>,
    /// What this node is called where others apply to it.
    home: String,
    /// What ends soon, on either side.
    lapsing: Vec<Line>,
    waiting: Vec<Applicant>,
    asked: Vec<Wish>,
    given: Vec<Line>,
    received: Vec<Line>,
    more: Option<String>,
}

/// `GET /{lang}/manage/members`
pub(super) async fn page(request: HttpRequest, owner: Owner) -> HttpResponse {
    show(&request, &owner.node, None).await
}

/// `POST /{lang}/manage/members/accept`
pub(super) async fn accept(
    request: HttpRequest,
    Posted(given): Posted,
    owner: Owner,
) -> HttpResponse {
    let who = parameter(&given, "who").unwrap_or_default();
    let done = owner.node.accept(who).await;
    seen(&request, &owner.node, "accepted", who, done).await
}

/// `POST /{lang}/manage/members/renew`: one, or with nobody named all.
pub(super) async fn renew(
    request: HttpRequest,
    Posted(given): Posted,
    owner: Owner,
) -> HttpResponse {
    let Some(who) = parameter(&given, "who") else {
        let done = owner.node.renew_all().await;
        return seen(&request, &owner.node, "renewed-all", "", done).await;
    };
    let done = owner.node.renew(who).await;
    seen(&request, &owner.node, "renewed", who, done).await
}

/// Leads to the list, which says what was done; or shows it with the reason why nothing was.
async fn seen<T>(
    request: &HttpRequest,
    node: &Federation,
    done: &str,
    who: &str,
    result: Result<T, NotDone>,
) -> HttpResponse {
    match result {
        Ok(_) => see_done(request, done, who),
        Err(error) => show(request, node, Some(error)).await,
    }
}

/// Leads to the list, which says what was done.
pub(super) fn see_done(request: &HttpRequest, done: &str, who: &str) -> HttpResponse {
    let values = [
        ("done", Some(done)),
        ("who", Some(who).filter(|who| !who.is_empty())),
    ];
    see(&address(&path(language_of(request), "/members"), &values))
}

/// The list, with the reason why something was not done.
pub(super) async fn show(
    request: &HttpRequest,
    node: &Federation,
    trouble: Option<NotDone>,
) -> HttpResponse {
    let l = language_of(request);
    let sentence = match trouble.map(|error| in_words(error, l)).transpose() {
        Ok(sentence) => sentence,
        Err(error) => return Sorry::for_failure(error).answer(request),
    };
    let status = match sentence {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let done = match done(request, node, l).await {
        Ok(done) => done.filter(|_| sentence.is_none()),
        Err(error) => return Sorry::for_failure(error).answer(request),
    };
    match node.roll().await {
        Ok(roll) => {
            let mut page = list(request, node, roll, l);
            (page.done, page.trouble) = (done, sentence);
            send(status, &page)
        }
        Err(error) => not_shown(error).answer(request),
    }
}

fn list(request: &HttpRequest, node: &Federation, roll: Roll, l: &'static Locale) -> Members {
    let now = node.now();
    let is_collective = roll.role == Local::Collective;
    let Desk { page, tabs } = Desk::new(
        request,
        l,
        l.t("manage.nav.members").to_owned(),
        Tab::Members,
    );
    let soon = |standing: &&Standing| standing.term == Term::LapsesSoon;
    let lapsing_given = roll.given.iter().filter(soon).map(|one| given(one, now, l));
    let lapsing_received = roll
        .received
        .iter()
        .filter(soon)
        .map(|one| received(one, now, l));
    Members {
        page,
        tabs,
        lead: match is_collective {
            true => l.t("manage.members.lead.collective"),
            false => l.t("manage.members.lead.hoster"),
        },
        done: None,
        trouble: None,
        is_collective,
        charter: roll.charter.as_ref().map(|charter| {
            let label = l.with(
                "manage.members.charter.version",
                "version",
                &charter.version,
            );
            (label, format!("/{}/charter", l.code()))
        }),
        home: node.addresses().home().to_string(),
        lapsing: lapsing_given.chain(lapsing_received).collect(),
        waiting: roll
            .waiting
            .iter()
            .map(|one| applicant(one, now, l))
            .collect(),
        asked: roll.asked.iter().map(|one| wish(one, l)).collect(),
        given: roll.given.iter().map(|one| given(one, now, l)).collect(),
        received: roll
            .received
            .iter()
            .map(|one| received(one, now, l))
            .collect(),
        more: (roll.more > 0).then(|| l.count("manage.members.more", roll.more)),
    }
}

/// What was done just now, as the address says it.
async fn done(
    request: &HttpRequest,
    node: &Federation,
    l: &Locale,
) -> Result<Option<String>, Error> {
    let asked = parameters(request);
    let key = match parameter(&asked, "done").unwrap_or_default() {
        "accepted" => "manage.members.done.accepted",
        "applied" => "manage.members.done.applied",
        "left" => "manage.members.done.left",
        "offered" => "manage.members.done.offered",
        "refused" => "manage.members.done.refused",
        "removed" => "manage.members.done.removed",
        "renewed" => "manage.members.done.renewed",
        "renewed-all" => return Ok(Some(l.t("manage.members.done.renewed-all").to_owned())),
        _ => return Ok(None),
    };
    let Some(Ok(who)) = parameter(&asked, "who").map(Url::parse) else {
        return Ok(None);
    };
    let who = person(&node.acquaintance(who).await?);
    Ok(Some(l.with(key, "name", who.name)))
}

/// Why the list is not shown.
pub(super) fn not_shown(error: NotDone) -> Sorry {
    match error {
        NotDone::Failed(error) => Sorry::for_failure(error),
        _ => Sorry::NoMembership,
    }
}

/// Why something was not done, in a sentence; a failure of the database is returned.
pub(super) fn in_words(error: NotDone, l: &Locale) -> Result<String, Error> {
    let key = match error {
        NotDone::Failed(error @ Error::Store(_)) => return Err(error),
        NotDone::Failed(Error::NotAName(_)) => "manage.members.error.name",
        NotDone::Failed(Error::Ourselves(_)) => "manage.members.error.ourselves",
        NotDone::Failed(_) => "manage.members.error.unreached",
        NotDone::Directory | NotDone::NotOurs(_) => "manage.members.error.role",
        NotDone::NoCollective(_) => "manage.members.error.nocollective",
        NotDone::NoHoster(_) => "manage.members.error.nohoster",
        NotDone::OtherCharter { in_force } => {
            return Ok(l.with("manage.members.error.charter", "version", in_force));
        }
        NotDone::NotAmongThem { .. } | NotDone::Several(_) => "manage.members.error.gone",
        NotDone::NothingOffered => "manage.members.error.offer",
        NotDone::VouchedAlready(_) => "manage.members.error.vouched",
        NotDone::MemberAlready(_) => "manage.members.error.member",
        NotDone::NotText => "manage.error.characters",
        NotDone::TooLong(_) => {
            let most = l.integer(MAX_WORDS_CHARS);
            return Ok(l.with("manage.error.long", "n", most));
        }
    };
    Ok(l.t(key).to_owned())
}
