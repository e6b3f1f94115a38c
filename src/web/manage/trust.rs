//! `/{lang}/manage/trust`: whom this node trusts from the start, by what rules, and what it blocks.

use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::owner::{Owner, Stranger};
use super::posted::Posted;
use super::service_form::Choice;
use super::sorry::Sorry;
use super::trouble::Trouble;
use super::trust_form::{self, Wish};
use super::{Desk, Tab, TabLink, path, see};
use crate::domain::choices::Choices;
use crate::federation;
use crate::store::Blocked;
use crate::web::choices::{self, AnchorLine, BlockLine};
use crate::web::locale::Locale;
use crate::web::page::{Page, address, language_of, parameter, parameters, send};

#[derive(Template)]
#[template(path = "manage_trust.html")]
struct TrustPage {
    page: Page,
    tabs: Vec<TabLink>,
    action: String,
    about: String,
    /// What was done just now.
    done: Option<String>,
    trouble: Option<Trouble>,
    /// Every field of the page; what is wrong with those of the form that was posted.
    form: Form,
    anchors: Vec<AnchorLine>,
    blocks: Vec<BlockLine>,
    standings: Vec<Choice>,
    severities: Vec<Choice>,
    /// Which rules the settings decide, so that what stands here does not count.
    decided: Vec<&'static str>,
}

/// `GET /{lang}/manage/trust`
pub(super) async fn page(request: HttpRequest, owner: Owner) -> HttpResponse {
    let l = language_of(&request);
    match owner.node.choices().await {
        Ok(choices) => {
            let form = Form::new(trust_form::values(&choices.rules), l);
            let decided = trust_form::decided(owner.node.rules_of_settings(), l);
            send(
                StatusCode::OK,
                &trust_page(&request, &choices, decided, form),
            )
        }
        Err(error) => Sorry::for_failure(error).answer(&request),
    }
}

/// `POST /{lang}/manage/trust`: with `do`, which of its forms was sent.
pub(super) async fn change(
    request: HttpRequest,
    Posted(given): Posted,
    owner: Result<Owner, Stranger>,
) -> Result<HttpResponse, Error> {
    let l = language_of(&request);
    let mut form = Form::new(given, l);
    let owner = match owner {
        Ok(owner) => owner,
        Err(stranger) if stranger.may_log_in => {
            let mut page = trust_page(&request, &Choices::default(), Vec::new(), form);
            page.tabs.clear();
            page.trouble = Some(Trouble::LoggedOut);
            return Ok(Trouble::LoggedOut.send(&page));
        }
        Err(stranger) => return Err(stranger.into()),
    };
    let wish = trust_form::read(&mut form);
    if let Some(answer) = form.checked() {
        return Ok(answer);
    }
    let done = match wish {
        Some(wish) => fulfil(&owner, wish, &mut form, l).await,
        None => Ok(None),
    };
    let failed = match done {
        Ok(Some(done)) => {
            let done = [("done", Some(done))];
            return Ok(see(&address(&path(l, "/trust"), &done)));
        }
        Ok(None) => None,
        Err(error) => {
            tracing::error!("a choice cannot be kept: {:#}", anyhow::Error::from(error));
            Some(Trouble::Away)
        }
    };
    // Where the database is away, what was typed is still worth showing.
    let choices = owner.node.choices().await.unwrap_or_default();
    let decided = trust_form::decided(owner.node.rules_of_settings(), l);
    form.fill(trust_form::values(&choices.rules));
    let mut page = trust_page(&request, &choices, decided, form);
    page.trouble = failed;
    Ok(match failed {
        Some(trouble) => trouble.send(&page),
        None => send(StatusCode::UNPROCESSABLE_ENTITY, &page),
    })
}

/// Does what a form asks for, and says what that was; `None` where the form now says what is wrong.
async fn fulfil(
    owner: &Owner,
    wish: Wish,
    form: &mut Form,
    l: &Locale,
) -> Result<Option<&'static str>, federation::Error> {
    let node = &owner.node;
    Ok(match wish {
        Wish::AddAnchor { whom, reason } => match node.add_anchor(&whom, &reason).await {
            Ok(_) => Some("anchor-added"),
            Err(error @ federation::Error::Store(_)) => return Err(error),
            Err(error) => {
                form.refuse("whom", not_found(&error, l));
                None
            }
        },
        Wish::RemoveAnchor(actor) => {
            node.remove_anchor(&actor).await?;
            Some("anchor-removed")
        }
        Wish::KeepRules { rules, reason } => {
            node.keep_rules(&rules, reason.as_ref()).await?;
            Some("rules")
        }
        Wish::AddBlock {
            domain,
            severity,
            reason,
        } => match node.add_block(&domain, severity, &reason).await? {
            Blocked::Done | Blocked::Already => Some("block-added"),
            Blocked::Ourselves => {
                form.refuse("domain", l.t("manage.trust.ourselves").to_owned());
                None
            }
        },
        Wish::RemoveBlock(domain) => {
            node.remove_block(&domain).await?;
            Some("block-removed")
        }
    })
}

/// Why somebody cannot be an anchor.
fn not_found(error: &federation::Error, l: &Locale) -> String {
    l.t(match error {
        federation::Error::NotAName(_) => "manage.trust.noname",
        federation::Error::Ourselves(_) => "manage.trust.ourselves",
        federation::Error::NoVoucher(_) => "manage.trust.novoucher",
        federation::Error::Fetch(crate::fetch::Error::Refused {
            why: crate::fetch::Refused::Blocked,
            ..
        }) => "manage.trust.isblocked",
        _ => "manage.trust.nobody",
    })
    .to_owned()
}

/// What was done just now, as the address says it.
fn done(request: &HttpRequest, l: &Locale) -> Option<String> {
    let given = parameters(request);
    let key = match parameter(&given, "done")? {
        "anchor-added" => "manage.done.anchor-added",
        "anchor-removed" => "manage.done.anchor-removed",
        "rules" => "manage.done.rules",
        "block-added" => "manage.done.block-added",
        "block-removed" => "manage.done.block-removed",
        _ => return None,
    };
    Some(l.t(key).to_owned())
}

fn trust_page(
    request: &HttpRequest,
    choices: &Choices,
    decided: Vec<&'static str>,
    form: Form,
) -> TrustPage {
    let l = language_of(request);
    let title = l.t("manage.nav.trust").to_owned();
    let Desk { page, tabs } = Desk::new(request, l, title, Tab::Trust);
    TrustPage {
        page,
        tabs,
        action: path(l, "/trust"),
        about: format!("/{}/about#anchors", l.code()),
        done: done(request, l),
        trouble: None,
        form,
        anchors: choices::anchors(&choices.anchors, l),
        blocks: choices::blocks(&choices.blocks, l),
        standings: trust_form::standings(l),
        severities: trust_form::severities(l),
        decided,
    }
}
