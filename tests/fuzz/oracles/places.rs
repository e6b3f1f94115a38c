//! Names of places, postcodes and coordinates, as anybody types them.

use std::sync::LazyLock;

use archipelago::domain::gazetteer::Gazetteer;
use archipelago::domain::localized::Language;
use archipelago::domain::place::{Cell, Coordinates};

use super::Target;

/// What somebody types.
pub const TARGET: Target = Target {
    name: "places",
    check,
    seeds,
};

/// How many places are asked for.
const LIMIT: usize = 5;

fn seeds() -> Vec<Vec<u8>> {
    let typed = [
        "Lyon",
        "69007 Lyon",
        "Valence, Drôme, FR",
        "valence, es",
        "Nantess",
        "Mnchen",
        "München",
        "75001",
        "B-4000",
        "Rüti / Dorfzentrum, Südl. Teil",
        "48.85,2.35",
        "-90, 180.0",
        "1e2,NaN",
        "Saint-Étienne",
        "st etienne",
        "L'Île",
        "東京",
        "Αθήνα",
        "ﬁ",
        "ß",
    ];
    typed.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn check(input: &[u8]) {
    static PLACES: LazyLock<Gazetteer> =
        LazyLock::new(|| Gazetteer::embedded().expect("it was compiled in"));
    let text = String::from_utf8_lossy(input);
    if let Ok(at) = text.parse::<Coordinates>() {
        let centre = Cell::of(at).centre();
        assert!(at.distance_km(&centre) <= 20_040.0);
        if let Some(place) = PLACES.nearest(at) {
            assert!(at.distance_km(&place.coordinates).is_finite());
        }
    }
    let found = PLACES.find(&text, &["FR", "BE"], LIMIT);
    assert!(found.len() <= LIMIT);
    for place in &found {
        let label = place.label();
        let again = PLACES.find(&label, &[], 1).pop();
        let again = again.unwrap_or_else(|| panic!("{label:?} leads nowhere"));
        assert_eq!(
            again.label(),
            label,
            "a place written as it was offered is the one that is meant"
        );
        assert!(!place.name_in(Language::French).is_empty());
    }
    for near in [
        PLACES.similar(&text, &["FR"], LIMIT),
        PLACES.nearly(&text, &["FR"], LIMIT),
    ] {
        assert!(near.len() <= LIMIT);
    }
}
