//! A service as a form, and back.

use std::collections::BTreeMap;

use crate::domain::hoster::Hoster;
use crate::domain::localized::Language;
use crate::domain::service::{Capacity, Price, PriceKind, Registration, Room, Service, ServiceId};
use crate::domain::slug::MAX_SLUG_BYTES;
use crate::domain::taxonomy::Taxonomy;
use crate::web::locale::Locale;

use super::form::{Form, texts_of};

/// How many people a service may be made for: more than any small hoster has.
const MAX_PEOPLE: u32 = 10_000_000;

const PRICE: [(Language, &str); 2] = [
    (Language::French, "price_fr"),
    (Language::English, "price_en"),
];
const NOTE: [(Language, &str); 2] = [
    (Language::French, "note_fr"),
    (Language::English, "note_en"),
];

/// What to choose from.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

/// Choices that belong together.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) choices: Vec<Choice>,
}

/// The needs, in their groups.
pub(super) fn needs(taxonomy: &Taxonomy, l: &Locale) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for need in taxonomy.needs() {
        let key = format!("group.{}", need.group);
        let name = l.find(&key).unwrap_or(need.group.as_str());
        let choice = Choice {
            value: need.id.to_string(),
            label: need.name.get(l.language).to_string(),
        };
        match groups.last_mut().filter(|group| group.name == name) {
            Some(group) => group.choices.push(choice),
            None => groups.push(Group {
                name: name.to_owned(),
                choices: vec![choice],
            }),
        }
    }
    groups
}

/// All software, by name.
pub(super) fn software(taxonomy: &Taxonomy) -> Vec<Choice> {
    let all = taxonomy.software().iter().map(|software| Choice {
        value: software.id.to_string(),
        label: software.name.to_string(),
    });
    let mut all: Vec<Choice> = all.collect();
    all.sort_by_key(|choice| choice.label.to_lowercase());
    all
}

/// The ways in.
pub(super) fn registrations(l: &Locale) -> Vec<Choice> {
    let all = Registration::ALL.iter();
    all.map(|way| word(way.word(), "registration", l)).collect()
}

/// The kinds of price.
pub(super) fn prices(l: &Locale) -> Vec<Choice> {
    let all = PriceKind::ALL.iter();
    all.map(|kind| word(kind.word(), "price", l)).collect()
}

/// Whether there is room.
pub(super) fn rooms(l: &Locale) -> Vec<Choice> {
    let all = Room::ALL.iter();
    all.map(|room| word(room.word(), "room", l)).collect()
}

fn word(word: &str, family: &str, l: &Locale) -> Choice {
    Choice {
        value: word.to_owned(),
        label: l.t(&format!("{family}.{word}")).to_owned(),
    }
}

/// A service as values of the form.
pub(super) fn values(service: &Service) -> Vec<(String, String)> {
    let capacity = service.capacity;
    let known = [
        ("name", Some(service.name.to_string())),
        ("need", Some(service.need.to_string())),
        (
            "software",
            service.software.as_ref().map(ToString::to_string),
        ),
        ("url", service.url.as_ref().map(ToString::to_string)),
        (
            "registration",
            service.registration.map(|way| way.word().to_owned()),
        ),
        (
            "room",
            capacity
                .and_then(|capacity| capacity.room)
                .map(|room| room.word().to_owned()),
        ),
        (
            "people",
            capacity
                .and_then(|capacity| capacity.people)
                .map(|people| people.to_string()),
        ),
        (
            "price",
            service
                .price
                .as_ref()
                .map(|price| price.kind.word().to_owned()),
        ),
    ];
    let known = known
        .into_iter()
        .filter_map(|(field, value)| Some((field.to_owned(), value?)));
    let words = service.price.as_ref().and_then(|price| price.text.as_ref());
    known
        .chain(texts_of(PRICE, words))
        .chain(texts_of(NOTE, service.note.as_ref()))
        .collect()
}

/// The service that a form describes; `None` where the form now says what is wrong. What the form does
/// not hold stays as it was `before`; without that, it is a new service of `hoster`.
pub(super) fn read(
    form: &mut Form,
    before: Option<&Service>,
    hoster: &Hoster,
    taxonomy: &Taxonomy,
    l: &Locale,
) -> Option<Service> {
    let id = match before {
        Some(before) => Some(before.id.clone()),
        None => form.required("id", |form| short_name(form, l)),
    };
    let name = form.required("name", |form| form.name("name"));
    let need = form.required("need", |form| {
        form.choice("need", |id| Some(taxonomy.need(id)?.id.clone()))
    });
    let software = form.choice("software", |id| {
        Some(taxonomy.software_by_id(id)?.id.clone())
    });
    let url = form.link("url");
    let registration = form.choice("registration", Registration::from_word);
    let room = form.choice("room", Room::from_word);
    let people = form.number("people", MAX_PEOPLE);
    let kind = form.choice("price", PriceKind::from_word);
    let words = before.and_then(|before| before.price.as_ref()?.text.as_ref());
    let words = form.localized(PRICE, words.filter(|_| kind.is_some()));
    if kind.is_none() && words.is_some() {
        form.refuse("price", l.t("manage.error.price").to_owned());
    }
    let note = form.localized(NOTE, before.and_then(|before| before.note.as_ref()));
    if !form.wrong().is_empty() {
        return None;
    }
    Some(Service {
        id: id?,
        hoster: hoster.id.clone(),
        name: name?,
        url,
        need: need?,
        software,
        registration,
        price: kind.map(|kind| Price { kind, text: words }),
        capacity: (room.is_some() || people.is_some()).then_some(Capacity { room, people }),
        closing: before.and_then(|before| before.closing.clone()),
        note,
        source: hoster.source.clone(),
        facts: BTreeMap::new(),
        unsourced: before.map_or_else(Vec::new, |before| before.unsourced.clone()),
        other: before.map_or_else(BTreeMap::new, |before| before.other.clone()),
        object: before.and_then(|before| before.object.clone()),
    })
}

fn short_name(form: &mut Form, l: &Locale) -> Option<ServiceId> {
    let id = ServiceId::parse(form.value("id")).ok();
    if id.is_none() {
        let max = l.integer(MAX_SLUG_BYTES);
        form.refuse("id", l.with("manage.error.slug", "n", max));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hoster() -> Hoster {
        serde_json::from_value(json!({
            "id": "a", "name": "A", "source": { "kind": "own-node", "by": "a" },
        }))
        .unwrap()
    }

    fn full() -> Service {
        serde_json::from_value(json!({
            "id": "pads", "hoster": "a", "name": "Pads", "need": "pads", "software": "etherpad",
            "url": "https://pad.example.org/", "registration": "none",
            "price": { "kind": "donation", "text": { "de": "Was Sie wollen", "fr": "libre" } },
            "capacity": { "room": "open", "people": 200 },
            "closing": { "on": "2027-06", "note": { "fr": "Fin" } },
            "note": { "fr": "Un mot\n\net un autre", "en": "A word", "es": "Una palabra" },
            "source": { "kind": "own-node", "by": "a" },
        }))
        .unwrap()
    }

    fn read_with(
        given: Vec<(String, String)>,
        before: Option<&Service>,
    ) -> (Option<Service>, Form) {
        let l = Locale::of(Language::English);
        let mut form = Form::new(given, l);
        let service = read(&mut form, before, &hoster(), &Taxonomy::embedded(), l);
        (service, form)
    }

    #[test]
    fn a_service_that_is_shown_and_sent_back_is_the_same() {
        let (read, _) = read_with(values(&full()), Some(&full()));
        assert_eq!(read.unwrap(), full());
    }

    #[test]
    fn what_is_emptied_is_no_longer_said() {
        let given = vec![
            ("name".to_owned(), "Pads".to_owned()),
            ("need".to_owned(), "pads".to_owned()),
        ];
        let (read, _) = read_with(given, Some(&full()));
        let read = read.unwrap();
        assert_eq!(
            (
                read.url,
                read.software,
                read.registration,
                read.price,
                read.capacity
            ),
            (None, None, None, None, None)
        );
        assert_eq!(read.closing, full().closing, "it has a form of its own");
        let note = serde_json::to_value(read.note).unwrap();
        assert_eq!(note, json!({ "es": "Una palabra" }), "it has no field here");
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let given = [
            ("id", "Mes Pads"),
            ("name", "a\u{202e}b"),
            ("need", "nobody-knows"),
            ("software", "nobody-knows"),
            ("url", "http://"),
            ("registration", "maybe"),
            ("room", "x"),
            ("people", "many"),
            ("price_fr", "dix euros"),
            ("note_en", &"é".repeat(5_001)),
        ];
        let given = given.map(|(field, value)| (field.to_owned(), value.to_owned()));
        let (read, form) = read_with(given.to_vec(), None);
        assert_eq!(read, None);
        let wrong: Vec<&str> = form.wrong().iter().map(|wrong| wrong.field).collect();
        assert_eq!(
            wrong,
            [
                "id",
                "name",
                "need",
                "software",
                "url",
                "registration",
                "room",
                "people",
                "price",
                "note_en"
            ]
        );
        let (_, form) = read_with(Vec::new(), None);
        let wrong: Vec<&str> = form.wrong().iter().map(|wrong| wrong.field).collect();
        assert_eq!(wrong, ["id", "name", "need"]);
    }

    #[test]
    fn every_need_and_software_can_be_chosen() {
        let taxonomy = Taxonomy::embedded();
        let l = Locale::of(Language::French);
        let chosen: usize = needs(&taxonomy, l)
            .iter()
            .map(|group| group.choices.len())
            .sum();
        assert_eq!(chosen, taxonomy.needs().len());
        assert_eq!(software(&taxonomy).len(), taxonomy.software().len());
    }
}
