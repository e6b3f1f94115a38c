//! One service as a form: added, changed, or only looked at as others would see it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::owner::{Owner, Stranger};
use super::posted::Posted;
use super::preview::Preview;
use super::service_form::{self, Choice, Group};
use super::services::{not_published, own, see_done};
use super::sorry::Sorry;
use super::trouble::Trouble;
use super::{Desk, Tab, TabLink, path};
use crate::catalogue::{Catalogue, Edition};
use crate::domain::service::ServiceId;
use crate::federation::NotPublished;
use crate::web::locale::Locale;
use crate::web::page::{Page, language_of, send};

#[derive(Template)]
#[template(path = "manage_service.html")]
struct ServicePage<'a> {
    page: Page,
    tabs: Vec<TabLink>,
    heading: String,
    action: String,
    back: String,
    /// Whether it is a service that is not there yet, so that it may be named.
    is_new: bool,
    /// What is said above the form: that it could not be sent.
    trouble: Option<Trouble>,
    form: Form,
    needs: Vec<Group>,
    software: Vec<Choice>,
    registrations: Vec<Choice>,
    prices: Vec<Choice>,
    rooms: Vec<Choice>,
    /// What others would see of it, for whoever asked.
    preview: Option<Preview<'a>>,
}

/// `GET /{lang}/manage/add`
pub(super) async fn blank(
    request: HttpRequest,
    owner: Owner,
    catalogue: Data<Catalogue>,
) -> HttpResponse {
    if let Err(error) = owner.node.own_hoster().await {
        return not_published(error).answer(&request);
    }
    let form = Form::new(Vec::new(), language_of(&request));
    let page = service_page(&request, &catalogue.current(), None, form);
    send(StatusCode::OK, &page)
}

/// `POST /{lang}/manage/add`
pub(super) async fn add(
    request: HttpRequest,
    Posted(given): Posted,
    owner: Result<Owner, Stranger>,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Error> {
    let form = Form::new(given, language_of(&request));
    take(&request, owner, &catalogue.current(), form, None).await
}

/// `GET /{lang}/manage/services/{id}`
pub(super) async fn filled(
    request: HttpRequest,
    names: Path<(String, String)>,
    owner: Owner,
    catalogue: Data<Catalogue>,
) -> HttpResponse {
    let l = language_of(&request);
    match own(&owner, &names.1).await {
        Ok(service) => {
            let form = Form::new(service_form::values(&service), l);
            let named = (service.id.as_str(), service.name.as_str());
            let page = service_page(&request, &catalogue.current(), Some(named), form);
            send(StatusCode::OK, &page)
        }
        Err(sorry) => sorry.answer(&request),
    }
}

/// `POST /{lang}/manage/services/{id}`
pub(super) async fn update(
    request: HttpRequest,
    names: Path<(String, String)>,
    Posted(given): Posted,
    owner: Result<Owner, Stranger>,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Error> {
    let form = Form::new(given, language_of(&request));
    take(&request, owner, &catalogue.current(), form, Some(&names.1)).await
}

/// Takes a form: shows what others would see of it, or publishes it. `id` is the service's that it
/// is about; none for a new one.
async fn take(
    request: &HttpRequest,
    owner: Result<Owner, Stranger>,
    edition: &Edition,
    mut form: Form,
    id: Option<&str>,
) -> Result<HttpResponse, Error> {
    let l = language_of(request);
    let owner = match owner {
        Ok(owner) => owner,
        Err(stranger) if stranger.may_log_in => {
            let typed = form.value("name").to_owned();
            let named = id.map(|id| (id, typed.as_str()));
            let mut page = service_page(request, edition, named, form);
            page.tabs.clear();
            page.trouble = Some(Trouble::LoggedOut);
            return Ok(Trouble::LoggedOut.send(&page));
        }
        Err(stranger) => return Err(stranger.into()),
    };
    let known = match id {
        Some(id) => match own(&owner, id).await {
            Ok(service) => Some(service),
            Err(sorry) => return Ok(sorry.answer(request)),
        },
        None => None,
    };
    let hoster = match owner.node.own_hoster().await {
        Ok(hoster) => hoster,
        Err(error) => return Ok(not_published(error).answer(request)),
    };
    let named = known
        .as_ref()
        .map(|known| (known.id.as_str(), known.name.as_str()));
    let read = service_form::read(&mut form, known.as_ref(), &hoster, edition.taxonomy(), l);
    if known.is_none()
        && let Ok(id) = ServiceId::parse(form.value("id"))
        && let Err(error) = owner.node.check_free(&id).await
        && let Some(sorry) = refuse(&mut form, error, l)
    {
        let page = service_page(request, edition, named, form);
        return Ok(failed(sorry, page, request));
    }
    if let Some(answer) = form.checked() {
        return Ok(answer);
    }
    let Some(service) = read.filter(|_| form.wrong().is_empty()) else {
        let page = service_page(request, edition, named, form);
        return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    if form.has("do", "preview") {
        let preview = match owner.node.preview(service).await {
            Ok(preview) => preview,
            Err(error) => return Ok(not_published(error).answer(request)),
        };
        let trial = edition.trial(&preview.hoster, preview.service.clone(), owner.node.now());
        let mut page = service_page(request, edition, named, form);
        let actors = owner.node.own_actors();
        page.preview = Some(Preview::new(&trial, &preview, &actors, l));
        return Ok(send(StatusCode::OK, &page));
    }
    let id = service.id.clone();
    let (published, done) = match known {
        Some(_) => (owner.node.update_service(service).await, "changed"),
        None => (owner.node.add_services(vec![service]).await, "added"),
    };
    let Err(error) = published else {
        return Ok(see_done(done, &id, l));
    };
    Ok(match refuse(&mut form, error, l) {
        None => {
            let page = service_page(request, edition, named, form);
            send(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Some(sorry) => failed(sorry, service_page(request, edition, named, form), request),
    })
}

/// The form with all that was typed where the database is away, else the page that says what is wrong.
fn failed(sorry: Sorry, mut page: ServicePage, request: &HttpRequest) -> HttpResponse {
    match sorry {
        Sorry::Away => {
            page.trouble = Some(Trouble::Away);
            Trouble::Away.send(&page)
        }
        sorry => sorry.answer(request),
    }
}

/// Says at its field why a service was not published; what no field is to blame for is returned.
fn refuse(form: &mut Form, error: NotPublished, l: &Locale) -> Option<Sorry> {
    match error {
        NotPublished::Taken(_) => form.refuse("id", l.t("manage.error.taken").to_owned()),
        NotPublished::WasRemoved(id) => {
            form.refuse("id", l.with("manage.error.removed", "id", id));
        }
        NotPublished::UnknownNeed(_) => {
            form.refuse("need", l.t("manage.error.choice").to_owned());
        }
        NotPublished::UnknownSoftware(_) => {
            form.refuse("software", l.t("manage.error.choice").to_owned());
        }
        other => return Some(not_published(other)),
    }
    None
}

fn service_page<'a>(
    request: &HttpRequest,
    edition: &Edition,
    named: Option<(&str, &str)>,
    form: Form,
) -> ServicePage<'a> {
    let l = language_of(request);
    let heading = match named {
        Some((_, name)) => l.with("manage.edit.title", "name", name),
        None => l.t("manage.services.add").to_owned(),
    };
    let Desk { page, tabs } = Desk::new(request, l, heading.clone(), Tab::Services);
    let taxonomy = edition.taxonomy();
    ServicePage {
        page,
        tabs,
        heading,
        action: match named {
            Some((id, _)) => path(l, &format!("/services/{id}")),
            None => path(l, "/add"),
        },
        back: path(l, ""),
        is_new: named.is_none(),
        trouble: None,
        form,
        needs: service_form::needs(taxonomy, l),
        software: service_form::software(taxonomy),
        registrations: service_form::registrations(l),
        prices: service_form::prices(l),
        rooms: service_form::rooms(l),
        preview: None,
    }
}
