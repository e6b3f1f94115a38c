//! Countries, their regions, and the words by which either qualifies a town's name.

use std::collections::HashMap;

use super::super::blob::{Posting, Section};
use super::super::key::region_key;
use super::keys::Keys;
use super::tables::{NameKind, PlaceLine, TableError, Tables};
use super::writer::BlobWriter;

/// French departments and territories overseas: their code in `admin1.tsv`, and their own ISO 3166-1 code,
/// which the postcodes use, and people too (`Saint-Denis, RE`).
const OVERSEAS: [(&str, &str); 9] = [
    ("971", "GP"),
    ("972", "MQ"),
    ("973", "GF"),
    ("974", "RE"),
    ("975", "PM"),
    ("976", "YT"),
    ("986", "WF"),
    ("987", "PF"),
    ("988", "NC"),
];

/// The French region that has this country code.
pub fn territory(country: &str) -> Option<&'static str> {
    let (region, _) = OVERSEAS.iter().find(|(_, code)| *code == country)?;
    Some(region)
}

/// The country under which a place's postcodes are listed.
pub fn post_country(place: &PlaceLine) -> &str {
    let overseas = OVERSEAS.iter().find(|(region, _)| *region == place.region);
    match overseas {
        Some((_, code)) if place.country == "FR" => code,
        _ => &place.country,
    }
}

/// The rows of the country and region columns.
pub struct Regions<'a> {
    countries: HashMap<&'a str, u32>,
    /// Country, code and name.
    rows: Vec<(&'a str, &'a str, &'a str)>,
    by_code: HashMap<(&'a str, &'a str), u32>,
}

impl<'a> Regions<'a> {
    /// The regions of `admin1.tsv`, then a nameless one for each country that has towns outside of them.
    /// Refuses a country that is not in `countries.tsv`.
    pub fn collect(tables: &'a Tables) -> Result<Self, TableError> {
        let countries = tables.countries.iter().map(|line| &*line.code);
        let mut regions = Self {
            countries: countries.zip(0..).collect(),
            rows: Vec::new(),
            by_code: HashMap::new(),
        };
        let unknown = |country| format!("the country {country} is not in countries.tsv");
        for line in &tables.regions {
            if !regions.countries.contains_key(&*line.country) {
                return Err(line.error(unknown(&line.country)));
            }
            regions.push(&line.country, &line.code, &line.name);
        }
        for line in &tables.places {
            if regions.row(&line.country, &line.region).is_some() {
                continue;
            }
            if !regions.countries.contains_key(&*line.country) {
                return Err(line.error(unknown(&line.country)));
            }
            regions.push(&line.country, &line.region, "");
        }
        Ok(regions)
    }

    /// The row of a region.
    pub fn row(&self, country: &str, code: &str) -> Option<u32> {
        self.by_code.get(&(country, code)).copied()
    }

    /// Writes the columns and the map of their keys.
    pub fn write(mut self, writer: &mut BlobWriter, tables: &'a Tables) -> Result<(), TableError> {
        let mut keys = Keys::default();
        self.add_countries(&mut keys, tables);
        self.add_regions(&mut keys);
        self.add_names(&mut keys, tables)?;
        keys.write(writer, Section::Regions, Section::RegionPostings);

        writer.texts(Section::RegionName, self.rows.iter().map(|row| row.2));
        let countries = self.rows.iter().map(|row| self.countries[row.0]);
        writer.numbers(Section::RegionCountry, countries);
        let lines = || tables.countries.iter();
        writer.texts(Section::CountryCode, lines().map(|line| &*line.code));
        writer.texts(Section::CountryFrench, lines().map(|line| &*line.french));
        writer.texts(Section::CountryEnglish, lines().map(|line| &*line.english));
        Ok(())
    }

    fn push(&mut self, country: &'a str, code: &'a str, name: &'a str) {
        self.by_code.insert((country, code), self.rows.len() as u32);
        self.rows.push((country, code, name));
    }

    fn add_countries(&self, keys: &mut Keys, tables: &Tables) {
        for (row, country) in (0..).zip(&tables.countries) {
            let territory = territory(&country.code).and_then(|code| self.row("FR", code));
            for name in [&country.code, &country.french, &country.english] {
                keys.add(region_key(name), row, Posting::COUNTRY);
                if let Some(region) = territory {
                    keys.add(region_key(name), region, Posting::TERRITORY);
                }
            }
        }
    }

    fn add_regions(&self, keys: &mut Keys) {
        for (row, (country, code, name)) in (0..).zip(&self.rows) {
            keys.add(region_key(name), row, Posting::REGION);
            // Elsewhere numbers are GeoNames' own, and nobody writes them.
            if *country == "FR" || code.bytes().all(|letter| letter.is_ascii_uppercase()) {
                keys.add(region_key(code), row, Posting::REGION);
            }
        }
    }

    fn add_names(&mut self, keys: &mut Keys, tables: &'a Tables) -> Result<(), TableError> {
        for line in &tables.names {
            let (row, kind) = match line.kind {
                NameKind::Town => continue,
                NameKind::Country => (self.countries.get(&*line.country), Posting::COUNTRY),
                NameKind::Region => (
                    self.by_code.get(&(&*line.country, &*line.of)),
                    Posting::REGION,
                ),
            };
            let Some(row) = row.copied() else {
                let (country, code) = (&line.country, &line.of);
                return Err(
                    line.error(format!("there is no region {country} {code} in admin1.tsv"))
                );
            };
            for name in line.aliases.iter().chain([&line.name]) {
                keys.add(region_key(name), row, kind);
            }
            if line.kind == NameKind::Region && !line.name.is_empty() {
                self.rows[row as usize].2 = &line.name;
            }
        }
        Ok(())
    }
}
