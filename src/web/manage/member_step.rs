//! A step of membership that needs words, or to be thought about twice: apply, offer, refuse, remove, leave.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::members::{in_words, not_shown, see_done, show};
use super::owner::{Owner, Stranger};
use super::posted::Posted;
use super::trouble::Trouble;
use super::{Desk, Tab, TabLink, path};
use crate::domain::word::worded;
use crate::federation::{self, Federation, MAX_WORDS_CHARS, NotDone};
use crate::formats::activitypub::actor::RemoteActor;
use crate::web::page::{Page, language_of, parameters, send};

/// Which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A hoster asks a collective.
    Apply,
    /// A hoster offers to vouch for another.
    Offer,
    /// An application or an offer is refused.
    Refuse,
    /// A vouch of ours is taken back.
    Remove,
    /// A hoster leaves a collective.
    Leave,
    /// A hoster no longer wants what it asked for.
    Withdraw,
}

worded!(Step {
    Apply = "apply",
    Offer = "offer",
    Refuse = "refuse",
    Remove = "remove",
    Leave = "leave",
    Withdraw = "withdraw",
});

impl Step {
    fn asks_whom(self) -> bool {
        matches!(self, Self::Apply | Self::Offer)
    }

    /// The field of its words, if it has any, and the key of the help for it.
    fn words(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Apply => Some(("application", "manage.members.apply.help")),
            Self::Refuse => Some(("reason", "manage.members.refuse.help")),
            Self::Remove => Some(("reason", "manage.members.remove.help")),
            Self::Offer | Self::Leave | Self::Withdraw => None,
        }
    }

    fn done(self) -> &'static str {
        match self {
            Self::Apply => "applied",
            Self::Offer => "offered",
            Self::Refuse => "refused",
            Self::Remove => "removed",
            Self::Leave | Self::Withdraw => "left",
        }
    }
}

#[derive(Template)]
#[template(path = "manage_member.html")]
struct StepPage {
    page: Page,
    tabs: Vec<TabLink>,
    lead: String,
    action: String,
    back: String,
    trouble: Option<Trouble>,
    form: Form,
    /// Whether the form asks whom it is about; else it is known.
    asks_whom: bool,
    who: Option<String>,
    /// The field of the words, and the key of its help.
    words: Option<(&'static str, &'static str)>,
    /// The collective that was found at the address, which is applied to next.
    found: Option<Found>,
    /// What the button says.
    go: &'static str,
}

/// A collective and what it asks to be agreed to.
struct Found {
    name: String,
    /// The address for which it was found.
    address: String,
    /// The version of its charter, where to read it, and its hash; none where it shows none.
    charter: Option<(String, String, Option<String>)>,
}

impl Found {
    fn of(collective: &RemoteActor, address: &str) -> Self {
        let name = collective.name.as_ref().map(ToString::to_string);
        Self {
            name: name.unwrap_or_else(|| collective.id.to_string()),
            address: address.to_owned(),
            charter: collective.charter.as_ref().map(|charter| {
                let version = charter.version.version.to_string();
                (
                    version,
                    charter.url.to_string(),
                    charter.version.sha256.clone(),
                )
            }),
        }
    }
}

/// `GET /{lang}/manage/members/{step}`
pub(super) async fn page(
    request: HttpRequest,
    names: Path<(String, String)>,
    owner: Owner,
) -> HttpResponse {
    if let Err(error) = owner.node.memberships().await {
        return not_shown(error).answer(&request);
    }
    let step = step(&names.1);
    let form = Form::new(parameters(&request), language_of(&request));
    send(StatusCode::OK, &step_page(&request, step, form, None))
}

/// `POST /{lang}/manage/members/{step}`
pub(super) async fn take(
    request: HttpRequest,
    names: Path<(String, String)>,
    Posted(given): Posted,
    owner: Result<Owner, Stranger>,
) -> Result<HttpResponse, Error> {
    let l = language_of(&request);
    let step = step(&names.1);
    let mut form = Form::new(given, l);
    let node = match owner {
        Ok(owner) => owner.node,
        Err(stranger) if stranger.may_log_in => {
            let mut page = step_page(&request, step, form, None);
            page.tabs.clear();
            page.trouble = Some(Trouble::LoggedOut);
            return Ok(Trouble::LoggedOut.send(&page));
        }
        Err(stranger) => return Err(stranger.into()),
    };
    let again = |form: Form, found: Option<Found>| {
        let page = step_page(&request, step, form, found);
        let status = match page.form.wrong().is_empty() {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Ok(send(status, &page))
    };
    if step.asks_whom() && form.value("address").is_empty() {
        form.refuse("address", l.t("manage.error.empty").to_owned());
        return again(form, None);
    }
    // Nobody applies under a charter that was not shown.
    if step == Step::Apply && form.value("seen") != form.value("address") {
        return match look(&node, &form).await {
            Ok(found) => again(form, Some(found)),
            Err(error) => Ok(refused(&request, step, form, None, error)),
        };
    }
    let error = match taken(&node, step, &form).await {
        Ok(who) => return Ok(see_done(&request, step.done(), &who)),
        Err(error) => error,
    };
    let is_about_words = matches!(error, NotDone::TooLong(_) | NotDone::NotText);
    if !step.asks_whom() && !is_about_words {
        return Ok(show(&request, &node, Some(error)).await);
    }
    let found = match step {
        Step::Apply => look(&node, &form).await.ok(),
        _ => None,
    };
    Ok(refused(&request, step, form, found, error))
}

/// The collective at the address that stands in a form.
async fn look(node: &Federation, form: &Form) -> Result<Found, NotDone> {
    let address = form.value("address");
    Ok(Found::of(&node.collective(address).await?, address))
}

/// Takes the step; says whom it was about.
async fn taken(node: &Federation, step: Step, form: &Form) -> Result<String, NotDone> {
    let value = |field| form.value(field).replace("\r\n", "\n");
    let (who, address) = (form.value("who"), form.value("address"));
    Ok(match step {
        Step::Apply => {
            let version = Some(form.value("charter")).filter(|version| !version.is_empty());
            let words = value("application");
            node.apply_for_membership(address, &words, version)
                .await?
                .id
        }
        Step::Offer => node.offer_vouch(address).await?.id,
        Step::Refuse => node.refuse(who, &value("reason")).await?.actor,
        Step::Remove => node.take_back(who, &value("reason")).await?.object,
        Step::Leave | Step::Withdraw => node.leave(who).await?,
    }
    .into())
}

/// The form again, with what was typed and what is wrong with it.
fn refused(
    request: &HttpRequest,
    step: Step,
    mut form: Form,
    found: Option<Found>,
    error: NotDone,
) -> HttpResponse {
    let l = language_of(request);
    let field = match error {
        NotDone::TooLong(_) | NotDone::NotText => step.words().map(|(field, _)| field),
        _ => None,
    };
    if let NotDone::Failed(error) = &error
        && !matches!(error, federation::Error::Store(_))
    {
        tracing::info!("a form of membership was not taken: {error:#}");
    }
    match in_words(error, l) {
        Ok(sentence) => {
            form.refuse(field.unwrap_or("address"), sentence);
            send(
                StatusCode::UNPROCESSABLE_ENTITY,
                &step_page(request, step, form, found),
            )
        }
        Err(error) => {
            tracing::error!("a form of membership: {:#}", anyhow::Error::from(error));
            let mut page = step_page(request, step, form, found);
            page.trouble = Some(Trouble::Away);
            Trouble::Away.send(&page)
        }
    }
}

/// The route lets no other word through.
fn step(word: &str) -> Step {
    Step::from_word(word).unwrap_or(Step::Withdraw)
}

fn step_page(request: &HttpRequest, step: Step, form: Form, found: Option<Found>) -> StepPage {
    let l = language_of(request);
    let who = Some(form.value("who"))
        .filter(|who| !who.is_empty())
        .map(str::to_owned);
    let host = who.as_deref().and_then(|who| url::Url::parse(who).ok());
    let host = host.map(|url| url[url::Position::BeforeHost..url::Position::AfterPort].to_owned());
    let name = host.or_else(|| who.clone()).unwrap_or_default();
    let (title, lead, go) = match step {
        Step::Apply => (
            l.t("manage.members.apply").to_owned(),
            l.t("manage.members.apply.lead").to_owned(),
            match found {
                Some(_) => l.t("manage.members.apply.go"),
                None => l.t("manage.members.apply.look"),
            },
        ),
        Step::Offer => (
            l.t("manage.members.offer").to_owned(),
            l.t("manage.members.offer.lead").to_owned(),
            l.t("manage.members.offer.go"),
        ),
        Step::Refuse => (
            l.with("manage.members.refuse.title", "name", &name),
            l.t("manage.members.refuse.lead").to_owned(),
            l.t("manage.members.refuse.go"),
        ),
        Step::Remove => (
            l.with("manage.members.remove.title", "name", &name),
            l.t("manage.members.remove.lead").to_owned(),
            l.t("manage.members.remove.go"),
        ),
        Step::Leave => (
            l.with("manage.members.leave.title", "name", &name),
            l.with("manage.members.leave.lead", "name", &name),
            l.t("manage.members.leave.go"),
        ),
        Step::Withdraw => (
            l.with("manage.members.withdraw.title", "name", &name),
            l.with("manage.members.withdraw.lead", "name", &name),
            l.t("manage.members.withdraw.go"),
        ),
    };
    let Desk { page, tabs } = Desk::new(request, l, title, Tab::Members);
    StepPage {
        page,
        tabs,
        lead,
        action: path(l, &format!("/members/{}", step.word())),
        back: path(l, "/members"),
        trouble: None,
        asks_whom: step.asks_whom(),
        who: who.filter(|_| !step.asks_whom()),
        words: step.words().filter(|(field, _)| {
            step != Step::Apply || found.is_some() || !form.value(field).is_empty()
        }),
        found,
        form,
        go,
    }
}
