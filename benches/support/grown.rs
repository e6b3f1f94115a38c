//! Directories of any size, grown from the demo's, the same each time.
//!
//! Needs and software are drawn as often as the demo's hosters offer them. Each hoster has a name of its own,
//! made of syllables, one to six services, and stands in a real town, drawn by its people: each counts six
//! times in France and three times in Belgium and Switzerland. Languages follow countries. Ways in, prices, room
//! and standing are drawn apart from each other, so that many combinations occur; the age of facts is that of
//! the demo's.

mod draw;

use std::sync::Arc;

use archipelago::catalogue::Vocabulary;
use archipelago::domain::collective::Standing;
use archipelago::domain::hoster::{CountryCode, Hoster, HosterId, HosterStatus, LanguageCode};
use archipelago::domain::place::Place;
use archipelago::domain::service::{
    Capacity, Price, PriceKind, Registration, Room, Service, ServiceId,
};
use archipelago::formats::archipelago as format;
pub use draw::Draw;

/// Hosters, how they are regarded, and what they offer.
#[derive(Default)]
pub struct Grown {
    pub hosters: Vec<Arc<Hoster>>,
    pub standings: Vec<Standing>,
    pub services: Vec<Arc<Service>>,
}

/// The demo's directory as it is.
pub fn demo() -> Grown {
    let demo = format::read(include_bytes!("../../fixtures/data/hosters.json"))
        .expect("the demo is well formed");
    Grown {
        standings: vec![Standing::Reported; demo.hosters.len()],
        hosters: demo.hosters.into_iter().map(Arc::new).collect(),
        services: demo.services.into_iter().map(Arc::new).collect(),
    }
}

/// A directory of so many services.
pub fn grown(services: usize, vocabulary: &Vocabulary) -> Grown {
    let demo = demo();
    let towns = Towns::of(vocabulary);
    let draw = &mut Draw(20_261_128);
    let mut grown = Grown::default();
    while grown.services.len() < services {
        let original = Hoster::clone(draw.one::<Arc<Hoster>>(&demo.hosters));
        let hoster = hoster(original, grown.hosters.len(), &towns, draw);
        let count = (1 + draw.below(5) + draw.below(2)).min(services - grown.services.len());
        for number in 0..count {
            let original = Service::clone(draw.one::<Arc<Service>>(&demo.services));
            grown
                .services
                .push(service(original, &hoster, number, draw).into());
        }
        let standings = [Standing::Confirmed, Standing::Claimed, Standing::Reported];
        grown.standings.push(*draw.one(&standings));
        grown.hosters.push(hoster.into());
    }
    grown
}

fn hoster(mut hoster: Hoster, number: usize, towns: &Towns, draw: &mut Draw) -> Hoster {
    let name = name(draw);
    let town = towns.draw(draw);
    hoster.id = HosterId::parse(&format!("{name}-{number}")).expect("letters and digits");
    hoster.website = format!("https://{name}{}.example", number % 1_000)
        .try_into()
        .ok();
    hoster.name = match number % 3 {
        0 => format!("{name} {}", town.name),
        1 => format!("Les {name}"),
        _ => name,
    }
    .try_into()
    .expect("a name");
    hoster.status = HosterStatus::Active;
    hoster.place.country = CountryCode::parse(&town.country).ok();
    hoster.place.city = town.name.clone().try_into().ok();
    // One in ten says nothing of where it is.
    hoster.place.coordinates = (!number.is_multiple_of(10)).then_some(town.coordinates);
    let own = match town.country.as_str() {
        "FR" | "BE" => "fr",
        "DE" | "AT" | "CH" => "de",
        "ES" => "es",
        "IT" => "it",
        "NL" => "nl",
        _ => "en",
    };
    let languages = [&[own][..], &[own, "en"], &["en"], &[]];
    hoster.languages = (draw.one(&languages).iter())
        .filter_map(|code| LanguageCode::parse(code).ok())
        .collect();
    hoster
}

fn service(mut service: Service, hoster: &Hoster, number: usize, draw: &mut Draw) -> Service {
    let ways_in = [
        None,
        Some(Registration::None),
        Some(Registration::Free),
        Some(Registration::Free),
        Some(Registration::Request),
        Some(Registration::Members),
        Some(Registration::Closed),
    ];
    let prices = [
        None,
        Some(PriceKind::Free),
        Some(PriceKind::Free),
        Some(PriceKind::Donation),
        Some(PriceKind::Paid),
    ];
    let rooms = [None, None, Some(Room::Open), Some(Room::Full)];
    service.id =
        ServiceId::parse(&format!("{}-{number}", hoster.id)).expect("longer, but not too long");
    service.hoster = hoster.id.clone();
    if draw.below(2) == 0 {
        service.name = format!("{} {}", service.name, hoster.name.as_str())
            .try_into()
            .unwrap_or(service.name);
    }
    service.url = format!("https://{number}.{}.example/", hoster.id)
        .try_into()
        .ok();
    service.closing = None;
    service.registration = *draw.one(&ways_in);
    service.price = draw.one(&prices).map(|kind| Price { kind, text: None });
    service.capacity = draw.one(&rooms).map(|room| Capacity {
        room: Some(room),
        people: None,
    });
    service
}

/// Three or four syllables.
fn name(draw: &mut Draw) -> String {
    const SYLLABLES: [&str; 24] = [
        "ba", "chi", "co", "dra", "fel", "ga", "hou", "ju", "ka", "li", "mon", "na", "or", "pi",
        "qua", "ro", "sel", "ti", "ur", "ver", "wa", "xi", "yo", "zan",
    ];
    let count = 3 + draw.below(2);
    (0..count).map(|_| *draw.one(&SYLLABLES)).collect()
}

/// Real towns, to be drawn by how many people live there.
struct Towns {
    towns: Vec<Place>,
    /// Per town, the weight of it and all before it.
    up_to: Vec<u64>,
}

impl Towns {
    fn of(vocabulary: &Vocabulary) -> Self {
        let letters = 'a'..='z';
        let beginnings = letters
            .clone()
            .flat_map(|first| letters.clone().map(move |second| [first, second]));
        let towns: Vec<Place> = beginnings
            .flat_map(|beginning| {
                let beginning = String::from_iter(beginning);
                vocabulary
                    .gazetteer
                    .suggest(&beginning, &["FR", "BE", "CH"], 60)
            })
            .filter(|town| town.population > 0)
            .collect();
        let mut sum = 0;
        let up_to = towns.iter().map(|town| {
            let likelier = match town.country.as_str() {
                "FR" => 6,
                "BE" | "CH" => 3,
                _ => 1,
            };
            sum += likelier * u64::from(town.population);
            sum
        });
        Self {
            up_to: up_to.collect(),
            towns,
        }
    }

    fn draw(&self, draw: &mut Draw) -> &Place {
        let lot = draw.next() % self.up_to.last().expect("there are towns");
        &self.towns[self.up_to.partition_point(|up_to| *up_to <= lot)]
    }
}
