//! `/{lang}/services/{id}`: one service, every fact with who says so and since when.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition, Observations};
use crate::domain::hoster::{Hoster, HosterStatus};
use crate::domain::service::{Capacity, Closing, Service};
use crate::domain::text::Link;
use crate::formats::schema_org;
use crate::web::availability::{Availability, HEIGHT, told};
use crate::web::entry::{languages, place, price_text};
use crate::web::error::{Refused, not_listed, unknown_name};
use crate::web::facts::{Dated, Fact, cited, dated};
use crate::web::island;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, send};
use crate::web::pages::check;
use crate::web::route::{self, Route};
use crate::web::sentences;

#[derive(Template)]
#[template(path = "service.html")]
struct ServicePage<'a> {
    page: Page,
    service: &'a Service,
    hoster: &'a Hoster,
    island: String,
    place: Option<String>,
    need_name: &'a str,
    note: Option<&'a str>,
    is_over: bool,
    /// Whether its hoster has closed.
    has_closed: bool,
    /// Whether its hoster's standing is below what this directory lists.
    is_unlisted: bool,
    go: Option<&'a Link>,
    facts: Vec<Fact>,
    also: Vec<Also<'a>>,
    availability: Option<Availability>,
    /// Where anybody says what is wrong with it.
    report: String,
    /// Where its hoster sees what was seen of it.
    check: Option<String>,
    standing_sentence: String,
    /// The vouches that lead to its hoster, drawn and told; `None` where none does.
    route: Option<Route>,
    source: Dated,
    /// What search engines read, as a data block.
    linked_data: String,
}

/// Another service, in a list.
pub struct Also<'a> {
    /// Which one.
    pub service: &'a Service,
    /// What it is, in one line.
    pub summary: String,
}

/// The page.
pub async fn page(
    request: HttpRequest,
    path: Path<(String, String)>,
    catalogue: Data<Catalogue>,
    observations: Data<Observations>,
) -> Result<HttpResponse, Refused> {
    let (_, id) = path.into_inner();
    let l = language_of(&request);
    let edition = catalogue.current();
    if let Some(block) = edition.not_listed.service(&id) {
        return Err(not_listed(&request, block));
    }
    let service = edition
        .service(&id)
        .ok_or_else(|| unknown_name(&request, &edition, &id))?;
    let (position, hoster) = edition.hoster_of(service);
    // What is down are pages that could tell more, not those that are told.
    let availability = observations.health(service).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what was seen of a service cannot be read");
        None
    });
    let need = edition.taxonomy().need(service.need.as_str());
    let standing = edition.standings[position];
    let others = edition
        .services_of(position)
        .filter(|other| other.id != service.id && !other.is_over_by(edition.day()));
    let title = l.with2(
        "service.title",
        ("name", &service.name),
        ("hoster", &hoster.name),
    );
    let has_closed = hoster.status == HosterStatus::Closed;
    let need_name = need.map_or("", |need| need.name.get(l.language).as_str());
    let page = Page {
        description: l.with2(
            "service.description",
            ("need", &need_name),
            ("hoster", &hoster.name),
        ),
        ..Page::new(&request, l, title, Section::Find)
    };
    let view = ServicePage {
        page,
        island: island::body(hoster.id.as_str()),
        place: place(hoster),
        need_name,
        note: service.note.as_ref().map(|note| note.get(l.language)),
        is_over: service.is_over_by(edition.day()),
        has_closed,
        is_unlisted: !has_closed && standing < edition.least_standing,
        go: service.way_in(hoster),
        facts: facts(&edition, service, hoster, l),
        report: format!("{}/report", self::path(service, l)),
        check: service
            .way_in(hoster)
            .map(|url| check::path(url.as_url(), l)),
        availability: availability.map(|health| told(&health, observations.now(), l)),
        also: others.map(|other| also(&edition, other, l)).collect(),
        standing_sentence: l.with(
            &format!("standing.sentence.{}", standing.word()),
            "name",
            &hoster.name,
        ),
        route: route::to_hoster(&edition, position, l),
        source: dated(&service.source, edition.day(), l),
        linked_data: linked_data(&edition, service, hoster, l),
        service,
        hoster,
    };
    Ok(send(StatusCode::OK, &view))
}

/// A service in one line: its need, what it runs, how to get in.
pub fn also<'a>(edition: &'a Edition, service: &'a Service, l: &Locale) -> Also<'a> {
    let taxonomy = edition.taxonomy();
    let need = taxonomy
        .need(service.need.as_str())
        .map(|need| need.name.get(l.language).to_string());
    let registration = service
        .registration
        .map(|way| sentences::registration(way, l));
    let parts = [need, software_name(edition, service), registration];
    Also {
        service,
        summary: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

fn software_name(edition: &Edition, service: &Service) -> Option<String> {
    let id = service.software.as_ref()?;
    edition
        .taxonomy()
        .software_by_id(id.as_str())
        .map(|software| software.name.to_string())
}

/// What it runs, with the version where that was seen.
fn software_and_version(edition: &Edition, service: &Service) -> Option<String> {
    let name = software_name(edition, service)?;
    Some(match service.version() {
        Some(version) => format!("{name} {version}"),
        None => name,
    })
}

fn linked_data(edition: &Edition, service: &Service, hoster: &Hoster, l: &Locale) -> String {
    let need = edition.taxonomy().need(service.need.as_str());
    let (page, software) = (path(service, l), software_name(edition, service));
    let told = schema_org::Told {
        page: &page,
        hoster_page: &format!("/{}/hosters/{}", l.code(), hoster.id),
        need: need.map_or("", |need| need.name.get(l.language).as_str()),
        software: software.as_deref(),
        language: l.language,
        today: edition.day(),
    };
    schema_org::data_block(&schema_org::service(service, hoster, &told))
}

/// The path of a service's page.
pub fn path(service: &Service, l: &Locale) -> String {
    format!("/{}/services/{}", l.code(), service.id)
}

fn facts(edition: &Edition, service: &Service, hoster: &Hoster, l: &Locale) -> Vec<Fact> {
    let fact = |name: &str, term: &str, value: Option<String>, unsaid: &str| Fact {
        term: l.t(term).to_owned(),
        value,
        unsaid: l.t(unsaid).to_owned(),
        unsourced: service.is_unsourced(name),
        source: dated(service.source_of(name), edition.day(), l),
    };
    let registration = service
        .registration
        .map(|way| sentences::registration(way, l));
    let room = service.capacity.and_then(|capacity| room(capacity, l));
    let address = service.url.as_ref().map(|url| url.host().to_owned());
    let mut facts = vec![
        fact(
            "registration",
            "term.in",
            registration,
            "registration.unknown",
        ),
        fact("capacity", "term.room", room, "room.unknown"),
        fact(
            "price",
            "term.price",
            service.price.as_ref().map(|price| price_text(price, l)),
            "price.unknown",
        ),
        fact(
            "software",
            "service.software",
            software_and_version(edition, service),
            "software.unknown",
        ),
        fact("url", "service.address", address, "service.address.unknown"),
    ];
    facts.push(Fact {
        source: dated(hoster.source_of("languages"), edition.day(), l),
        ..fact(
            "languages",
            "term.languages",
            languages(&hoster.languages, l),
            "languages.unknown",
        )
    });
    if let Some(closing) = &service.closing {
        let said = service.source_of("closing");
        let source = closing.source.as_ref().unwrap_or(&said.by);
        let note = closing
            .note
            .as_ref()
            .map(|note| format!(" — {}", note.get(l.language)));
        let value = format!("{}{}", l.date(closing.on), note.unwrap_or_default());
        facts.push(Fact {
            source: Dated {
                by: cited(source, l),
                ..dated(said, edition.day(), l)
            },
            ..fact("closing", "service.closing", Some(value), "room.unknown")
        });
        facts.extend(
            last_days(closing, l)
                .into_iter()
                .map(|(term, value)| fact("closing", term, Some(value), "room.unknown")),
        );
    }
    facts
}

/// What a hoster tells about its service's end beside the day: a term and a value each.
fn last_days(closing: &Closing, l: &Locale) -> Vec<(&'static str, String)> {
    let told = [
        (
            "closing.new_accounts_until",
            closing.new_accounts_until.map(|day| l.date(day)),
        ),
        (
            "closing.export_until",
            closing.export_until.map(|day| l.date(day)),
        ),
        (
            "closing.successor",
            closing.successor.as_ref().map(Link::to_string),
        ),
    ];
    told.into_iter()
        .filter_map(|(term, value)| Some((term, value?)))
        .collect()
}

/// Whether there is room; where nobody says so, for how many people it is made.
pub fn room(capacity: Capacity, l: &Locale) -> Option<String> {
    match capacity.room {
        Some(room) => Some(l.t(&format!("room.{}", room.word())).to_owned()),
        None => capacity
            .people
            .map(|people| l.count("reason.size", people as usize)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;
    use crate::domain::service::Room;

    #[test]
    fn a_size_alone_is_not_said_to_be_room() {
        let told = |room_left, people| {
            let capacity = Capacity {
                room: room_left,
                people,
            };
            room(capacity, Locale::of(Language::English))
        };
        assert_eq!(told(None, Some(50)).as_deref(), Some("Made for 50 people."));
        assert_eq!(told(None, Some(1)).as_deref(), Some("Made for 1 person."));
        assert_eq!(told(Some(Room::Full), Some(50)).as_deref(), Some("full"));
        assert_eq!(told(None, None), None);
    }

    #[test]
    fn the_last_days_of_a_service_are_told_as_far_as_they_are_known() {
        let told = |json: &str| {
            let closing = serde_json::from_str(json).unwrap();
            last_days(&closing, Locale::of(Language::French))
        };
        assert_eq!(told(r#"{ "on": "2027" }"#), []);
        assert_eq!(
            told(
                r#"{ "on": "2027-12-31", "new_accounts_until": "2027-01", "export_until": "2027-11-30",
                     "successor": "https://autre.example/" }"#
            ),
            [
                ("closing.new_accounts_until", "janvier 2027".to_owned()),
                ("closing.export_until", "30\u{a0}novembre 2027".to_owned()),
                ("closing.successor", "https://autre.example/".to_owned()),
            ]
        );
    }
}
