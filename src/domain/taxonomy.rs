//! Needs, software and departures together, with every reference between them checked.

use std::collections::HashMap;

use serde::Deserialize;

use super::departure::{Departure, DepartureSlug};
use super::fold::fold;
use super::need::{Need, NeedId, Software, SoftwareId};
use super::text::{Link, Name};

/// The shared vocabulary of the directory. A value that exists has no dangling reference.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    needs: Vec<Need>,
    software: Vec<Software>,
    departures: Vec<Departure>,
    need_by_id: HashMap<NeedId, usize>,
    software_by_id: HashMap<SoftwareId, usize>,
    software_by_name: HashMap<String, usize>,
    /// None where several needs are called so.
    need_by_name: HashMap<String, Option<usize>>,
    departure_by_slug: HashMap<DepartureSlug, usize>,
    departures_by_host: HashMap<String, Vec<usize>>,
}

/// Why a vocabulary was refused.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    /// One of the three documents is not of the expected shape.
    #[error("{document}: {error}")]
    Shape {
        /// Which document.
        document: &'static str,
        /// What is wrong, with its line.
        error: serde_json::Error,
    },
    /// A reference leads nowhere, or an identifier stands twice.
    #[error("{0}")]
    Reference(String),
}

/// The most needs a vocabulary may hold: a set of needs is one 128-bit word.
pub const MAX_NEEDS: usize = 128;

#[derive(Deserialize)]
struct Needs {
    needs: Vec<Need>,
}

#[derive(Deserialize)]
struct Softwares {
    software: Vec<Software>,
}

#[derive(Deserialize)]
struct Departures {
    departures: Vec<Departure>,
}

impl Taxonomy {
    /// The vocabulary shipped in the binary (`fixtures/data`).
    pub fn embedded() -> Self {
        Self::parse(
            include_str!("../../fixtures/data/needs.json"),
            include_str!("../../fixtures/data/software.json"),
            include_str!("../../fixtures/data/departures.json"),
        )
        .expect("a test parses the embedded vocabulary")
    }

    /// Reads the three documents and checks every reference between them.
    pub fn parse(needs: &str, software: &str, departures: &str) -> Result<Self, TaxonomyError> {
        fn read<'a, T: Deserialize<'a>>(
            document: &'static str,
            text: &'a str,
        ) -> Result<T, TaxonomyError> {
            serde_json::from_str(text).map_err(|error| TaxonomyError::Shape { document, error })
        }
        let Needs { needs } = read("needs", needs)?;
        let Softwares { software } = read("software", software)?;
        let Departures { departures } = read("departures", departures)?;
        let taxonomy = Self {
            need_by_id: positions("need", &needs, |need| &need.id)?,
            software_by_id: positions("software", &software, |software| &software.id)?,
            departure_by_slug: positions("departure", &departures, |departure| &departure.slug)?,
            departures_by_host: by_host(&departures),
            software_by_name: software_by_name(&software),
            need_by_name: need_by_name(&needs),
            needs,
            software,
            departures,
        };
        taxonomy.check_references()?;
        Ok(taxonomy)
    }

    /// Every need, in the order of its document.
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Every software.
    pub fn software(&self) -> &[Software] {
        &self.software
    }

    /// Every departure, Framasoft's first.
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }

    /// A need by its identifier.
    pub fn need(&self, id: &str) -> Option<&Need> {
        self.need_position(id).map(|position| &self.needs[position])
    }

    /// Where a need stands in [`needs`](Self::needs).
    pub fn need_position(&self, id: &str) -> Option<usize> {
        self.need_by_id.get(&NeedId::parse(id).ok()?).copied()
    }

    /// A software by its identifier.
    pub fn software_by_id(&self, id: &str) -> Option<&Software> {
        self.software_position(id)
            .map(|position| &self.software[position])
    }

    /// Where a software stands in [`software`](Self::software).
    pub fn software_position(&self, id: &str) -> Option<usize> {
        self.software_by_id
            .get(&SoftwareId::parse(id).ok()?)
            .copied()
    }

    /// The software that is called so, by any of its names and whatever the case and the punctuation:
    /// `Etherpad-Lite`, `big blue button`.
    pub fn software_named(&self, name: &str) -> Option<&Software> {
        let position = self.software_by_name.get(&without_spaces(name))?;
        Some(&self.software[*position])
    }

    /// The need that is called so, in French or English or by a synonym of any language, whatever the case and the
    /// punctuation. `None` if several are.
    pub fn need_named(&self, name: &str) -> Option<&Need> {
        let position = self.need_by_name.get(&without_spaces(name)).copied()??;
        Some(&self.needs[position])
    }

    /// A departure by its slug.
    pub fn departure(&self, slug: &str) -> Option<&Departure> {
        self.departure_position(slug)
            .map(|position| &self.departures[position])
    }

    /// Where a departure stands in [`departures`](Self::departures).
    pub fn departure_position(&self, slug: &str) -> Option<usize> {
        self.departure_by_slug
            .get(&DepartureSlug::parse(slug).ok()?)
            .copied()
    }

    /// The departure an address belongs to: `https://framadate.org/abc` is Framadate.
    pub fn departure_at(&self, address: &Link) -> Option<&Departure> {
        self.departure_position_at(address)
            .map(|position| &self.departures[position])
    }

    /// Where the departure of an address stands in [`departures`](Self::departures): the one that
    /// matches most exactly, of equals the first.
    pub fn departure_position_at(&self, address: &Link) -> Option<usize> {
        let host = address.host();
        let parents = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]);
        std::iter::once(host)
            .chain(parents)
            .filter_map(|host| self.departures_by_host.get(host))
            .flatten()
            .filter_map(|position| Some((self.departures[*position].matches(address)?, *position)))
            .max_by_key(|(exactness, position)| (*exactness, std::cmp::Reverse(*position)))
            .map(|(_, position)| position)
    }

    /// A departure and every other of the same vendor, by position: whoever leaves Framadate is not
    /// sent to Framavox.
    pub fn departures_of_same_vendor(&self, position: usize) -> Vec<usize> {
        let vendor = &self.departures[position].vendor;
        (0..self.departures.len())
            .filter(|at| self.departures[*at].vendor == *vendor)
            .collect()
    }

    fn check_references(&self) -> Result<(), TaxonomyError> {
        let dangling = |from: &Name, to: &str| {
            TaxonomyError::Reference(format!("{from} refers to {to}, which is unknown"))
        };
        if self.needs.len() > MAX_NEEDS {
            return Err(TaxonomyError::Reference(format!(
                "more than {MAX_NEEDS} needs"
            )));
        }
        for need in &self.needs {
            for id in &need.software {
                self.software_by_id
                    .get(id)
                    .ok_or_else(|| dangling(&need.name.en, id.as_str()))?;
            }
        }
        for software in &self.software {
            for id in
                std::iter::once(&software.need).chain(software.also.iter().map(|also| &also.need))
            {
                self.need_by_id
                    .get(id)
                    .ok_or_else(|| dangling(&software.name, id.as_str()))?;
            }
        }
        for departure in &self.departures {
            if departure.needs.is_empty() {
                return Err(TaxonomyError::Reference(format!(
                    "{} leads to no need",
                    departure.name
                )));
            }
            for id in &departure.needs {
                self.need_by_id
                    .get(id)
                    .ok_or_else(|| dangling(&departure.name, id.as_str()))?;
            }
            for id in &departure.software {
                self.software_by_id
                    .get(id)
                    .ok_or_else(|| dangling(&departure.name, id.as_str()))?;
            }
        }
        Ok(())
    }
}

/// Words as [`Taxonomy::software_named`] compares them.
fn without_spaces(words: &str) -> String {
    fold(words).replace(' ', "")
}

/// Software by each of its names; its own come before the aliases of others.
fn software_by_name(software: &[Software]) -> HashMap<String, usize> {
    let mut by_name = HashMap::new();
    let own = |software: &Software| vec![software.name.to_string(), software.id.to_string()];
    let aliases = |software: &Software| software.aliases.iter().map(Name::to_string).collect();
    for names in [&own as &dyn Fn(&Software) -> Vec<String>, &aliases] {
        for (position, software) in software.iter().enumerate() {
            for name in names(software) {
                by_name.entry(without_spaces(&name)).or_insert(position);
            }
        }
    }
    by_name
}

/// Needs by each of their names and synonyms; a name counts before the synonyms of others.
fn need_by_name(needs: &[Need]) -> HashMap<String, Option<usize>> {
    let names = |need: &Need| need.name.both().map(Name::clone).to_vec();
    let synonyms = |need: &Need| need.synonyms.all().cloned().collect();
    let mut by_name = HashMap::new();
    for called in [&names as &dyn Fn(&Need) -> Vec<Name>, &synonyms] {
        let mut by_these: HashMap<String, Option<usize>> = HashMap::new();
        for (position, need) in needs.iter().enumerate() {
            for name in called(need) {
                by_these
                    .entry(without_spaces(name.as_str()))
                    .and_modify(|known| *known = known.filter(|known| *known == position))
                    .or_insert(Some(position));
            }
        }
        for (name, position) in by_these {
            by_name.entry(name).or_insert(position);
        }
    }
    by_name
}

/// Departures by the host of each of their addresses, paths left aside.
fn by_host(departures: &[Departure]) -> HashMap<String, Vec<usize>> {
    let mut by_host: HashMap<String, Vec<usize>> = HashMap::new();
    for (position, departure) in departures.iter().enumerate() {
        for address in &departure.hosts {
            let host = address.as_str().split('/').next().unwrap_or_default();
            by_host.entry(host.to_owned()).or_default().push(position);
        }
    }
    by_host
}

fn positions<T, Id: Clone + Eq + std::hash::Hash + std::fmt::Display>(
    what: &str,
    items: &[T],
    id: impl Fn(&T) -> &Id,
) -> Result<HashMap<Id, usize>, TaxonomyError> {
    let mut positions = HashMap::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        if positions.insert(id(item).clone(), position).is_some() {
            return Err(TaxonomyError::Reference(format!(
                "the {what} {} stands twice",
                id(item)
            )));
        }
    }
    Ok(positions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_vocabulary_holds_every_need_brand_and_frama_service() {
        let taxonomy = Taxonomy::embedded();
        assert_eq!(taxonomy.needs().len(), 61);
        assert_eq!(taxonomy.departures().len(), 44 + 75);
    }

    #[test]
    fn an_address_leads_to_the_departure_it_belongs_to() {
        let taxonomy = Taxonomy::embedded();
        let slug_at = |address: &str| {
            let departure = taxonomy.departure_at(&Link::parse(address).unwrap())?;
            Some(departure.slug.as_str().to_owned())
        };
        assert_eq!(
            slug_at("https://framadate.org/abc?x=1").as_deref(),
            Some("framadate")
        );
        assert_eq!(
            slug_at("https://semestriel.framapad.org/p/xyz").as_deref(),
            Some("framapad")
        );
        assert_eq!(
            slug_at("https://docs.google.com/spreadsheets/d/1").as_deref(),
            Some("google-sheets")
        );
        assert_eq!(slug_at("https://notframadate.org/"), None);
    }

    #[test]
    fn software_is_known_by_any_of_its_names_in_any_spelling() {
        let taxonomy = Taxonomy::embedded();
        let id = |name: &str| {
            let software = taxonomy.software_named(name)?;
            Some(software.id.as_str().to_owned())
        };
        for (name, expected) in [
            ("Nextcloud", "nextcloud"),
            ("ETHERPAD-LITE", "etherpad"),
            ("Big Blue Button", "bigbluebutton"),
            ("bbb", "bigbluebutton"),
            ("Draw.io", "draw-io"),
            ("Galene", "galene"),
        ] {
            assert_eq!(id(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(id("Nextcloudy"), None);
        assert_eq!(id(" – "), None);
    }

    #[test]
    fn a_need_is_known_by_a_name_that_is_its_own_alone() {
        let taxonomy = Taxonomy::embedded();
        for need in taxonomy.needs() {
            for name in need.name.both() {
                let named = taxonomy.need_named(&name.as_str().to_uppercase());
                assert_eq!(named.map(|need| &need.id), Some(&need.id), "{name}");
            }
        }
        assert_eq!(taxonomy.need_named("world peace"), None);
    }

    #[test]
    fn a_dangling_reference_is_refused() {
        let needs = r#"{"needs":[{"id":"polls","group":"meet","name":{"fr":"a","en":"b"},"synonyms":{"fr":[],"en":[]},"software":["nope"]}]}"#;
        let error =
            Taxonomy::parse(needs, r#"{"software":[]}"#, r#"{"departures":[]}"#).unwrap_err();
        assert_eq!(error.to_string(), "b refers to nope, which is unknown");
    }
}
