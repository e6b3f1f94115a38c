//! How well known a name is as a place's: enough to tell a place from a word, without making a [`Place`].
//!
//! [`Place`]: super::super::place::Place

use super::Gazetteer;
use super::blob::Posting;
use super::key::{folded_place_key, region_key};

/// How many live in the largest places of one name; 0 where there are none, at least 1 where there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Glance {
    /// In the first of the reader's countries.
    pub at_home: u32,
    /// In any of the reader's countries.
    pub near_home: u32,
    /// Anywhere.
    pub anywhere: u32,
    /// Of places that have this name in another language or had it at another time.
    pub by_alias: u32,
}

impl Gazetteer {
    /// The places called exactly so; `folded` as [`fold`](super::super::fold::fold) makes it.
    pub fn glance(&self, folded: &str, countries: &[&str]) -> Glance {
        let mut glance = Glance::default();
        for hit in self.rows.named(&folded_place_key(folded)) {
            let people = self.rows.population(hit.place).max(1);
            if hit.known_by == Posting::ALIAS {
                glance.by_alias = glance.by_alias.max(people);
                continue;
            }
            glance.anywhere = glance.anywhere.max(people);
            let country = self.rows.country_code(hit.place);
            if countries.contains(&country) {
                glance.near_home = glance.near_home.max(people);
            }
            if countries.first() == Some(&country) {
                glance.at_home = glance.at_home.max(people);
            }
        }
        glance
    }

    /// Whether a postcode, folded and without spaces, is one in any of these countries.
    pub fn has_postcode(&self, code: &str, countries: &[&str]) -> bool {
        self.rows
            .postcodes(code)
            .any(|hit| countries.contains(&self.rows.country_code(hit.place)))
    }

    /// Whether a country or region is called so.
    pub fn has_region(&self, folded: &str) -> bool {
        self.rows.regions(&region_key(folded)).next().is_some()
    }
}

impl Glance {
    /// Nobody lives in a place called so.
    pub fn is_nowhere(&self) -> bool {
        *self == Self::default()
    }
}
