//! Where a hoster is, by the name it gives.

use crate::domain::gazetteer::Gazetteer;
use crate::domain::hoster::{CountryCode, HosterPlace};
use crate::domain::localized::Language;
use crate::domain::place::Place;
use crate::domain::text::Name;
use crate::search::question::{MAX_OTHER_PLACES, MAX_SIMILAR};

/// How many times as many people a town must have as any other of its name to be meant without asking:
/// whoever says Paris means no town in Texas.
const CLEARLY_LARGER: u32 = 10;

/// The one place that a text means; else a sentence with those it may mean.
pub(super) fn find(text: &str, language: Language) -> Result<Place, String> {
    let gazetteer = Gazetteer::embedded().expect("tests open the embedded gazetteer");
    let countries = language.likely_countries();
    let mut found = gazetteer.find(text, countries, 1 + MAX_OTHER_PLACES);
    if found.is_empty() {
        let similar = gazetteer.similar(text, countries, MAX_SIMILAR);
        return Err(match similar.is_empty() {
            true => "we know no such place: a town or a postcode, with its country if that may be \
                     in doubt, such as Lyon or \"1000 Bruxelles, BE\""
                .to_owned(),
            false => format!("we know no such place; perhaps {}", labels(&similar)),
        });
    }
    let is_clear = found[1..]
        .iter()
        .all(|other| found[0].population > other.population.saturating_mul(CLEARLY_LARGER));
    // Whoever writes a place as we offered it means that one.
    match is_clear || found[0].label() == text {
        true => Ok(found.swap_remove(0)),
        false => Err(format!(
            "several places are called so; write one of them whole: {}",
            labels(&found)
        )),
    }
}

fn labels(places: &[Place]) -> String {
    let labels: Vec<String> = places
        .iter()
        .map(|place| format!("{:?}", place.label()))
        .collect();
    labels.join(" or ")
}

/// The place as a hoster has it, the town by its name in `language`.
pub(super) fn of_hoster(place: &Place, language: Language) -> HosterPlace {
    HosterPlace {
        country: CountryCode::parse(&place.country).ok(),
        city: Name::parse(place.name_in(language)).ok(),
        postcode: place
            .postcode
            .as_deref()
            .and_then(|code| Name::parse(code).ok()),
        coordinates: Some(place.coordinates),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<String, String> {
        find(text, Language::French).map(|place| place.label())
    }

    #[test]
    fn the_place_that_is_clearly_meant_is_found() {
        assert_eq!(found("Paris").as_deref(), Ok("Paris, Paris, FR"));
        assert_eq!(found("lyon").as_deref(), Ok("Lyon, Rhône, FR"));
        assert_eq!(found("69007 Lyon").as_deref(), Ok("69007 Lyon, Rhône, FR"));
    }

    #[test]
    fn every_place_that_may_be_meant_is_offered_so_that_it_is_found() {
        let offered = found("Saint-Denis").unwrap_err();
        let labels: Vec<&str> = offered.split('"').skip(1).step_by(2).collect();
        assert!(labels.len() > 1, "{offered}");
        for label in labels {
            assert_eq!(found(label).as_deref(), Ok(label));
        }
        assert!(found("Lyom").unwrap_err().contains("\"Lyon, Rhône, FR\""));
        assert!(found("zzzzqqqq").unwrap_err().contains("1000 Bruxelles"));
        assert_eq!(found("1000 Bruxelles, BE").map(drop), Ok(()));
        assert!(found(&"é".repeat(10_000)).is_err());
    }

    #[test]
    fn a_hoster_keeps_town_country_postcode_and_coordinates() {
        let place = find("1000 Bruxelles, BE", Language::French).unwrap();
        let kept = of_hoster(&place, Language::French);
        assert_eq!(kept.city.unwrap().as_str(), "Bruxelles");
        assert_eq!(kept.country.unwrap().as_str(), "BE");
        assert_eq!(kept.postcode.unwrap().as_str(), "1000");
        assert_eq!(kept.coordinates, Some(place.coordinates));
    }
}
