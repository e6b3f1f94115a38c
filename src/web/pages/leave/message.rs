//! The message that somebody who leaves sends to their group.

use chrono::NaiveDate;

use crate::catalogue::Edition;
use crate::domain::departure::{Departure, DepartureStatus};
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::text::Link;
use crate::search::Hit;
use crate::web::locale::Locale;

/// A message to be changed and copied.
pub struct Message {
    /// Its words.
    pub text: String,
    /// Where it may say the group goes.
    pub choices: Vec<Choice>,
}

/// A service that the message may name.
pub struct Choice {
    /// Its identifier.
    pub id: String,
    /// Its name and its hoster's.
    pub label: String,
    /// Whether the message names it.
    pub is_chosen: bool,
}

/// A service with its hoster, and the way in.
struct Offer<'a> {
    service: &'a Service,
    hoster: &'a Hoster,
    url: &'a Link,
}

impl Message {
    /// Of a departure for one of the services that are shown, the one named `to` or else the first;
    /// `page` is the whole address of the guide.
    pub fn new(
        edition: &Edition,
        departure: &Departure,
        hits: &[&Hit],
        to: Option<&str>,
        page: &str,
        l: &Locale,
    ) -> Self {
        let offers: Vec<Offer> = hits.iter().filter_map(|hit| offer(edition, hit)).collect();
        let asked = offers
            .iter()
            .position(|offer| to == Some(offer.service.id.as_str()));
        let chosen = asked.unwrap_or(0);
        let choice = |(position, offer): (usize, &Offer)| Choice {
            id: offer.service.id.to_string(),
            label: l.with2(
                "service.title",
                ("name", &offer.service.name),
                ("hoster", &offer.hoster.name),
            ),
            is_chosen: position == chosen,
        };
        Self {
            text: words(departure, offers.get(chosen), page, edition.day(), l),
            choices: offers.iter().enumerate().map(choice).collect(),
        }
    }
}

/// A hit with where it leads, if it leads anywhere.
fn offer<'a>(edition: &'a Edition, hit: &Hit) -> Option<Offer<'a>> {
    let (service, hoster) = (&edition.services[hit.service], &edition.hosters[hit.hoster]);
    Some(Offer {
        service,
        hoster,
        url: service.way_in(hoster)?,
    })
}

fn words(
    departure: &Departure,
    offer: Option<&Offer>,
    page: &str,
    today: NaiveDate,
    l: &Locale,
) -> String {
    let name = &departure.name;
    let is_closed = departure.status == DepartureStatus::Closed;
    let leaving = match departure.closes_on(today) {
        Some(day) => l.with2("leave.message.day", ("name", name), ("date", &l.day(day))),
        None if is_closed => l.with("leave.message.closed", "name", name),
        None => l.with("leave.message.leaving", "name", name),
    };
    let going = match offer {
        Some(Offer { hoster, url, .. }) => {
            l.with2("leave.message.to", ("hoster", &hoster.name), ("url", url))
        }
        None => l.t("leave.message.to.blank").to_owned(),
    };
    let way = if is_closed {
        "leave.message.way.closed"
    } else {
        "leave.message.way"
    };
    let (hello, way, bye) = (
        l.t("leave.message.hello"),
        l.t(way),
        l.t("leave.message.bye"),
    );
    format!("{hello}\n\n{leaving}\n{going}\n\n{way}\n{page}\n\n{bye}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;
    use crate::domain::taxonomy::Taxonomy;

    #[test]
    fn a_message_without_a_hoster_has_a_place_for_one_and_tells_the_day_while_it_is_to_come() {
        let taxonomy = Taxonomy::embedded();
        let departure = taxonomy.departure("framaboard").unwrap();
        let l = Locale::of(Language::French);
        let page = "https://directory.example/fr/leave/framaboard";
        let words = |today: &str| words(departure, None, page, today.parse().unwrap(), l);
        assert_eq!(
            words("2021-07-01"),
            "Bonjour,\n\nNous quittons Framaboard\u{a0}: sa fermeture est annoncée pour le 6\u{a0}juillet 2021.\n\
             Nous allons chez … (nom et adresse de l’hébergeur choisi)\n\n\
             Pour emporter ce que vous voulez garder, voici la marche à suivre\u{a0}:\n\
             https://directory.example/fr/leave/framaboard\n\nÀ bientôt là-bas\u{202f}!"
        );
        assert!(words("2026-11-23").contains("Nous quittons Framaboard.\n"));
    }
}
