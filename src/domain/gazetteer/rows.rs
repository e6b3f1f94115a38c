//! The blob's rows as the domain's values, and the lists behind its keys.
//!
//! Everything is read in place; only a [`Place`] that leaves the gazetteer owns its text.

use fst::Map;

use super::super::place::{Coordinates, Place};
use super::blob::{Blob, Posting, Section};
use super::rank::Hit;

/// The blob, read by meaning.
pub struct Rows(Blob);

impl Rows {
    /// Checks that the maps are maps; see [`Blob`] for what is trusted.
    pub fn new(blob: Blob) -> Result<Self, fst::Error> {
        for section in [Section::Names, Section::Postcodes, Section::Regions] {
            Map::new(blob.section(section))?;
        }
        Ok(Self(blob))
    }

    /// A section that is a map.
    pub fn map(&self, section: Section) -> Map<&[u8]> {
        Map::new(self.0.section(section)).expect("`new` tried every map")
    }

    /// The places called so.
    pub fn named<'a>(&'a self, key: &str) -> impl Iterator<Item = Hit> + use<'a> {
        let first = self.map(Section::Names).get(key);
        first.into_iter().flat_map(|first| self.named_from(first))
    }

    /// The places of one value of the map of names.
    pub fn named_from(&self, first: u64) -> impl Iterator<Item = Hit> {
        let postings = self.0.postings(Section::NamePostings, first as u32);
        postings.map(|posting| Hit {
            place: posting.row,
            postcode: None,
            known_by: posting.kind,
            whole: false,
            certainty: 0,
        })
    }

    /// The postcodes of a key, in several countries, with their towns.
    pub fn postcodes<'a>(&'a self, key: &str) -> impl Iterator<Item = Hit> + use<'a> {
        let first = self.map(Section::Postcodes).get(key);
        first
            .into_iter()
            .flat_map(|first| self.postcodes_from(first))
    }

    /// The postcodes of one value of the map of postcodes.
    pub fn postcodes_from(&self, first: u64) -> impl Iterator<Item = Hit> {
        let postings = self.0.postings(Section::PostcodeTown, first as u32);
        (first as u32..).zip(postings).map(|(row, posting)| Hit {
            place: posting.row,
            postcode: Some(row),
            known_by: Posting::NAME,
            whole: false,
            certainty: 0,
        })
    }

    /// The countries, territories and regions called so.
    pub fn regions<'a>(&'a self, key: &str) -> impl Iterator<Item = Posting> + use<'a> {
        let first = self.map(Section::Regions).get(key);
        first
            .into_iter()
            .flat_map(|first| self.0.postings(Section::RegionPostings, first as u32))
    }

    /// Whether a posting of [`Rows::regions`] holds a place.
    pub fn holds(&self, posting: Posting, place: u32) -> bool {
        match posting.kind {
            Posting::COUNTRY => posting.row == self.country(place),
            _ => posting.row == self.region(place),
        }
    }

    /// The row of a place's region.
    fn region(&self, place: u32) -> u32 {
        self.0.number(Section::PlaceRegion, place)
    }

    /// The row of a place's country.
    pub fn country(&self, place: u32) -> u32 {
        self.0.number(Section::RegionCountry, self.region(place))
    }

    /// The two letters of a place's country.
    pub fn country_code(&self, place: u32) -> &str {
        self.0.text(Section::CountryCode, self.country(place))
    }

    /// A country's code, French and English name.
    pub fn countries(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        (0..self.0.texts(Section::CountryCode)).map(|row| {
            (
                self.0.text(Section::CountryCode, row),
                self.0.text(Section::CountryFrench, row),
                self.0.text(Section::CountryEnglish, row),
            )
        })
    }

    /// How many live there.
    pub fn population(&self, place: u32) -> u32 {
        self.0.number(Section::PlacePopulation, place)
    }

    /// Whether a place is but a part of a town.
    pub fn is_district(&self, place: u32) -> bool {
        place >= self.0.number(Section::Towns, 0)
    }

    /// All towns, largest first.
    pub fn towns(&self) -> impl Iterator<Item = u32> {
        0..self.0.number(Section::Towns, 0)
    }

    /// Where a place is.
    pub fn at(&self, place: u32) -> Coordinates {
        self.point(Hit::of_place(place))
    }

    /// Every place, districts too.
    #[cfg(test)]
    pub fn places(&self) -> impl Iterator<Item = u32> {
        0..self.0.texts(Section::PlaceName)
    }

    /// Every postcode.
    #[cfg(test)]
    pub fn all_postcodes(&self) -> impl Iterator<Item = Hit> {
        let rows = 0..self.0.texts(Section::PostcodeText);
        let unpack = |row| Posting::unpack(self.0.number(Section::PostcodeTown, row));
        let first = move |row: &u32| *row == 0 || unpack(row - 1).last;
        rows.filter(first)
            .flat_map(|first| self.postcodes_from(u64::from(first)))
    }

    /// Where a hit is: its postcode, or else its place.
    pub fn point(&self, hit: Hit) -> Coordinates {
        let thousandths = |column, row| self.0.number(column, row) as i32;
        let mut latitude = thousandths(Section::PlaceLatitude, hit.place);
        let mut longitude = thousandths(Section::PlaceLongitude, hit.place);
        if let Some(postcode) = hit.postcode {
            let town = Posting::unpack(self.0.number(Section::PostcodeTown, postcode)).row;
            latitude = thousandths(Section::PlaceLatitude, town)
                + thousandths(Section::PostcodeNorth, postcode);
            longitude = thousandths(Section::PlaceLongitude, town)
                + thousandths(Section::PostcodeEast, postcode);
        }
        Coordinates::new(f64::from(latitude) / 1000.0, f64::from(longitude) / 1000.0)
            .expect("the build refuses what is not on earth")
    }

    /// A hit as a value to give away, not yet known to be ambiguous.
    pub fn place(&self, hit: Hit) -> Place {
        let admin = self.0.text(Section::RegionName, self.region(hit.place));
        let postcode = |row| self.0.text(Section::PostcodeText, row).to_owned();
        Place {
            name: self.0.text(Section::PlaceName, hit.place).to_owned(),
            french_name: self.french_name(hit.place).map(str::to_owned),
            country: self.country_code(hit.place).to_owned(),
            admin: (!admin.is_empty()).then(|| admin.to_owned()),
            postcode: hit.postcode.map(postcode),
            coordinates: self.point(hit),
            population: self.population(hit.place),
            ambiguous: false,
        }
    }

    fn french_name(&self, place: u32) -> Option<&str> {
        let row = self.0.row_of(Section::FrenchPlace, place)?;
        Some(self.0.text(Section::FrenchName, row))
    }
}
