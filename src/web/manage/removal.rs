//! A service is removed for good, once its owner has said so twice.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::owner::Owner;
use super::posted::Posted;
use super::services::{not_published, own, see_done};
use super::sorry::Sorry;
use super::{Desk, Tab, TabLink, path};
use crate::domain::service::ServiceId;
use crate::web::page::{Page, language_of, send};

#[derive(Template)]
#[template(path = "manage_remove.html")]
struct Removal {
    page: Page,
    tabs: Vec<TabLink>,
    action: String,
    back: String,
    close: String,
    /// What it means to remove it.
    lead: String,
    is_closing: bool,
}

/// `GET /{lang}/manage/services/{id}/remove`: is that meant?
pub(super) async fn sure(
    request: HttpRequest,
    names: Path<(String, String)>,
    owner: Owner,
) -> HttpResponse {
    let l = language_of(&request);
    let service = match own(&owner, &names.1).await {
        Ok(service) => service,
        Err(sorry) => return sorry.answer(&request),
    };
    let heading = l.with("manage.remove.title", "name", &service.name);
    let Desk { page, tabs } = Desk::new(&request, l, heading, Tab::Services);
    let at = path(l, &format!("/services/{}", service.id));
    let removal = Removal {
        page,
        tabs,
        action: format!("{at}/remove"),
        back: path(l, ""),
        close: format!("{at}/close"),
        lead: l.with2(
            "manage.remove.lead",
            ("name", &service.name),
            ("id", &service.id),
        ),
        is_closing: service.closing.is_some(),
    };
    send(StatusCode::OK, &removal)
}

/// `POST /{lang}/manage/services/{id}/remove`
pub(super) async fn remove(
    request: HttpRequest,
    names: Path<(String, String)>,
    _: Posted,
    owner: Owner,
) -> HttpResponse {
    let Ok(id) = ServiceId::parse(&names.1) else {
        return Sorry::NoService(names.1.clone()).answer(&request);
    };
    match owner.node.remove_service(&id).await {
        Ok(()) => see_done("removed", &id, language_of(&request)),
        Err(error) => not_published(error).answer(&request),
    }
}
