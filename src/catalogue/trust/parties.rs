//! Who is who among those who vouch and are vouched for: an actor, a site, or a hoster that is both.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use url::Url;

use super::Grounds;
use crate::domain::hoster::Hoster;
use crate::domain::identity::{host, is_same_party};
use crate::domain::text::{Link, Name};
use crate::domain::vouch::is_site;
use crate::formats::activitypub::actor::Charter;
use crate::formats::activitypub::ids::hoster_id;
use crate::trust::{Actor, Kind};

/// Who vouches or is vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its actor; the address of its site where it has no node.
    pub address: Url,
    /// Its name, as far as anybody read it.
    pub name: Option<Name>,
    /// Its page for people.
    pub page: Option<Link>,
    /// What its members agree to, as far as anybody read it.
    pub charter: Option<Charter>,
    /// The position of the hoster that it is, if it is one of the edition's.
    pub hoster: Option<usize>,
    /// Whether it is a collective.
    pub is_collective: bool,
    /// Whether it is trusted from the start.
    pub is_anchor: bool,
    /// Whether it is blocked.
    pub is_blocked: bool,
}

/// All of them, in the order of their addresses.
pub(super) struct Parties {
    all: Vec<Party>,
    by_address: HashMap<Url, u32>,
    by_hoster: HashMap<usize, u32>,
}

impl Parties {
    pub(super) fn of(grounds: &Grounds<'_>) -> Self {
        let hosters = Hosters::of(grounds.hosters);
        let vouches = grounds.vouches.iter().map(|evidence| &evidence.vouch);
        let ends = vouches.flat_map(|vouch| [&vouch.issuer, &vouch.object]);
        let own = grounds
            .hosters
            .iter()
            .filter_map(|hoster| own_actor(hoster));
        let addresses = ends
            .chain(grounds.anchors)
            .chain(grounds.issuers.keys())
            .chain(own);
        // Whoever has several addresses stands where its first one does.
        let mut found: BTreeMap<&Url, Option<usize>> = BTreeMap::new();
        for address in addresses {
            found.entry(address).or_insert_with(|| hosters.at(address));
        }
        let mut parties = Self {
            all: Vec::new(),
            by_address: HashMap::new(),
            by_hoster: HashMap::new(),
        };
        for (address, hoster) in found {
            let known = hoster.and_then(|hoster| parties.by_hoster.get(&hoster));
            let number = known.copied().unwrap_or_else(|| {
                let hoster_of = hoster.map(|hoster| &grounds.hosters[hoster]);
                let actor = hoster_of.and_then(|hoster| own_actor(hoster));
                parties.all.push(Party {
                    address: actor.unwrap_or(address).clone(),
                    name: hoster_of.map(|hoster| hoster.name.clone()),
                    page: None,
                    charter: None,
                    hoster,
                    is_collective: false,
                    is_anchor: false,
                    is_blocked: false,
                });
                parties.all.len() as u32 - 1
            });
            parties.by_address.insert(address.clone(), number);
            parties
                .by_hoster
                .extend(hoster.map(|hoster| (hoster, number)));
            let party = &mut parties.all[number as usize];
            if let Some(issuer) = grounds.issuers.get(address) {
                party.name = party.name.take().or_else(|| issuer.name.clone());
                party.page = party.page.take().or_else(|| issuer.page.clone());
                party.charter = party.charter.take().or_else(|| issuer.charter.clone());
                party.is_collective |= issuer.is_collective;
            }
            party.is_anchor |= grounds.anchors.contains(address);
            party.is_blocked |= grounds.blocked.suspends(address);
        }
        parties
    }

    pub(super) fn actors(&self) -> Vec<Actor> {
        let kind = |party: &Party| match party.is_collective {
            true => Kind::Collective,
            false => Kind::Hoster,
        };
        let actor = |party: &Party| Actor {
            kind: kind(party),
            is_anchor: party.is_anchor,
            is_blocked: party.is_blocked,
        };
        self.all.iter().map(actor).collect()
    }

    /// The number of whoever is at the address of one side of a vouch.
    pub(super) fn number(&self, address: &Url) -> u32 {
        self.by_address[address]
    }

    pub(super) fn find(&self, address: &Url) -> Option<u32> {
        self.by_address.get(address).copied()
    }

    pub(super) fn of_hoster(&self, hoster: usize) -> Option<u32> {
        self.by_hoster.get(&hoster).copied()
    }

    pub(super) fn get(&self, number: u32) -> &Party {
        &self.all[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Party> {
        self.all.iter()
    }
}

/// The actor that is a hoster's own: of the node it was learnt from, or on its own site's domain.
/// Another's, which any file may name, would lend it that one's standing.
fn own_actor(hoster: &Hoster) -> Option<&Url> {
    let actor = hoster.actor.as_ref()?.as_url();
    let site = hoster.website.as_ref().map(Link::as_url);
    let is_own = is_named_by(hoster, actor) || site.is_none_or(|site| is_same_party(site, actor));
    is_own.then_some(actor)
}

fn is_named_by(hoster: &Hoster, actor: &Url) -> bool {
    hoster_id(actor).is_some_and(|id| id == hoster.id)
}

/// Which hosters are at an address.
struct Hosters<'a> {
    all: &'a [Arc<Hoster>],
    by_actor: HashMap<&'a Url, Vec<usize>>,
    by_site: HashMap<String, Vec<usize>>,
}

impl<'a> Hosters<'a> {
    fn of(all: &'a [Arc<Hoster>]) -> Self {
        let (mut by_actor, mut by_site) = (HashMap::new(), HashMap::new());
        for (position, hoster) in all.iter().enumerate() {
            if let Some(actor) = own_actor(hoster) {
                let known: &mut Vec<usize> = by_actor.entry(actor).or_default();
                known.push(position);
            }
            let site = hoster.website.as_ref().map(Link::as_url);
            if let Some(host) = site.and_then(host) {
                let known: &mut Vec<usize> = by_site.entry(host).or_default();
                known.push(position);
            }
        }
        Self {
            all,
            by_actor,
            by_site,
        }
    }

    /// The one hoster there; of several at an actor the one that was learnt from it, else none.
    fn at(&self, address: &Url) -> Option<usize> {
        if let Some(hosters) = self.by_actor.get(address) {
            let is_named = |hoster: &usize| is_named_by(&self.all[*hoster], address);
            return the_only(hosters).or_else(|| hosters.iter().copied().find(is_named));
        }
        let host = host(address).filter(|_| is_site(address))?;
        the_only(self.by_site.get(&host)?)
    }
}

fn the_only(hosters: &[usize]) -> Option<usize> {
    match hosters {
        [hoster] => Some(*hoster),
        _ => None,
    }
}
