//! What the hoster offers, in a list, and what was done to it just now.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::owner::Owner;
use super::sorry::Sorry;
use super::{Desk, Tab, TabLink, path, see};
use crate::catalogue::{Catalogue, Edition};
use crate::domain::service::{Service, ServiceId};
use crate::federation::{self, Federation, NotDone, NotPublished};
use crate::formats::activitypub::addresses::Local;
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
    /// What is to be decided or renewed; none on a directory's node.
    members: Option<Attention>,
    /// What people said is wrong and nobody looked into, and what others ask, each in a sentence.
    reports: Vec<String>,
    owed: String,
    followers: String,
}

/// What is to be seen to among members and vouches.
struct Attention {
    /// A sentence each.
    sentences: Vec<String>,
    /// Whether any of them waits for people.
    is_pending: bool,
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
        members: attention(node, l).await?,
        reports: reports(node, l).await?,
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

async fn attention(node: &Federation, l: &Locale) -> Result<Option<Attention>, NotPublished> {
    let memberships = match node.memberships().await {
        Ok(memberships) => memberships,
        Err(NotDone::Failed(error)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let pending = memberships.pending(node.now());
    let told = |n: usize, key: &str| (n > 0).then(|| l.count(key, n));
    let sentences = match memberships.role {
        Local::Collective => vec![
            told(pending.waiting, "manage.members.count.applications"),
            told(pending.given, "manage.members.count.members"),
        ],
        _ => vec![
            told(pending.waiting, "manage.members.count.offers"),
            told(pending.received, "manage.members.count.received"),
        ],
    };
    let lapsing = pending.given_lapsing + pending.received_lapsing;
    let lapsing = told(lapsing, "manage.members.count.lapsing");
    let mut sentences: Vec<String> = sentences.into_iter().chain([lapsing]).flatten().collect();
    if sentences.is_empty() {
        sentences.push(l.t("manage.members.count.none").to_owned());
    }
    Ok(Some(Attention {
        sentences,
        is_pending: pending.is_any(),
    }))
}

async fn reports(node: &Federation, l: &Locale) -> Result<Vec<String>, federation::Error> {
    let some = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let waiting = match node.count_waiting_reports().await? {
        0 => l.t("manage.reports.none").to_owned(),
        waiting => l.count("manage.reports.count", some(waiting)),
    };
    let unanswered = node.count_unanswered().await?;
    let unanswered = (unanswered > 0).then(|| l.count("manage.questions.count", some(unanswered)));
    Ok([waiting].into_iter().chain(unanswered).collect())
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
