//! What the hoster offers: the list, and each service as a form.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Data, Path};
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::owner::{Owner, Stranger};
use super::posted::Posted;
use super::service_form::{self, Choice, Group};
use super::sorry::{COME_AGAIN, Sorry};
use super::{Desk, Tab, TabLink, path, see};
use crate::catalogue::{Catalogue, Edition};
use crate::domain::service::{Service, ServiceId};
use crate::federation::NotPublished;
use crate::web::facts::{Dated, dated};
use crate::web::island;
use crate::web::locale::Locale;
use crate::web::page::{Page, address, language_of, parameter, parameters, send};
use crate::web::pages::service::also;

#[derive(Template)]
#[template(path = "manage_services.html")]
struct Services {
    page: Page,
    tabs: Vec<TabLink>,
    /// What was done just now.
    done: Option<String>,
    /// The hoster and its island; none on a node that is no hoster's.
    hoster: Option<(String, String)>,
    services: Vec<Line>,
    owed: String,
    followers: String,
}

/// A service in the list.
struct Line {
    id: String,
    name: String,
    summary: String,
    said: Dated,
    /// Whether it was said so long ago that directories trust it less.
    is_to_be_confirmed: bool,
    closing: Option<String>,
}

#[derive(Template)]
#[template(path = "manage_service.html")]
struct ServicePage {
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
    /// What followers would read, by language: its code, its name, the text as HTML.
    preview: Vec<(&'static str, &'static str, String)>,
}

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

/// Why a form that is right was not taken. All that was typed is still in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Whoever sent it is no longer logged in.
    LoggedOut,
    /// The database does not answer.
    Away,
}

impl Trouble {
    pub(super) fn key(self) -> &'static str {
        match self {
            Trouble::LoggedOut => "manage.login.lost",
            Trouble::Away => "manage.error.failed",
        }
    }

    pub(super) fn is_logged_out(self) -> bool {
        self == Trouble::LoggedOut
    }

    /// Sends a form with its trouble.
    pub(super) fn send(self, page: &impl Template) -> HttpResponse {
        match self {
            Trouble::LoggedOut => send(StatusCode::FORBIDDEN, page),
            Trouble::Away => {
                let mut response = send(StatusCode::SERVICE_UNAVAILABLE, page);
                response
                    .headers_mut()
                    .insert(RETRY_AFTER, COME_AGAIN.into());
                response
            }
        }
    }
}

/// `/{lang}/manage`: the services, and in a line each what there is to know besides.
pub(super) async fn page(
    request: HttpRequest,
    owner: Owner,
    catalogue: Data<Catalogue>,
) -> HttpResponse {
    match list(&request, &owner, &catalogue.current()).await {
        Ok(services) => send(StatusCode::OK, &services),
        Err(error) => not_published(error).answer(&request),
    }
}

async fn list(
    request: &HttpRequest,
    owner: &Owner,
    edition: &Edition,
) -> Result<Services, NotPublished> {
    let l = language_of(request);
    let node = &owner.node;
    let (hoster, services) = match node.own_hoster().await {
        Ok(hoster) => (Some(hoster), node.own_services().await?),
        Err(NotPublished::NoHoster) => (None, Vec::new()),
        Err(error) => return Err(error),
    };
    let owed = node.debts().await?;
    let mut followers = 0;
    for ours in node.own_actors() {
        followers += node.followers(ours.role, 1).await?.total;
    }
    let services: Vec<Line> = services
        .iter()
        .map(|own| line(edition, &own.service, l))
        .collect();
    let waiting = owed.iter().filter(|debt| debt.owed > 0).count();
    let Desk { page, tabs } = Desk::new(request, l, l.t("manage.title").to_owned(), Tab::Services);
    Ok(Services {
        page,
        tabs,
        done: done(request, &services, l),
        hoster: hoster.map(|hoster| {
            let island = island::body(hoster.id.as_str());
            (hoster.name.into(), island)
        }),
        services,
        owed: match waiting {
            0 => l.t("manage.deliveries.none").to_owned(),
            waiting => l.count("manage.deliveries.waiting", waiting),
        },
        followers: match followers {
            0 => l.t("manage.followers.none").to_owned(),
            followers => {
                let followers = usize::try_from(followers).unwrap_or(usize::MAX);
                l.count("manage.followers.count", followers)
            }
        },
    })
}

fn line(edition: &Edition, service: &Service, l: &'static Locale) -> Line {
    let said = dated(&service.source, edition.day(), l);
    Line {
        id: service.id.to_string(),
        name: service.name.to_string(),
        summary: also(edition, service, l).summary,
        is_to_be_confirmed: said.class != "is-fresh",
        said,
        closing: service.closing.as_ref().map(|closing| {
            let key = match service.is_over_by(edition.day()) {
                true => "manage.services.over",
                false => "manage.services.closing",
            };
            l.with(key, "date", l.on(closing.on))
        }),
    }
}

/// What was done just now, as the address says it.
fn done(request: &HttpRequest, services: &[Line], l: &Locale) -> Option<String> {
    let given = parameters(request);
    let id = ServiceId::parse(parameter(&given, "service")?).ok()?;
    let key = match parameter(&given, "done")? {
        "added" => "manage.done.added",
        "changed" => "manage.done.changed",
        "closing" => "manage.done.closing",
        "stays" => "manage.done.stays",
        "removed" => "manage.done.removed",
        _ => return None,
    };
    let known = services.iter().find(|line| line.id == id.as_str());
    Some(l.with(key, "name", known.map_or(id.as_str(), |line| &line.name)))
}

/// Leads to the list, which says what was done.
pub(super) fn see_done(done: &str, id: &ServiceId, l: &Locale) -> HttpResponse {
    let values = [("done", Some(done)), ("service", Some(id.as_str()))];
    see(&address(&path(l, ""), &values))
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

/// Takes a form: shows what followers would read of it, or publishes it. `id` is the service's that it
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
    let Some(service) = read else {
        let page = service_page(request, edition, named, form);
        return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    if form.has("do", "preview") {
        let mut page = service_page(request, edition, named, form);
        page.preview = match owner.node.preview(&service).await {
            Ok(texts) => texts
                .into_iter()
                .map(|(language, html)| (language.code(), language_name(language.code(), l), html))
                .collect(),
            Err(error) => return Ok(not_published(error).answer(request)),
        };
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
        Some(Sorry::Away) => {
            let mut page = service_page(request, edition, named, form);
            page.trouble = Some(Trouble::Away);
            Trouble::Away.send(&page)
        }
        Some(sorry) => sorry.answer(request),
    })
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

fn language_name(code: &str, l: &'static Locale) -> &'static str {
    l.find(&format!("language.{code}")).unwrap_or_default()
}

fn service_page(
    request: &HttpRequest,
    edition: &Edition,
    named: Option<(&str, &str)>,
    form: Form,
) -> ServicePage {
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
        preview: Vec::new(),
    }
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

/// A service of this node, by what stands in the address.
pub(super) async fn own(owner: &Owner, id: &str) -> Result<Service, Sorry> {
    let id = ServiceId::parse(id).map_err(|_| Sorry::NoService(id.to_owned()))?;
    match owner.node.own_service(&id).await {
        Ok(own) => Ok(own.service),
        Err(error) => Err(not_published(error)),
    }
}

/// The page that says why something was not published, where no field is to blame.
pub(super) fn not_published(error: NotPublished) -> Sorry {
    match error {
        NotPublished::NoHoster => Sorry::NoHoster,
        NotPublished::Unknown(id) => Sorry::NoService(id.into()),
        NotPublished::Failed(error) => Sorry::for_failure(error),
        // The rest is about what stands in a form, and said there.
        other => {
            tracing::error!("not published: {other}");
            Sorry::Away
        }
    }
}
