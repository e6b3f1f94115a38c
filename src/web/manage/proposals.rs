//! What lists of others would block: a person takes what they choose of it, or drops it.

use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::owner::{Owner, Stranger};
use super::posted::Posted;
use super::sorry::Sorry;
use super::trouble::Trouble;
use super::{Desk, Tab, TabLink, path, see};
use crate::domain::block::{Domain, Severity};
use crate::domain::report::MAX_REPORT_CHARS;
use crate::domain::text::Prose;
use crate::federation::{self, PROPOSALS_ON_A_PAGE};
use crate::store::{Blocked, Proposed};
use crate::web::locale::Locale;
use crate::web::page::{Page, address, language_of, parameter, parameters, send};

#[derive(Template)]
#[template(path = "manage_proposals.html")]
struct ProposalsPage {
    page: Page,
    tabs: Vec<TabLink>,
    action: String,
    /// Where the blocks are.
    trust: String,
    done: Option<String>,
    trouble: Option<Trouble>,
    form: Form,
    /// How many there are.
    count: String,
    lines: Vec<Line>,
    /// What was chosen, where the lines are not shown, and on which page.
    kept: Vec<(&'static str, String)>,
    previous: Option<String>,
    next: Option<String>,
}

/// A proposal.
struct Line {
    domain: String,
    severity: String,
    comment: Option<String>,
    source: String,
    is_chosen: bool,
}

/// `GET /{lang}/manage/proposals`
pub(super) async fn page(request: HttpRequest, owner: Owner) -> HttpResponse {
    let form = Form::new(parameters(&request), language_of(&request));
    match proposals_page(&request, &owner, form).await {
        Ok(page) => send(StatusCode::OK, &page),
        Err(error) => Sorry::for_failure(error).answer(&request),
    }
}

/// `POST /{lang}/manage/proposals`: with `do`, whether what was chosen is taken or dropped.
pub(super) async fn decide(
    request: HttpRequest,
    Posted(given): Posted,
    owner: Result<Owner, Stranger>,
) -> Result<HttpResponse, Error> {
    let l = language_of(&request);
    let mut form = Form::new(given, l);
    let owner = match owner {
        Ok(owner) => owner,
        Err(stranger) if stranger.may_log_in => {
            let mut page = blank(&request, form);
            page.tabs.clear();
            page.trouble = Some(Trouble::LoggedOut);
            return Ok(Trouble::LoggedOut.send(&page));
        }
        Err(stranger) => return Err(stranger.into()),
    };
    let decided = match form.value("do") {
        "take" => take(&owner, &mut form, l).await,
        _ => drop_chosen(&owner, &mut form, l).await,
    };
    match decided {
        Ok(Some((done, number))) => {
            let number = number.to_string();
            let done = [("done", Some(done)), ("n", Some(number.as_str()))];
            return Ok(see(&address(&path(l, "/proposals"), &done)));
        }
        Ok(None) => {}
        Err(error) => return Ok(away(&request, form, &error)),
    }
    Ok(match proposals_page(&request, &owner, form).await {
        Ok(page) => send(StatusCode::UNPROCESSABLE_ENTITY, &page),
        Err(error) => Sorry::for_failure(error).answer(&request),
    })
}

fn away(request: &HttpRequest, form: Form, error: &federation::Error) -> HttpResponse {
    tracing::error!(%error, "proposals cannot be decided on");
    let mut page = blank(request, form);
    page.trouble = Some(Trouble::Away);
    Trouble::Away.send(&page)
}

/// The domains that were chosen; `None` where the form now says that none was.
fn chosen(form: &mut Form, l: &Locale) -> Option<Vec<Domain>> {
    let values = form.repeated(&["proposed"]);
    let domains: Vec<Domain> = (values.iter())
        .take(PROPOSALS_ON_A_PAGE as usize)
        .filter_map(|(_, domain)| Domain::parse(domain).ok())
        .collect();
    if domains.is_empty() {
        form.refuse("proposed", l.t("manage.proposals.choose").to_owned());
        return None;
    }
    Some(domains)
}

/// Takes what was chosen; says how many. Each becomes a block for a reason that everybody can read: the
/// words in the form, else the list's own.
async fn take(
    owner: &Owner,
    form: &mut Form,
    l: &Locale,
) -> Result<Option<(&'static str, usize)>, federation::Error> {
    let Some(domains) = chosen(form, l) else {
        return Ok(None);
    };
    let words = match form.value("words") {
        "" => None,
        _ => match form.words("words") {
            Some(words) => Some(words),
            None => return Ok(None),
        },
    };
    let mut wanted: Vec<(Proposed, Prose)> = Vec::new();
    for domain in &domains {
        // What was decided on meanwhile is no longer there.
        let Some(proposed) = owner.node.proposal(domain).await? else {
            continue;
        };
        match words
            .as_ref()
            .or(proposed.proposal.comment.as_ref())
            .cloned()
        {
            Some(reason) => wanted.push((proposed, reason)),
            None => {
                let sentence = l.with("manage.proposals.wordless", "domain", domain);
                form.refuse("words", sentence);
                return Ok(None);
            }
        }
    }
    let mut taken = 0;
    for (proposed, reason) in &wanted {
        match owner.node.take_proposal(proposed, reason).await? {
            Blocked::Done | Blocked::Already => taken += 1,
            Blocked::Ourselves => {
                form.refuse("proposed", l.t("manage.trust.ourselves").to_owned());
                return Ok(None);
            }
        }
    }
    Ok(Some(("taken", taken)))
}

async fn drop_chosen(
    owner: &Owner,
    form: &mut Form,
    l: &Locale,
) -> Result<Option<(&'static str, usize)>, federation::Error> {
    let Some(domains) = chosen(form, l) else {
        return Ok(None);
    };
    let dropped = owner.node.drop_proposals(&domains).await?;
    Ok(Some((
        "dropped",
        usize::try_from(dropped).unwrap_or(usize::MAX),
    )))
}

async fn proposals_page(
    request: &HttpRequest,
    owner: &Owner,
    form: Form,
) -> Result<ProposalsPage, federation::Error> {
    let l = language_of(request);
    let number: u64 = form.value("page").parse().unwrap_or(1).max(1);
    let (proposals, total) = owner.node.proposals(number).await?;
    let link = |page: u64| {
        let page = page.to_string();
        address(&path(l, "/proposals"), &[("page", Some(page.as_str()))])
    };
    let chosen = form.repeated(&["proposed"]);
    let lines = proposals.iter().map(|proposed| {
        let domain = proposed.proposal.domain.to_string();
        Line {
            severity: severity(proposed.proposal.severity, l),
            comment: proposed.proposal.comment.as_ref().map(Prose::to_string),
            source: proposed.source.to_string(),
            is_chosen: chosen.iter().any(|(_, chosen)| *chosen == domain),
            domain,
        }
    });
    Ok(ProposalsPage {
        lines: lines.collect(),
        kept: form.repeated(&["page"]),
        count: match usize::try_from(total).unwrap_or(usize::MAX) {
            0 => l.t("manage.proposals.none").to_owned(),
            total => l.count("manage.proposals.count", total),
        },
        previous: (number > 1).then(|| link(number - 1)),
        next: (number.saturating_mul(PROPOSALS_ON_A_PAGE.into()) < total).then(|| link(number + 1)),
        ..blank(request, form)
    })
}

fn severity(severity: Severity, l: &Locale) -> String {
    l.t(&format!("block.does.{}", severity.word())).to_owned()
}

fn blank(request: &HttpRequest, form: Form) -> ProposalsPage {
    let l = language_of(request);
    let title = l.t("manage.proposals").to_owned();
    let Desk { page, tabs } = Desk::new(request, l, title, Tab::Trust);
    ProposalsPage {
        page,
        tabs,
        action: path(l, "/proposals"),
        trust: path(l, "/trust"),
        done: done(request, l),
        trouble: None,
        count: String::new(),
        lines: Vec::new(),
        kept: form.repeated(&["proposed", "page"]),
        form,
        previous: None,
        next: None,
    }
}

/// What was done just now, as the address says it.
fn done(request: &HttpRequest, l: &Locale) -> Option<String> {
    let given = parameters(request);
    let number: usize = parameter(&given, "n")?.parse().ok()?;
    match parameter(&given, "done")? {
        "taken" => Some(l.count("manage.done.taken", number)),
        "dropped" => Some(l.count("manage.done.dropped", number)),
        _ => None,
    }
}
