//! What the vouches come to for the hosters of an edition, with all that their pages say of it.
//!
//! `crate::trust` knows numbers only; here they are actors with names, and vouches with their dates.

mod parties;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use crate::domain::block::Blocks;
use crate::domain::collective::Standing;
use crate::domain::hoster::Hoster;
use crate::domain::policy::Rules;
use crate::domain::vouch::{Evidence, NotCounted, Vouch};
use crate::formats::activitypub::ids::collective_id;
use crate::store::Issuer;
use crate::trust::{Assessment, Edge, Graph, Policy, Reached, assess, holds, next_change};

use parties::Parties;
pub use parties::Party;

/// What trust is made of in this directory.
pub struct Grounds<'a> {
    /// The hosters of the edition.
    pub hosters: &'a [Arc<Hoster>],
    /// Every vouch, and what is known of it.
    pub vouches: Vec<Arc<Evidence>>,
    /// Who gives them, as far as it was read.
    pub issuers: &'a HashMap<Url, Issuer>,
    /// The actors that are trusted from the start.
    pub anchors: &'a HashSet<Url>,
    /// Whose vouches do not count by the operator's choice.
    pub blocked: &'a Blocks,
    /// How far trust reaches, by the operator's choice.
    pub rules: &'a Rules,
}

/// Who vouches for whom, and what follows.
pub struct Trust {
    /// The policy it was weighed by.
    pub policy: Policy,
    parties: Parties,
    vouches: Vec<Weighed>,
    assessment: Assessment,
    /// By the position of an edge of the assessment, the position of its vouch.
    vouch_of: Vec<usize>,
    given: Vec<Vec<usize>>,
    received: Vec<Vec<usize>>,
    changes_at: Option<DateTime<Utc>>,
}

/// A vouch, and whether it counts.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// The vouch, with what is known of it.
    pub evidence: Arc<Evidence>,
    /// Whether it counts, or why not.
    pub verdict: Result<(), NotCounted>,
    issuer: u32,
    object: u32,
}

/// One vouch with both sides, as pages show it.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// Who gave it.
    pub issuer: &'a Party,
    /// Whom it is for.
    pub object: &'a Party,
    /// The vouch, with what is known of it.
    pub evidence: &'a Evidence,
    /// Whether it counts, or why not.
    pub verdict: Result<(), NotCounted>,
}

impl Said<'_> {
    /// What it says.
    pub fn vouch(&self) -> &Vouch {
        &self.evidence.vouch
    }
}

impl Trust {
    /// Weighs every vouch as of a moment.
    pub fn weigh(grounds: Grounds<'_>, now: DateTime<Utc>) -> Self {
        let parties = Parties::of(&grounds);
        let policy = Policy::of(grounds.rules);
        let (mut edges, mut vouch_of) = (Vec::new(), Vec::new());
        let mut vouches: Vec<Weighed> = Vec::with_capacity(grounds.vouches.len());
        let mut changes_at: Option<DateTime<Utc>> = None;
        for evidence in grounds.vouches {
            let verdict = holds(&evidence, now);
            let issuer = parties.number(&evidence.vouch.issuer);
            let object = parties.number(&evidence.vouch.object);
            if verdict.is_ok() {
                let since = evidence.vouch.since.timestamp_millis();
                edges.push(Edge {
                    from: issuer,
                    to: object,
                    since,
                });
                vouch_of.push(vouches.len());
            }
            changes_at = [changes_at, next_change(&evidence, now)]
                .into_iter()
                .flatten()
                .min();
            vouches.push(Weighed {
                evidence,
                verdict,
                issuer,
                object,
            });
        }
        let assessment = assess(&Graph::new(parties.actors(), edges), &policy);
        let mut given = vec![Vec::new(); parties.len()];
        let mut received = vec![Vec::new(); parties.len()];
        for (edge, vouch) in (0..).zip(&vouch_of) {
            vouches[*vouch].verdict = assessment.verdict(edge);
        }
        for (position, vouch) in vouches.iter().enumerate() {
            given[vouch.issuer as usize].push(position);
            received[vouch.object as usize].push(position);
        }
        Self {
            policy,
            parties,
            vouches,
            assessment,
            vouch_of,
            given,
            received,
            changes_at,
        }
    }

    /// When, without anything new being said, a vouch begins or ceases to be good.
    pub fn changes_at(&self) -> Option<DateTime<Utc>> {
        self.changes_at
    }

    /// How the directory regards a hoster, by its position; `by_source` without any vouch.
    pub fn standing(&self, hoster: usize, by_source: Standing) -> Standing {
        match self.reached(hoster).map(|reached| reached.depth) {
            Some(0) => Standing::Anchor,
            Some(_) => by_source.max(Standing::Confirmed),
            None => by_source,
        }
    }

    /// The vouches that lead to a hoster, by its position, the anchor's first; empty for an anchor and
    /// where none leads.
    pub fn path(&self, hoster: usize) -> Vec<Said<'_>> {
        self.led(self.reached(hoster))
    }

    /// The vouches that lead to whoever is at an address, in the same way.
    pub fn path_to(&self, address: &Url) -> Vec<Said<'_>> {
        let party = self.parties.find(address);
        self.led(party.and_then(|party| self.assessment.reached(party)))
    }

    /// On how many paths that share nobody a hoster is reached: none, one, two, or three and more.
    pub fn corroboration(&self, hoster: usize) -> u8 {
        self.reached(hoster)
            .map_or(0, |reached| reached.corroboration)
    }

    /// Every vouch for a hoster, by its position: those that count first, then the oldest.
    pub fn vouches_for(&self, hoster: usize) -> Vec<Said<'_>> {
        self.for_party(self.parties.of_hoster(hoster))
    }

    /// Every vouch for whoever is at an address, in the same order.
    pub fn vouches_for_party(&self, address: &Url) -> Vec<Said<'_>> {
        self.for_party(self.parties.find(address))
    }

    /// Every vouch that an actor gave: those that count first, then the oldest. Of a collective with
    /// basis membership these are its members.
    pub fn vouches_by(&self, actor: &Url) -> Vec<Said<'_>> {
        let party = self.parties.find(actor);
        party.map_or_else(Vec::new, |party| self.in_order(&self.given[party as usize]))
    }

    /// Every collective that anybody here knows by a vouch of its or as an anchor, in the order of
    /// addresses.
    pub fn collectives(&self) -> impl Iterator<Item = &Party> {
        let all = self.parties.iter();
        all.filter(|party| party.is_collective && !party.is_blocked)
    }

    /// The collective that is called so, see [`collective_id`]; a blocked one, too.
    pub fn collective(&self, id: &str) -> Option<&Party> {
        let is_called =
            |party: &Party| collective_id(&party.address).is_some_and(|called| called == id);
        let mut all = self.parties.iter();
        all.find(|party| party.is_collective && is_called(party))
    }

    /// Whoever is at an address, if any vouch or the operator's choice of anchors says so.
    pub fn party(&self, address: &Url) -> Option<&Party> {
        self.parties
            .find(address)
            .map(|number| self.parties.get(number))
    }

    /// How far from an anchor whoever is at an address stands, if it is trusted.
    pub fn depth(&self, address: &Url) -> Option<u8> {
        let reached = self.assessment.reached(self.parties.find(address)?)?;
        Some(reached.depth)
    }

    fn reached(&self, hoster: usize) -> Option<&Reached> {
        self.assessment.reached(self.parties.of_hoster(hoster)?)
    }

    fn led(&self, reached: Option<&Reached>) -> Vec<Said<'_>> {
        let path = reached.map_or(&[][..], Reached::path);
        let vouches = path.iter().map(|edge| self.vouch_of[*edge as usize]);
        vouches.map(|vouch| self.said(vouch)).collect()
    }

    fn for_party(&self, party: Option<u32>) -> Vec<Said<'_>> {
        party.map_or_else(Vec::new, |party| {
            self.in_order(&self.received[party as usize])
        })
    }

    fn in_order(&self, vouches: &[usize]) -> Vec<Said<'_>> {
        let mut all: Vec<Said> = vouches.iter().map(|vouch| self.said(*vouch)).collect();
        all.sort_by_key(|said| (said.verdict.is_err(), said.vouch().since));
        all
    }

    fn said(&self, vouch: usize) -> Said<'_> {
        let weighed = &self.vouches[vouch];
        Said {
            issuer: self.parties.get(weighed.issuer),
            object: self.parties.get(weighed.object),
            evidence: &weighed.evidence,
            verdict: weighed.verdict,
        }
    }
}
