//! The gazetteer on its real tables.

use std::sync::LazyLock;

use super::key::{postcode_key, prefix_key};
use super::*;
use crate::domain::fold::fold;

const FRENCH: &[&str] = &["FR", "BE", "CH", "CA", "LU"];
const BELGIAN: &[&str] = &["BE", "FR", "LU"];
const ENGLISH: &[&str] = &["GB", "IE", "US", "CA"];

fn gazetteer() -> &'static Gazetteer {
    static OPEN: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().unwrap());
    &OPEN
}

fn labels(places: &[Place]) -> Vec<String> {
    places.iter().map(Place::label).collect()
}

#[track_caller]
fn finds(text: &str, label: &str) {
    let found = labels(&gazetteer().find(text, FRENCH, 10));
    assert_eq!(
        found.first().map(String::as_str),
        Some(label),
        "{text}: {found:?}"
    );
}

#[test]
fn a_town_is_found_however_it_is_spelled() {
    for text in [
        "Lyon",
        "lyon",
        " LYON ",
        "Lyon, France",
        "Lyon (Rhône)",
        "lyon 69",
        "Lugdunum",
    ] {
        finds(text, "Lyon, Rhône, FR");
    }
    for text in [
        "Saint-Étienne",
        "st etienne",
        "St. Etienne",
        "SAINT ETIENNE CEDEX 1",
    ] {
        finds(text, "Saint-Étienne, Loire, FR");
    }
    finds("Nantes", "Nantes, Loire-Atlantique, FR");
}

#[test]
fn a_town_is_found_in_several_languages() {
    for text in ["Bruxelles", "Brussels", "Brussel", "brüssel"] {
        finds(text, "Brussels, Bruxelles-Capitale, BE");
    }
    for text in ["Genève", "Geneva", "Genf"] {
        finds(text, "Geneva, Genève, CH");
    }
    for text in ["München", "Munich", "Muenchen"] {
        finds(text, "Munich, Bavaria, DE");
    }
    finds("Anvers", "Antwerp, Flandre, BE");
    finds("Sion", "Sitten, Valais, CH");
    finds("Bienne", "Biel/Bienne, Bern, CH");
    finds("Roma", "Rome, Lazio, IT");
}

#[test]
fn a_place_has_a_name_in_the_readers_language() {
    let brussels = gazetteer().find("Brussels", &[], 1).remove(0);
    assert_eq!(brussels.name_in(Language::French), "Bruxelles");
    assert_eq!(brussels.name_in(Language::English), "Brussels");
    let lyon = gazetteer().find("Lyon", &[], 1).remove(0);
    assert_eq!(lyon.name_in(Language::French), "Lyon");
}

#[test]
fn a_district_is_found_by_its_number() {
    for text in ["lyon 7e", "Lyon 7ème", "Lyon 7", "Lyon 7e arrondissement"] {
        finds(text, "Lyon 7e Arrondissement, Rhône, FR");
    }
    finds("Paris 11e", "Paris 11e Arrondissement, Paris, FR");
    finds(
        "Marseille 3e arrondissement",
        "Marseille 3e Arrondissement, Bouches-du-Rhône, FR",
    );
}

#[test]
fn a_postcode_leads_to_its_town_and_stands_where_it_is() {
    for text in [
        "69007",
        "69007 Lyon",
        "Lyon 69007",
        "69007, Lyon",
        "69007 Lyon, Rhône, France",
    ] {
        finds(text, "69007 Lyon, Rhône, FR");
    }
    let place = gazetteer().find("69007", FRENCH, 1).remove(0);
    assert_eq!(
        (place.name.as_str(), place.postcode.as_deref()),
        ("Lyon", Some("69007"))
    );
    assert_eq!(place.coordinates, Coordinates::new(45.745, 4.842).unwrap());
    finds("97400", "97400 Saint-Denis, La Réunion, FR");
    finds(
        "38400 Saint-Martin-d'Hères",
        "38400 Saint-Martin-d'Hères, Isère, FR",
    );
}

#[test]
fn a_full_postcode_leads_to_the_part_that_is_known() {
    for text in ["H2X", "H2X 1Y4", "h2x1y4"] {
        finds(text, "H2X Montréal, Québec, CA");
    }
    finds("SW1A 1AA", "SW1A London, England, GB");
}

#[test]
fn a_postcode_of_a_company_leads_to_the_town_beside_it() {
    finds("69361 Lyon Cedex 07", "Lyon, Rhône, FR");
}

#[test]
fn a_postcode_of_several_countries_is_the_readers_first() {
    let countries = |text: &str, prefer: &[&str]| -> Vec<String> {
        let found = gazetteer().find(text, prefer, 10);
        found.into_iter().map(|place| place.country).collect()
    };
    assert_eq!(countries("1000", FRENCH), ["BE", "CH", "BG", "PT", "SI"]);
    assert_eq!(countries("1000", &["SI"])[0], "SI");
    let toulouse = countries("31000", FRENCH);
    assert_eq!(toulouse[0], "FR");
    assert!(
        ["DZ", "HR", "MA"]
            .iter()
            .all(|code| toulouse.iter().any(|country| country == code))
    );
    assert_eq!(countries("31000", &["MA", "FR"])[..2], ["MA", "FR"]);
}

#[test]
fn size_counts_strongly_and_the_readers_country_moderately() {
    finds("Montréal", "Montréal, Québec, CA");
    finds("Montreal", "Montréal, Québec, CA");
    finds("Valence", "Valence, Drôme, FR");
    finds("Vienne", "Vienne, Isère, FR");
    finds("Laval", "Laval, Mayenne, FR");
    finds("London", "London, England, GB");
    let first = |text: &str, prefer: &[&str]| gazetteer().find(text, prefer, 1).remove(0).label();
    assert_eq!(first("Valence", &["ES"]), "Valencia, Valencia, ES");
    assert_eq!(first("Vienne", &["BE"]), "Vienna, Vienna, AT");
    assert_eq!(first("Laval", &["CA", "FR"]), "Laval, Québec, CA");
    assert_eq!(
        first("Saint-Denis", &["RE", "FR"]),
        "Saint-Denis, La Réunion, FR"
    );
}

#[test]
fn namesakes_are_all_offered() {
    let found = labels(&gazetteer().find("Saint-Denis", FRENCH, 10));
    assert!(found.contains(&"Saint-Denis, Seine-Saint-Denis, FR".to_owned()));
    assert!(found.contains(&"Saint-Denis, La Réunion, FR".to_owned()));
    let found = labels(&gazetteer().find("Valence", FRENCH, 10));
    assert!(found.contains(&"Valencia, Valencia, ES".to_owned()));
}

#[test]
fn a_qualifier_chooses_between_namesakes() {
    for text in [
        "Saint-Denis, RE",
        "Saint-Denis (Réunion)",
        "st denis la reunion",
        "Saint-Denis 974",
    ] {
        finds(text, "Saint-Denis, La Réunion, FR");
    }
    finds("Saint-Denis 93", "Saint-Denis, Seine-Saint-Denis, FR");
    finds("Valence, ES", "Valencia, Valencia, ES");
    finds("Valence, Espagne", "Valencia, Valencia, ES");
    finds("Montréal, Québec", "Montréal, Québec, CA");
    finds("Montréal QC", "Montréal, Québec, CA");
    finds("Montréal, Aude", "Montréal, Aude, FR");
    finds("London, Ontario", "London, Ontario, CA");
    finds("Paris, Texas", "Paris, Texas, US");
    finds("Paris TX", "Paris, Texas, US");
    finds("San Diego, CA", "San Diego, California, US");
}

#[test]
fn an_unknown_qualifier_is_passed_over_and_a_contradicting_one_is_not() {
    finds("Toulouse, Occitanie", "Toulouse, Haute-Garonne, FR");
    assert_eq!(gazetteer().find("Paris, Allemagne", FRENCH, 10), []);
}

#[test]
fn what_is_no_place_is_not_found() {
    let gazetteer = gazetteer();
    let (long, commas, words) = (
        "Lyon ".repeat(2048),
        ",".repeat(240),
        "saint denis ".repeat(20),
    );
    for text in [
        "",
        " ",
        "\u{0}\u{1b}\t\n",
        "…?!,;()/",
        "🏝️",
        "🏝️, 🏝️",
        &long,
        &commas,
        &words,
        "-1 . e",
        "1e999 2",
    ] {
        assert_eq!(gazetteer.find(text, FRENCH, 10), [], "{text:?}");
        assert_eq!(gazetteer.suggest(text, FRENCH, 10), [], "{text:?}");
        assert_eq!(gazetteer.similar(text, FRENCH, 10), [], "{text:?}");
    }
    assert_eq!(gazetteer.find("Lyon", FRENCH, 0), []);
    assert_eq!(gazetteer.find("Lyon", &["", "XX", "france?"], 1).len(), 1);
}

#[test]
fn what_is_typed_is_completed() {
    let gazetteer = gazetteer();
    let first = |prefix: &str| gazetteer.suggest(prefix, FRENCH, 8).remove(0).label();
    assert_eq!(first("ly"), "Lyon, Rhône, FR");
    assert_eq!(first("s"), "Strasbourg, Bas-Rhin, FR");
    assert_eq!(first("st"), "Strasbourg, Bas-Rhin, FR");
    assert_eq!(first("st etie"), "Saint-Étienne, Loire, FR");
    assert_eq!(first("brux"), "Brussels, Bruxelles-Capitale, BE");
    assert_eq!(first("montréa"), "Montréal, Québec, CA");
    assert_eq!(first("6900"), "69001 Lyon, Rhône, FR");
    assert_eq!(first("h2x"), "H2X Montréal, Québec, CA");
    assert_eq!(first("69007 ly"), "69007 Lyon, Rhône, FR");
    assert_eq!(first("nantes, f"), "Nantes, Loire-Atlantique, FR");
    assert_eq!(first("saint-denis, re"), "Saint-Denis, La Réunion, FR");
}

#[test]
fn the_best_that_begin_so_are_those_that_looking_at_all_would_find() {
    let gazetteer = gazetteer();
    let beginning = |typed: &str| {
        let (name, code) = (prefix_key(typed), postcode_key(typed));
        let mut hits = Vec::new();
        let names = gazetteer.rows.map(Section::Names);
        let mut names = names.into_stream();
        while let Some((key, first)) = names.next() {
            if !name.is_empty() && key.starts_with(name.as_bytes()) {
                let whole = key == name.as_bytes();
                let named = gazetteer.rows.named_from(first);
                hits.extend(named.map(|hit| hit.whole(whole)));
            }
        }
        let codes = gazetteer.rows.map(Section::Postcodes);
        let mut codes = codes.into_stream();
        while let Some((key, first)) = codes.next() {
            if code.starts_with(|letter: char| letter.is_ascii_digit())
                && key.starts_with(code.as_bytes())
            {
                hits.extend(gazetteer.rows.postcodes_from(first));
            }
        }
        hits
    };
    for typed in "s,k,x,é,sa,st,saint ,lyo,vienn,6,750,h,西".split(',') {
        let all = beginning(typed);
        for codes in [&[], FRENCH, BELGIAN, ENGLISH, &["RE", "FR"]] {
            let preference = Preference::of(&gazetteer.rows, codes).while_typing();
            for limit in [1, 12, 100] {
                let mut best = gazetteer.best(&preference, limit);
                gazetteer.add_begun(typed, &preference, &mut best);
                let mut best_of_all = gazetteer.best(&preference, limit);
                all.iter().for_each(|hit| best_of_all.add(*hit));
                let (best, best_of_all) = (best.into_hits(), best_of_all.into_hits());
                assert_eq!(best, best_of_all, "{typed:?} {codes:?} {limit}");
            }
        }
    }
}

#[test]
fn a_slip_of_the_pen_is_understood() {
    let gazetteer = gazetteer();
    let first = |text: &str| gazetteer.similar(text, FRENCH, 5).remove(0).label();
    assert_eq!(first("lyonn"), "Lyon, Rhône, FR");
    assert_eq!(first("Nnates"), "Nantes, Loire-Atlantique, FR");
    assert_eq!(first("Bordaux"), "Bordeaux, Gironde, FR");
    assert_eq!(first("toulouze, FR"), "Toulouse, Haute-Garonne, FR");
    assert_eq!(first("vileurbane"), "Villeurbanne, Rhône, FR");
    assert_eq!(
        gazetteer.similar("Lyo", FRENCH, 5),
        [],
        "three letters are too few"
    );
}

#[test]
fn coordinates_are_named_for_a_larger_town_close_by() {
    let gazetteer = gazetteer();
    let nearest = |latitude, longitude| {
        let at = Coordinates::new(latitude, longitude).unwrap();
        gazetteer.nearest(at).map(|place| place.label())
    };
    assert_eq!(nearest(45.8, 4.9).as_deref(), Some("Lyon, Rhône, FR"));
    assert_eq!(nearest(48.9, 2.3).as_deref(), Some("Paris, Paris, FR"));
    assert_eq!(
        nearest(45.179, 5.762).as_deref(),
        Some("Saint-Martin-d'Hères, Isère, FR")
    );
    assert_eq!(
        nearest(-20.9, 55.5).as_deref(),
        Some("Saint-Denis, La Réunion, FR")
    );
    assert_eq!(nearest(45.0, -40.0), None, "the middle of the Atlantic");
    assert_eq!(nearest(90.0, 180.0), None);
}

#[test]
fn towns_around_a_point_are_those_that_looking_at_all_finds() {
    let gazetteer = gazetteer();
    for (latitude, longitude, km) in [
        (45.76, 4.84, 30.0),
        (0.01, 9.4, 100.0),
        (-17.8, 179.99, 200.0),
        (65.0, -179.9, 500.0),
        (89.9, 12.0, 2_500.0),
        (-90.0, 180.0, 4_200.0),
    ] {
        let at = Coordinates::new(latitude, longitude).unwrap();
        let is_near = |town: &u32| gazetteer.rows.at(*town).distance_km(&at) <= km;
        let mut found: Vec<u32> = gazetteer
            .grid
            .around(at, km)
            .flatten()
            .map(|town| town.place)
            .filter(is_near)
            .collect();
        found.sort_unstable();
        let all: Vec<u32> = gazetteer.rows.towns().filter(is_near).collect();
        assert!(!all.is_empty());
        assert_eq!(found, all, "{latitude}, {longitude}");
    }
}

#[test]
fn countries_have_names_in_both_languages() {
    let gazetteer = gazetteer();
    assert_eq!(
        gazetteer.country_name("BE", Language::French),
        Some("Belgique")
    );
    assert_eq!(
        gazetteer.country_name("BE", Language::English),
        Some("Belgium")
    );
    assert_eq!(gazetteer.country_name("XX", Language::French), None);
    assert!(gazetteer.countries().count() > 240);
}

#[test]
fn a_label_leads_back_to_its_place_whoever_reads_it() {
    let gazetteer = gazetteer();
    let readers =
        [&[], FRENCH, BELGIAN, ENGLISH].map(|codes| Preference::of(&gazetteer.rows, codes));
    // All towns above 20,000, and of the rest one in seven.
    let chosen =
        |place: &u32| gazetteer.rows.population(*place) >= 20_000 || place.is_multiple_of(7);
    let mut checked = 0;
    for place in gazetteer.rows.places().filter(chosen) {
        let hit = Hit::of_place(place);
        let label = gazetteer.places(vec![hit])[0].label();
        for reader in &readers {
            let found = gazetteer.answer(&label, reader, 1);
            assert!(
                found.first().is_some_and(|found| found.is_same(&hit)),
                "{label}"
            );
        }
        checked += 1;
    }
    assert!(checked > 25_000, "{checked}");
}

#[test]
fn a_label_with_a_postcode_leads_back_to_both() {
    let gazetteer = gazetteer();
    let readers = [&[], FRENCH, ENGLISH].map(|codes| Preference::of(&gazetteer.rows, codes));
    let (mut checked, mut lost) = (0, Vec::new());
    for hit in gazetteer.rows.all_postcodes().step_by(29) {
        let label = gazetteer.places(vec![hit])[0].label();
        for reader in &readers {
            let found = gazetteer.answer(&label, reader, 1);
            if !found.first().is_some_and(|found| found.is_same(&hit)) {
                lost.push(label.clone());
            }
        }
        checked += 1;
    }
    assert!(checked > 4_000, "{checked}");
    assert_eq!(lost, [""; 0]);
}

#[test]
fn the_embedded_blob_is_what_the_tables_compile_to() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/data/geo");
    let blob = compile::compile(folder.as_ref()).unwrap();
    assert!(zstd::bulk::decompress(EMBEDDED, MOST_BYTES).unwrap() == blob);
    assert!(blob.len() < 12_000_000 && EMBEDDED.len() < 3_000_000);
}

#[test]
fn a_damaged_blob_does_not_open() {
    let mut damaged = EMBEDDED.to_vec();
    damaged[EMBEDDED.len() / 2] ^= 1;
    assert!(Gazetteer::from_compressed(&damaged).is_err());
    assert!(Gazetteer::from_compressed(&EMBEDDED[..1000]).is_err());
    assert!(Gazetteer::from_compressed(b"").is_err());
    let other = compile::compress(b"something else altogether").unwrap();
    assert!(matches!(
        Gazetteer::from_compressed(&other),
        Err(GazetteerError::Malformed(_))
    ));
}

#[test]
fn every_place_has_a_key() {
    let gazetteer = gazetteer();
    let nameless = gazetteer.rows.places().find(|place| {
        let place = gazetteer.rows.place(Hit::of_place(*place));
        fold(&place.name).is_empty()
    });
    assert_eq!(nameless, None);
}

#[test]
fn the_town_nearby_that_pulls_most_is_what_looking_at_all_towns_gives() {
    let gazetteer = gazetteer();
    for step in 0..60 {
        let at =
            Coordinates::new(42.0 + f64::from(step % 9), -4.0 + f64::from(step) / 5.0).unwrap();
        let pull = |town: u32| {
            let km = gazetteer.rows.at(town).distance_km(&at);
            let mass = f64::from(gazetteer.rows.population(town)) + 100.0;
            (km <= NEARBY_KM).then_some(mass / (km + 2.0).powi(2))
        };
        let most = gazetteer
            .rows
            .towns()
            .filter_map(pull)
            .max_by(f64::total_cmp);
        let found = gazetteer.strongest(at).and_then(pull);
        assert_eq!(found, most, "{at:?}");
    }
}

#[test]
fn out_at_sea_the_closest_town_is_what_looking_at_all_towns_gives() {
    let gazetteer = gazetteer();
    let mut found = 0;
    for step in 0..40 {
        let at = Coordinates::new(43.2 + f64::from(step % 8), -3.9 + f64::from(step / 8)).unwrap();
        let km = |town: u32| gazetteer.rows.at(town).distance_km(&at);
        let all = gazetteer.rows.towns().map(km);
        let least = all.fold(f64::INFINITY, f64::min);
        let closest = gazetteer.closest(at).map(km);
        assert_eq!(closest, (least <= NOWHERE_KM).then_some(least), "{at:?}");
        found += usize::from(gazetteer.strongest(at).is_none() && closest.is_some());
    }
    assert!(found > 0, "none of these is at sea");
}
