//! The end of a service: announced, changed, or taken back.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use super::closing_form;
use super::form::Form;
use super::owner::{Owner, Stranger};
use super::posted::Posted;
use super::services::{not_published, own, see_done};
use super::sorry::Sorry;
use super::trouble::Trouble;
use super::{Desk, Tab, TabLink, path};
use crate::domain::service::Service;
use crate::web::page::{Page, language_of, send};

#[derive(Template)]
#[template(path = "manage_close.html")]
struct ClosePage {
    page: Page,
    tabs: Vec<TabLink>,
    heading: String,
    action: String,
    back: String,
    trouble: Option<Trouble>,
    form: Form,
    /// Whether an end is announced already.
    is_closing: bool,
}

/// `GET /{lang}/manage/services/{id}/close`
pub(super) async fn page(
    request: HttpRequest,
    names: Path<(String, String)>,
    owner: Owner,
) -> HttpResponse {
    match own(&owner, &names.1).await {
        Ok(service) => {
            let known = service.closing.as_ref().map(closing_form::values);
            let form = Form::new(known.unwrap_or_default(), language_of(&request));
            let name = service.name.as_str();
            let page = close_page(&request, &names.1, name, service.closing.is_some(), form);
            send(StatusCode::OK, &page)
        }
        Err(sorry) => sorry.answer(&request),
    }
}

/// `POST /{lang}/manage/services/{id}/close`: with `do=stay`, it does not end after all.
pub(super) async fn close(
    request: HttpRequest,
    names: Path<(String, String)>,
    Posted(given): Posted,
    owner: Result<Owner, Stranger>,
) -> Result<HttpResponse, Error> {
    let l = language_of(&request);
    let mut form = Form::new(given, l);
    let id = &names.1;
    let owner = match owner {
        Ok(owner) => owner,
        Err(stranger) if stranger.may_log_in => {
            let mut page = close_page(&request, id, id, false, form);
            page.tabs.clear();
            page.trouble = Some(Trouble::LoggedOut);
            return Ok(Trouble::LoggedOut.send(&page));
        }
        Err(stranger) => return Err(stranger.into()),
    };
    let service = match own(&owner, id).await {
        Ok(service) => service,
        Err(sorry) => return Ok(sorry.answer(&request)),
    };
    let name = service.name.to_string();
    let is_closing = service.closing.is_some();
    let stays = form.has("do", "stay");
    let closing = match stays {
        true => None,
        false => closing_form::read(&mut form, service.closing.as_ref(), l),
    };
    if let Some(answer) = form.checked() {
        return Ok(answer);
    }
    if closing.is_none() && !stays {
        let page = close_page(&request, id, &name, is_closing, form);
        return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let id = service.id.clone();
    let told = Service { closing, ..service };
    Ok(match owner.node.update_service(told).await {
        Ok(()) => see_done(if stays { "stays" } else { "closing" }, &id, l),
        Err(error) => match not_published(error) {
            Sorry::Away => {
                let mut page = close_page(&request, id.as_str(), &name, is_closing, form);
                page.trouble = Some(Trouble::Away);
                Trouble::Away.send(&page)
            }
            sorry => sorry.answer(&request),
        },
    })
}

fn close_page(
    request: &HttpRequest,
    id: &str,
    name: &str,
    is_closing: bool,
    form: Form,
) -> ClosePage {
    let l = language_of(request);
    let heading = l.with("manage.closing.title", "name", name);
    let Desk { page, tabs } = Desk::new(request, l, heading.clone(), Tab::Services);
    ClosePage {
        page,
        tabs,
        heading,
        action: path(l, &format!("/services/{id}/close")),
        back: path(l, ""),
        trouble: None,
        form,
        is_closing,
    }
}
