//! What an edition lists, in figures.

use std::collections::{HashMap, HashSet};

use crate::domain::collective::Standing;
use crate::domain::fingerprint::fingerprint;
use crate::domain::localized::Language;
use crate::domain::need::SoftwareId;
use crate::search::fair::Turns;
use crate::search::query::Query;

use super::Edition;

/// What is listed, counted once per edition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// Hosters with at least one listed service.
    pub hosters: usize,
    /// Of these, those confirmed by vouches, or trusted from the start.
    pub trusted: usize,
    /// Services that are listed.
    pub services: usize,
    /// Towns of those hosters.
    pub towns: usize,
    /// Their countries.
    pub countries: usize,
    /// Listed services per need, directly or through a suite, by position in the taxonomy.
    pub services_by_need: Vec<usize>,
    /// All hosters per standing, in [`Standing`]'s order.
    pub hosters_by_standing: [usize; Standing::ALL.len()],
    /// Listed hosters, by position, in the turn of the day.
    pub listed: Vec<usize>,
    /// Listed services, by position, hoster after hoster in that turn.
    pub listed_services: Vec<u32>,
    /// The same of each software.
    listed_with: HashMap<SoftwareId, Vec<u32>>,
}

impl Overview {
    /// Of an edition.
    pub(super) fn of(edition: &Edition) -> Self {
        let mut overview = Self {
            services_by_need: vec![0; edition.taxonomy().needs().len()],
            ..Self::default()
        };
        let everything = Query::default();
        if let Ok((_, results)) = edition.ask(&everything, Language::French) {
            overview.services = results.total;
            for (need, count) in &results.facets.need {
                let position = edition.taxonomy().need_position(need.as_str());
                overview.services_by_need[position.expect("the index has the taxonomy's needs")] =
                    *count;
            }
        }
        let (mut towns, mut countries) = (HashSet::new(), HashSet::new());
        for (position, hoster) in edition.hosters.iter().enumerate() {
            overview.hosters_by_standing[edition.standings[position] as usize] += 1;
            if edition.is_listed(position) {
                overview.hosters += 1;
                let is_trusted = edition.standings[position] >= Standing::Confirmed;
                overview.trusted += usize::from(is_trusted);
                towns.extend(
                    hoster
                        .place
                        .city
                        .as_ref()
                        .map(|city| (hoster.place.country, city)),
                );
                countries.extend(hoster.place.country);
                overview.listed.push(position);
            }
        }
        (overview.towns, overview.countries) = (towns.len(), countries.len());
        let turns = Turns::new(i64::from(edition.day().to_epoch_days()), None);
        let turn = |position: &usize| {
            let id = edition.hosters[*position].id.as_str();
            turns.of(fingerprint(id.as_bytes()), 1.0)
        };
        overview.listed.sort_by_key(turn);
        for hoster in &overview.listed {
            for position in edition.offers.of_hoster(*hoster) {
                let service = &edition.services[position];
                if service.is_over_by(edition.day()) {
                    continue;
                }
                let position = u32::try_from(position).expect("an index holds no more");
                overview.listed_services.push(position);
                if let Some(software) = &service.software {
                    match overview.listed_with.get_mut(software) {
                        Some(others) => others.push(position),
                        None => drop(
                            overview
                                .listed_with
                                .insert(software.clone(), vec![position]),
                        ),
                    }
                }
            }
        }
        overview
    }

    /// Listed services that run a software, by position.
    pub(super) fn listed_with(&self, software: &str) -> &[u32] {
        let id = SoftwareId::parse(software).ok();
        let listed = id.and_then(|id| self.listed_with.get(&id));
        listed.map_or(&[], Vec::as_slice)
    }
}
