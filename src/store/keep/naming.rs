//! Settles whom documents mean, and whether these may be listed at all.

use std::collections::{HashMap, HashSet};

use sqlx::Row;

use super::super::batch::{of_batch, rows_of};
use super::super::gate::Run;
use super::super::identities::{Identities, Speaker, hosts, keys_said};
use super::super::left_out::{LeftOut, Wish};
use super::super::noun::Noun;
use super::super::{Error, Writing};
use super::grouped::Grouped;
use super::{Kept, Misplaced, Told};
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::identity::{host, host_key, id_key, party_key, service_key};
use crate::domain::provenance::SourceKind;
use crate::domain::service::{Service, ServiceId};

/// What is said of whom.
pub(super) struct Named {
    pub(super) hosters: Grouped<Hoster>,
    pub(super) services: Grouped<Service>,
    /// By document, what has no place.
    pub(super) misplaced: Vec<Vec<Misplaced>>,
}

/// A hoster as a document calls it.
#[derive(Clone)]
enum Place {
    /// It is this one, at these hosts.
    Known(HosterId, Vec<String>),
    /// It is this one, if it has a service at the address where one was seen.
    Seen(HosterId),
    /// It asked not to be listed.
    LeftOut,
    /// It is another's name.
    Misplaced,
}

/// Settles whom documents mean.
pub(super) async fn settle(
    writing: &mut Writing,
    mut told: Vec<Told>,
    run: Run,
    kept: &mut [Kept],
) -> Result<Named, Error> {
    let mut identities = Identities::default();
    let mut left_out = LeftOut::default();
    let (keys, ids) = asked_of_hosters(&told);
    left_out.learn(writing, keys.clone()).await?;
    identities.learn_hosters(writing, keys, ids).await?;
    let mut misplaced = vec![Vec::new(); told.len()];
    let mut hosters = Grouped::new();
    let mut placed = Vec::new();
    for (number, told) in told.iter_mut().enumerate() {
        let mut places: HashMap<HosterId, Place> = HashMap::new();
        let mut claimed = HashSet::new();
        for mut hoster in std::mem::take(&mut told.hosters) {
            let keys = keys_said(&hoster, &told.speaker);
            match left_out.wish(&hoster, &keys, &told.speaker) {
                Wish::Unknown => {}
                Wish::Back(document) => left_out.forget(writing, &document).await?,
                Wish::LeftOut => {
                    kept[number].hosters.left_out += 1;
                    places.insert(hoster.id, Place::LeftOut);
                    continue;
                }
            }
            let Some(id) = identities.hoster(&hoster, &told.speaker, &claimed) else {
                misplaced[number].push(Misplaced::Hoster(hoster.id.to_string()));
                places.insert(hoster.id, Place::Misplaced);
                continue;
            };
            claimed.insert(id.clone());
            let place = Place::Known(id.clone(), hosts(&keys));
            identities.add_hoster(writing, &id, keys).await?;
            places.insert(std::mem::replace(&mut hoster.id, id), place);
            hosters.hear(number, hoster);
        }
        placed.push(places);
    }
    let services = services(
        writing,
        &mut told,
        placed,
        &mut identities,
        kept,
        &mut misplaced,
    )
    .await?;
    let mut named = Named {
        hosters,
        services,
        misplaced,
    };
    take_back(writing, &told, run, &mut named).await?;
    Ok(named)
}

async fn services(
    writing: &mut Writing,
    told: &mut [Told],
    placed: Vec<HashMap<HosterId, Place>>,
    identities: &mut Identities,
    kept: &mut [Kept],
    misplaced: &mut [Vec<Misplaced>],
) -> Result<Grouped<Service>, Error> {
    let (mut keys, mut ids) = (HashSet::new(), HashSet::new());
    let mut settled = Vec::new();
    for (number, (told, places)) in told.iter_mut().zip(placed).enumerate() {
        for mut service in std::mem::take(&mut told.services) {
            let place = places.get(&service.hoster).cloned();
            let place = place.unwrap_or_else(|| elsewhere(&mut service, &told.speaker, identities));
            let must_be_known = matches!(place, Place::Seen(_));
            let (hoster, hosts) = match place {
                Place::Known(hoster, hosts) => (hoster, hosts),
                Place::Seen(hoster) => (hoster, Vec::new()),
                Place::LeftOut => {
                    kept[number].services.left_out += 1;
                    continue;
                }
                Place::Misplaced => {
                    misplaced[number].push(Misplaced::Service(service.id));
                    continue;
                }
            };
            ids.insert(service.id.to_string());
            ids.insert(format!("{hoster}_{}", service.id));
            service.hoster = hoster;
            keys.insert(service_key(&service));
            keys.insert(service_key(&Service {
                url: None,
                ..service.clone()
            }));
            settled.push((number, service, hosts, must_be_known));
        }
    }
    identities.learn_services(writing, keys, ids).await?;
    let mut claimed: HashSet<(usize, ServiceId)> = HashSet::new();
    let mut named = Vec::new();
    for (number, mut service, hosts, must_be_known) in settled {
        // Something else runs there too: nobody's, as far as we know, and no fault of its document.
        if must_be_known && !identities.is_known_at_its_address(&service) {
            continue;
        }
        let speaker = &told[number].speaker;
        let is_claimed = |id: &ServiceId| claimed.contains(&(number, id.clone()));
        let Some(id) = identities.service(&service, speaker, &hosts, is_claimed) else {
            misplaced[number].push(Misplaced::Service(service.id));
            continue;
        };
        claimed.insert((number, id.clone()));
        service.id = id;
        named.push((number, service));
    }
    let mut services = Grouped::new();
    for (number, service) in named {
        // A node's own word is weighed by its object, which may be a new one at the old address.
        let is_own = told[number].speaker == Speaker::Ourselves
            && service.source.kind == SourceKind::OwnNode;
        if identities.is_deleted(service.id.as_str()) && !is_own {
            kept[number].services.left_out += 1;
            continue;
        }
        identities.add_service(writing, &service).await?;
        services.hear(number, service);
    }
    Ok(services)
}

/// Where a service belongs whose hoster its document does not tell of: to whom it names, if that one's
/// node speaks or we do; else to whom the document's site is; else it is a stranger's word.
fn elsewhere(service: &mut Service, speaker: &Speaker, identities: &Identities) -> Place {
    let named = Place::Known(service.hoster.clone(), Vec::new());
    let Speaker::Document(url) = speaker else {
        return named;
    };
    let of_actor = match service.source.kind {
        SourceKind::OwnNode => Some(format!("actor {}", service.source.by)),
        _ => None,
    };
    let of_site = [host_key(url), party_key(url)];
    let known = (of_actor.iter().chain(of_site.iter().flatten()))
        .find_map(|key| identities.hoster_with(key))
        .and_then(|id| HosterId::parse(id).ok());
    let is_seen =
        service.source.kind == SourceKind::Observation && identities.knows(service.hoster.as_str());
    match known {
        // What runs at a service is seen there, whosever site that is.
        known if is_seen && known.as_ref() != Some(&service.hoster) => {
            Place::Seen(service.hoster.clone())
        }
        Some(id) => Place::Known(
            id,
            host(url)
                .map(|host| host.replace(':', "-"))
                .into_iter()
                .collect(),
        ),
        None if identities.knows(service.hoster.as_str()) => {
            service.source.kind = service.source.kind.min(SourceKind::FoundList);
            named
        }
        None => Place::Misplaced,
    }
}

/// The keys and ids by which these documents name hosters.
fn asked_of_hosters(told: &[Told]) -> (HashSet<String>, HashSet<String>) {
    let (mut keys, mut ids) = (HashSet::new(), HashSet::new());
    for told in told {
        for hoster in &told.hosters {
            let said = keys_said(hoster, &told.speaker);
            ids.extend(hosts(&said));
            keys.extend(said);
            keys.insert(id_key(hoster.id.as_str()));
            ids.insert(hoster.id.to_string());
        }
        if let Speaker::Document(url) = &told.speaker {
            keys.extend(host_key(url));
            keys.extend(party_key(url));
        }
        for service in &told.services {
            ids.insert(service.hoster.to_string());
            if service.source.kind == SourceKind::OwnNode {
                keys.insert(format!("actor {}", service.source.by));
            }
        }
    }
    (keys, ids)
}

/// Takes back what documents said before and say no longer. What a list said that the operator chose is
/// for them to take back, by choosing it again.
async fn take_back(
    writing: &mut Writing,
    told: &[Told],
    run: Run,
    named: &mut Named,
) -> Result<(), Error> {
    const SAID: &str = of_batch!(
        "select subject, id, kind, source from statements
         where kind <> 'own-node' and (held is null or held <> '') and source"
    );
    let by_source: HashMap<&str, usize> = (told.iter().enumerate())
        .filter_map(|(number, told)| Some((told.all_of.as_deref()?, number)))
        .collect();
    if by_source.is_empty() {
        return Ok(());
    }
    let sources: Vec<String> = by_source
        .keys()
        .map(|source| (*source).to_owned())
        .collect();
    for row in rows_of(writing, SAID, &sources).await? {
        let (subject, id): (String, String) = (row.try_get("subject")?, row.try_get("id")?);
        let (word, source): (String, String) = (row.try_get("kind")?, row.try_get("source")?);
        let (Some(kind), Some(number)) =
            (SourceKind::from_word(&word), by_source.get(source.as_str()))
        else {
            continue;
        };
        let is_chosen = matches!(
            kind,
            SourceKind::ThirdPartyList | SourceKind::CollectiveList
        );
        if is_chosen && run == Run::Crawl {
            continue;
        }
        match subject == Hoster::SUBJECT {
            true => named.hosters.no_longer(id, *number, kind, source),
            false => named.services.no_longer(id, *number, kind, source),
        }
    }
    Ok(())
}
