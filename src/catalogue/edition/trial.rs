//! A service before it is published: an edition of nothing else, to be asked as visitors ask.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Edition;
use crate::domain::collective::Standing;
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::store::Directory;

impl Edition {
    /// An edition of one service of this node's own hoster, with what this edition knows of both besides.
    pub fn trial(&self, hoster: &Hoster, service: Service, now: DateTime<Utc>) -> Self {
        let position = self.hoster_position(hoster.id.as_str());
        let known = position.map(|position| Arc::clone(&self.hosters[position]));
        let hoster = known.unwrap_or_else(|| Arc::new(hoster.clone()));
        let known = self.service(service.id.as_str());
        let seen = known.filter(|known| known.url == service.url);
        let directory = Directory {
            own: Some(hoster.id.clone()),
            availability: vec![seen.and_then(|known| self.availability(known))],
            ..Directory::of([hoster], [service])
        };
        let vocabulary = Arc::clone(&self.vocabulary);
        Self::build(vocabulary, directory, Standing::Unknown, now)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::Vocabulary;
    use crate::domain::localized::Language;
    use crate::search::query::Query;

    #[test]
    fn a_service_nobody_published_is_found_on_trial_and_nowhere_else() {
        let now: DateTime<Utc> = "2026-11-29T08:00:00Z".parse().unwrap();
        let source = json!({ "kind": "own-node", "by": "a", "seen": "2026-11-29" });
        let hoster: Hoster =
            serde_json::from_value(json!({ "id": "a", "name": "A", "source": source })).unwrap();
        let service: Service = serde_json::from_value(json!({
            "id": "a_pads", "hoster": "a", "name": "Pads", "need": "pads", "source": source,
        }))
        .unwrap();
        let vocabulary = Arc::new(Vocabulary::embedded());
        let directory = Directory::of([hoster.clone()], Vec::<Service>::new());
        let edition = Edition::build(vocabulary, directory, Standing::Confirmed, now);
        let found = |edition: &Edition| {
            let pads = Query {
                need: Some("pads".to_owned()),
                ..Query::default()
            };
            edition.ask(&pads, Language::French).unwrap().1.total
        };
        let trial = edition.trial(&hoster, service, now);
        assert_eq!((found(&edition), found(&trial)), (0, 1));
        assert_eq!(trial.standings, [Standing::Anchor]);
    }
}
