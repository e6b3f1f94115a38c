//! The chart beside the results: which hosters lie around a place, in which direction and how far.

use crate::catalogue::Edition;
use crate::search::Hit;
use crate::search::question::Question;

use super::chart::{self, Neighbour, RINGS_KM};
use super::locale::Locale;

/// A chart with the words around it.
pub struct Nearby {
    /// What it shows, for those who do not see it.
    pub label: String,
    /// The content of its `<svg>`.
    pub svg: String,
    /// What its rings mean.
    pub caption: String,
    /// How many results have no known place, in a sentence.
    pub unplaced: Option<String>,
}

/// The chart of some hits, if a place was asked for and one of them has one.
pub fn nearby<'a>(
    edition: &Edition,
    question: &Question,
    hits: impl Iterator<Item = &'a Hit> + Clone,
    l: &Locale,
) -> Option<Nearby> {
    let place = question.place.as_ref()?.name_in(l.language);
    let neighbours: Vec<Neighbour> = hits
        .clone()
        .filter_map(|hit| {
            let hoster = &edition.hosters[hit.hoster];
            let distance = hit.distance?;
            Some(Neighbour {
                id: hoster.id.as_str(),
                name: hoster.name.as_str(),
                km: distance.km,
                degrees: distance.heading,
            })
        })
        .collect();
    let unplaced = hits.filter(|hit| hit.distance.is_none()).count();
    let rings: Vec<String> = RINGS_KM.iter().map(|km| l.integer(*km as usize)).collect();
    let drawing = chart::around(place, &neighbours)?;
    Some(Nearby {
        label: l.with("chart.around", "place", place),
        svg: drawing.svg,
        caption: l.with("chart.rings", "rings", rings.join(", ")),
        unplaced: (unplaced > 0).then(|| l.count("chart.unplaced", unplaced)),
    })
}
