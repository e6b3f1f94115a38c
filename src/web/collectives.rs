//! The collectives that are shown, and how each stands here: for pages and the API alike.

use crate::catalogue::{Edition, Party};
use crate::domain::collective::Standing;
use crate::formats::activitypub::ids::collective_id;

use super::locale::Locale;

/// Collectives that are not blocked: those that are trusted from the start, then those that others vouch
/// for, then the rest.
pub fn listed(edition: &Edition) -> Vec<&Party> {
    let is_listed = |party: &&Party| {
        collective_id(&party.address).is_some() && edition.blocked.of_url(&party.address).is_none()
    };
    let mut all: Vec<&Party> = edition.trust.collectives().filter(is_listed).collect();
    all.sort_by_key(|party| std::cmp::Reverse(standing(edition, party)));
    all
}

/// How this directory regards a collective.
pub fn standing(edition: &Edition, collective: &Party) -> Standing {
    match edition.trust.depth(&collective.address) {
        Some(0) => Standing::Anchor,
        Some(_) => Standing::Confirmed,
        None => Standing::Unknown,
    }
}

/// That in words.
pub fn standing_text(standing: Standing, l: &Locale) -> String {
    l.t(&format!("collective.standing.{}", standing.word()))
        .to_owned()
}

/// For how many its vouches count.
pub fn members(edition: &Edition, collective: &Party) -> usize {
    let given = edition.trust.vouches_by(&collective.address);
    given.iter().filter(|said| said.verdict.is_ok()).count()
}
