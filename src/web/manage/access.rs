//! `/{lang}/manage/access`: who manages this node, each with a token of their own.

use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::owner::{Owner, Stranger};
use super::posted::Posted;
use super::sorry::Sorry;
use super::trouble::Trouble;
use super::{Desk, Tab, TabLink, path};
use crate::federation::{KnownToken, MAX_TOKENS, TokenAdded};
use crate::web::locale::Locale;
use crate::web::page::{Page, language_of, parameter, parameters, send};

#[derive(Template)]
#[template(path = "manage_access.html")]
struct Access {
    page: Page,
    tabs: Vec<TabLink>,
    action: String,
    /// What was done just now.
    done: Option<String>,
    trouble: Option<Trouble>,
    form: Form,
    tokens: Vec<Line>,
}

/// A token in the list.
struct Line {
    name: String,
    /// Whether it is the one that was shown with this request.
    is_own: bool,
    since: String,
    used: String,
    /// Where it is taken back; the only token is not.
    remove: Option<String>,
}

#[derive(Template)]
#[template(path = "manage_token.html")]
struct NewToken<'a> {
    page: Page,
    tabs: Vec<TabLink>,
    heading: String,
    token: &'a str,
    steps: [String; 3],
    back: String,
}

/// `GET /{lang}/manage/access`
pub(super) async fn page(request: HttpRequest, owner: Owner) -> HttpResponse {
    let l = language_of(&request);
    match owner.node.tokens().await {
        Ok(tokens) => {
            let lines = lines(&tokens, &owner.token_hash, l);
            let mut access = access(&request, lines, Form::new(Vec::new(), l));
            access.done = done(&request, l);
            send(StatusCode::OK, &access)
        }
        Err(error) => Sorry::for_failure(error).answer(&request),
    }
}

/// `POST /{lang}/manage/access`: another token. It stands in this one answer and nowhere else; whoever
/// has the page sent again is told that the name is taken.
pub(super) async fn add(
    request: HttpRequest,
    Posted(given): Posted,
    owner: Result<Owner, Stranger>,
) -> Result<HttpResponse, Error> {
    let l = language_of(&request);
    let mut form = Form::new(given, l);
    let owner = match owner {
        Ok(owner) => owner,
        Err(stranger) if stranger.may_log_in => {
            let mut page = access(&request, Vec::new(), form);
            page.tabs.clear();
            page.trouble = Some(Trouble::LoggedOut);
            return Ok(Trouble::LoggedOut.send(&page));
        }
        Err(stranger) => return Err(stranger.into()),
    };
    let name = form.required("person", |form| form.name("person"));
    let mut failed = None;
    if let Some(name) = name {
        match owner.node.add_token(&name).await {
            Ok((token, TokenAdded::Done)) => {
                let home = owner.node.addresses().home();
                return Ok(send(
                    StatusCode::OK,
                    &new_token(&request, name.as_str(), token.expose(), home.as_str()),
                ));
            }
            Ok((_, TokenAdded::NameTaken)) => {
                form.refuse("person", l.t("manage.access.taken").to_owned());
            }
            Ok((_, TokenAdded::TooMany)) => {
                form.refuse("person", l.with("manage.access.many", "n", MAX_TOKENS));
            }
            Err(error) => {
                let error = anyhow::Error::from(error);
                tracing::error!("a token cannot be added: {error:#}");
                failed = Some(Trouble::Away);
            }
        }
    }
    let tokens = owner.node.tokens().await.unwrap_or_default();
    let mut page = access(&request, lines(&tokens, &owner.token_hash, l), form);
    page.trouble = failed;
    Ok(match failed {
        Some(trouble) => trouble.send(&page),
        None => send(StatusCode::UNPROCESSABLE_ENTITY, &page),
    })
}

/// For whom a token is, or where it comes from.
pub(super) fn name_of(token: &KnownToken, l: &Locale) -> String {
    match token.label.as_str() {
        "init" => l.t("manage.access.first").to_owned(),
        "init --new-token" => l.t("manage.access.by-command").to_owned(),
        name => name.to_owned(),
    }
}

fn lines(tokens: &[KnownToken], own: &str, l: &Locale) -> Vec<Line> {
    let line = |token: &KnownToken| Line {
        name: name_of(token, l),
        is_own: token.hash == own,
        since: l.with(
            "manage.access.since",
            "day",
            l.day(token.created_at.date_naive()),
        ),
        used: match token.used_on {
            Some(day) => l.with("manage.access.used", "day", l.day(day)),
            None => l.t("manage.access.unused").to_owned(),
        },
        remove: (tokens.len() > 1).then(|| path(l, &format!("/access/{}/remove", token.id()))),
    };
    tokens.iter().map(line).collect()
}

fn access(request: &HttpRequest, tokens: Vec<Line>, form: Form) -> Access {
    let l = language_of(request);
    let title = l.t("manage.nav.access").to_owned();
    let Desk { page, tabs } = Desk::new(request, l, title, Tab::Access);
    Access {
        page,
        tabs,
        action: path(l, "/access"),
        done: None,
        trouble: None,
        form,
        tokens,
    }
}

fn new_token<'a>(request: &HttpRequest, name: &str, token: &'a str, home: &str) -> NewToken<'a> {
    let l = language_of(request);
    let heading = l.with("manage.access.new.title", "name", name);
    let Desk { page, tabs } = Desk::new(request, l, heading.clone(), Tab::Access);
    NewToken {
        page,
        tabs,
        heading,
        token,
        steps: [
            l.with("manage.access.new.hand", "name", name),
            l.with("manage.access.new.open", "address", format!("{home}manage")),
            l.t("manage.access.new.lost").to_owned(),
        ],
        back: path(l, "/access"),
    }
}

/// What was done just now, as the address says it.
fn done(request: &HttpRequest, l: &Locale) -> Option<String> {
    let given = parameters(request);
    let is_removed = parameter(&given, "done")? == "removed";
    is_removed.then(|| l.t("manage.access.removed").to_owned())
}
