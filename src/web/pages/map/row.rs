//! The list beside the map: a row for each hoster, with what was found of it.

use crate::catalogue::Edition;
use crate::domain::text::Link;
use crate::search::Hit;
use crate::web::chart::map::{CLOSEST, Port, View};
use crate::web::chart::mercator::{project, unproject};
use crate::web::entry::place;
use crate::web::locale::Locale;
use crate::web::{island, sentences};

/// How many hosters are on the map: as many as a list can hold that somebody reads.
const MOST_HOSTERS: usize = 120;
/// How many of a hoster's services stand in its row; the rest is counted.
const SERVICES_SHOWN: usize = 3;

/// A hoster, as the row of the list.
pub struct Row<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub island: String,
    pub place: Option<String>,
    pub distance: Option<String>,
    pub services: Vec<(&'a str, &'a str)>,
    pub others: Option<String>,
    /// How to get in, where that is the same for all that is found.
    pub way_in: Option<String>,
    pub go: Option<&'a Link>,
    pub go_label: String,
    pub on_map: Option<Dot>,
}

/// Where a hoster is on the map.
pub struct Dot {
    pub latitude: String,
    pub longitude: String,
    /// Where the map shows it by itself.
    pub href: String,
}

/// Hits of the same hoster together, in the order of the best of each.
pub fn by_hoster(hits: &[Hit]) -> Vec<Vec<&Hit>> {
    let mut hosters: Vec<Vec<&Hit>> = Vec::new();
    for hit in hits {
        let known = hosters
            .iter()
            .position(|known| known[0].hoster == hit.hoster);
        match known {
            Some(position) => hosters[position].push(hit),
            None if hosters.len() == MOST_HOSTERS => {}
            None => hosters.push(vec![hit]),
        }
    }
    hosters
}

/// Where a hoster lies on the map, if that is known.
pub fn port<'a>(edition: &'a Edition, hit: &Hit) -> Option<Port<'a>> {
    let hoster = &edition.hosters[hit.hoster];
    let at = hoster.place.coordinates?;
    let town = place(hoster).map_or_else(String::new, |town| format!(", {town}"));
    Some(Port {
        id: hoster.id.as_str(),
        name: hoster.name.as_str(),
        label: format!("{}{town}", hoster.name),
        at: project(at.latitude(), at.longitude()),
    })
}

impl<'a> Row<'a> {
    /// Puts the hits of a hoster into words; `is_alone` says whether it has a mark of its own in the view.
    pub fn new(
        edition: &'a Edition,
        hits: &[&Hit],
        ports: &[Port],
        is_alone: impl Fn(&str) -> bool,
        link: &impl Fn(View) -> String,
        l: &Locale,
    ) -> Self {
        let best = hits[0];
        let hoster = &edition.hosters[best.hoster];
        let service = |hit: &&Hit| &edition.services[hit.service];
        let port = ports.iter().find(|port| port.id == hoster.id.as_str());
        let others = hits.len().saturating_sub(SERVICES_SHOWN);
        let first = &edition.services[best.service];
        let is_the_same_for_all =
            (hits.iter()).all(|hit| service(hit).registration == first.registration);
        Self {
            id: hoster.id.as_str(),
            name: hoster.name.as_str(),
            island: island::land_only(hoster.id.as_str()),
            place: place(hoster),
            distance: best.distance.map(|distance| {
                let direction = l.t(sentences::compass(distance.direction));
                let km = sentences::distance(distance.km, l);
                format!("{}{km} {direction}", l.t("distance.at"))
            }),
            services: (hits.iter().take(SERVICES_SHOWN).map(service))
                .map(|service| (service.id.as_str(), service.name.as_str()))
                .collect(),
            others: (others > 0).then(|| l.count("map.others", others)),
            way_in: first
                .registration
                .filter(|_| is_the_same_for_all)
                .map(|way| sentences::registration(way, l)),
            go: first.way_in(hoster),
            go_label: l.with("map.go", "name", &first.name),
            on_map: port.map(|port| {
                let (latitude, longitude) = unproject(port.at);
                let closest = View {
                    middle: port.at,
                    zoom: CLOSEST,
                };
                let view = if is_alone(port.id) {
                    String::new()
                } else {
                    link(closest)
                };
                Dot {
                    latitude: format!("{latitude:.3}"),
                    longitude: format!("{longitude:.3}"),
                    href: format!("{view}#m-{}", port.id),
                }
            }),
        }
    }
}
