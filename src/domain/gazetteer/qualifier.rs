//! What a name has to agree with: a country, region, postcode or coordinates written after it.
//!
//! The same letters may be several of these (`CA` is Canada, and California where Canada has no such
//! town), so a qualifier keeps all its senses and the first that leaves anything counts.

use super::super::place::Coordinates;
use super::blob::Posting;
use super::key::{place_key, postcode_key, region_key};
use super::rank::Hit;
use super::rows::Rows;

/// How far a postcode's middle is from the town it is written with, at most, in kilometres.
const POSTCODE_REACH_KM: f64 = 30.0;

/// How exactly coordinates in a label have to be met, in kilometres.
const LABEL_REACH_KM: f64 = 1.0;

/// What a name has to agree with, in all the senses it may have.
#[derive(Default)]
pub struct Qualifier {
    coordinates: Option<Coordinates>,
    region: String,
    postcode: String,
    town: String,
    /// Whether it is more than the name of a town, which says nothing about another.
    known: bool,
}

/// Those of the hits that agree with every qualifier; a lenient reader passes over unknown ones.
pub fn agreeing(
    rows: &Rows,
    mut hits: Vec<Hit>,
    qualifiers: &[Qualifier],
    lenient: bool,
) -> Vec<Hit> {
    for (index, qualifier) in qualifiers.iter().enumerate() {
        if hits.is_empty() {
            break;
        }
        // A postcode's town stands right after it; what comes later says where that is.
        let town = (index == 0)
            .then(|| qualifier.by_town(rows, &hits))
            .filter(|hits| !hits.is_empty());
        if let Some(town) = town {
            hits = town;
        } else if qualifier.known || !lenient {
            hits = qualifier.keep(rows, hits);
        }
    }
    hits
}

impl Qualifier {
    /// One for each part.
    pub fn parse_all(rows: &Rows, parts: &[&str]) -> Vec<Self> {
        parts.iter().map(|part| Self::parse(rows, part)).collect()
    }

    fn parse(rows: &Rows, text: &str) -> Self {
        if let Some(coordinates) = coordinates(text) {
            return Self {
                coordinates: Some(coordinates),
                known: true,
                ..Self::default()
            };
        }
        let (region, postcode) = (region_key(text), postcode_key(text));
        let known =
            rows.regions(&region).next().is_some() || rows.postcodes(&postcode).next().is_some();
        Self {
            coordinates: None,
            region,
            postcode,
            town: place_key(text),
            known,
        }
    }

    /// Takes as many words as are known together, then the next; `None` if that does not come out even, or
    /// takes more than `most`.
    pub fn parse_words(rows: &Rows, words: &[&str], most: usize) -> Option<Vec<Self>> {
        if words.is_empty() {
            return Some(Vec::new());
        }
        let most = most.checked_sub(1)?;
        (1..=words.len()).rev().find_map(|length| {
            let qualifier = Self::parse(rows, &words[..length].join(" "));
            if !qualifier.known && rows.named(&qualifier.town).next().is_none() {
                return None;
            }
            let mut rest = Self::parse_words(rows, &words[length..], most)?;
            rest.insert(0, qualifier);
            Some(rest)
        })
    }

    fn keep(&self, rows: &Rows, hits: Vec<Hit>) -> Vec<Hit> {
        if let Some(point) = self.coordinates {
            return nearest(rows, hits.into_iter(), point, LABEL_REACH_KM)
                .into_iter()
                .collect();
        }
        let senses = [Self::by_country, Self::by_region, Self::by_postcode];
        let mut kept = senses.iter().map(|sense| sense(self, rows, &hits));
        kept.find(|kept| !kept.is_empty()).unwrap_or_default()
    }

    /// `69007 Lyon`: the town that was named, not the one the postcode leads to.
    fn by_town(&self, rows: &Rows, hits: &[Hit]) -> Vec<Hit> {
        let named = hits.iter().filter_map(|hit| {
            let point = hit.postcode.map(|_| rows.point(*hit))?;
            if rows.named(&self.town).any(|town| town.place == hit.place) {
                return Some(*hit);
            }
            let compatriots = rows
                .named(&self.town)
                .filter(|town| rows.country(town.place) == rows.country(hit.place));
            let town = nearest(rows, compatriots, point, POSTCODE_REACH_KM)?;
            Some(Hit {
                place: town.place,
                ..*hit
            })
        });
        named.collect()
    }

    fn by_country(&self, rows: &Rows, hits: &[Hit]) -> Vec<Hit> {
        self.by(rows, hits, |kind| {
            matches!(kind, Posting::COUNTRY | Posting::TERRITORY)
        })
    }

    fn by_region(&self, rows: &Rows, hits: &[Hit]) -> Vec<Hit> {
        self.by(rows, hits, |kind| kind == Posting::REGION)
    }

    fn by(&self, rows: &Rows, hits: &[Hit], sense: fn(u32) -> bool) -> Vec<Hit> {
        let postings = rows.regions(&self.region);
        let postings: Vec<_> = postings.filter(|posting| sense(posting.kind)).collect();
        let kept = hits.iter().copied();
        kept.filter(|hit| {
            postings
                .iter()
                .any(|posting| rows.holds(*posting, hit.place))
        })
        .collect()
    }

    /// `Lyon 69007`: the town that is near.
    fn by_postcode(&self, rows: &Rows, hits: &[Hit]) -> Vec<Hit> {
        let codes = rows.postcodes(&self.postcode);
        let named = codes.filter_map(|code| {
            let point = rows.point(code);
            let compatriots = hits.iter().copied().filter(|hit| {
                hit.postcode.is_none() && rows.country(hit.place) == rows.country(code.place)
            });
            let town = nearest(rows, compatriots, point, POSTCODE_REACH_KM)?;
            Some(Hit {
                place: town.place,
                ..code
            })
        });
        named.collect()
    }
}

fn nearest(
    rows: &Rows,
    hits: impl Iterator<Item = Hit>,
    point: Coordinates,
    within_km: f64,
) -> Option<Hit> {
    hits.map(|hit| (rows.point(hit).distance_km(&point), hit))
        .filter(|(distance, _)| *distance <= within_km)
        .min_by(|(distance, _), (other, _)| distance.total_cmp(other))
        .map(|(_, hit)| hit)
}

fn coordinates(text: &str) -> Option<Coordinates> {
    let (latitude, longitude) = text.trim().split_once(' ')?;
    // Whole numbers are more likely parts of a postcode.
    if !latitude.contains('.') {
        return None;
    }
    Coordinates::new(latitude.parse().ok()?, longitude.trim().parse().ok()?).ok()
}
