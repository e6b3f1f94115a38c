//! Reads what makes a vouch count: the issuer's keys, the issuer's own word, and whether whom it is for
//! lists it.

use url::Url;

use crate::federation::{Error, Federation};
use crate::fetch::StatusCode;
use crate::formats::activitypub::activity::Object;
use crate::formats::activitypub::actor::RemoteActor;
use crate::formats::activitypub::vouch;
use crate::store::{Change, Effect, Revocation, Said, Visit};

/// How many vouches that we do not know are looked for because one actor lists them.
pub const MAX_UNKNOWN: usize = 20;

impl Federation {
    /// A vouch at its issuer's own address: it is there, was taken back (410), or is not known there.
    pub(super) async fn visit_vouch(&self, url: &Url) -> Result<Change, Error> {
        if self.0.addresses.is_ours(url) {
            return Ok(Change::default());
        }
        let document = match self.read_document(url).await {
            Ok((at, document)) if at == *url => document,
            Ok(_) => return Err(unexpected(url, "it lies elsewhere")),
            Err(Error::Answered { status, .. }) if status == StatusCode::GONE => {
                return self.taken_back(url).await;
            }
            Err(Error::Answered { status, .. }) if status == StatusCode::NOT_FOUND => {
                return Ok(only(Effect::Missing(url.clone())));
            }
            Err(error) => return Err(error),
        };
        let (given, _) =
            vouch::read(&document).map_err(|error| unexpected(url, &error.to_string()))?;
        if given.id != *url {
            return Err(unexpected(url, "its id is another address"));
        }
        let issuer = self.read_actor(&given.issuer).await?;
        Ok(Change {
            effects: vec![
                Effect::KeepActor(Box::new(issuer)),
                Effect::Vouch(Box::new(Said {
                    document,
                    by_issuer: true,
                })),
            ],
            publications: Vec::new(),
        })
    }

    /// Its own server says that it is no more: as good as a revocation, since only that can say so.
    async fn taken_back(&self, url: &Url) -> Result<Change, Error> {
        let Some(known) = self.0.store.vouch(url).await? else {
            return Ok(Change::default());
        };
        Ok(only(Effect::Revoke(Box::new(Revocation {
            vouch: url.clone(),
            issuer: known.vouch.issuer,
            at: self.now(),
            document: None,
            by_issuer: true,
        }))))
    }

    /// An actor that vouches, as it is now.
    pub(super) async fn visit_issuer(&self, url: &Url) -> Result<Change, Error> {
        let issuer = self.read_actor(url).await?;
        // One address is visited for one reason at a time, and whoever vouches may be vouched for.
        if issuer.vouches.is_some() {
            return self.read_member(issuer).await;
        }
        Ok(only(Effect::KeepActor(Box::new(issuer))))
    }

    /// Whom a vouch is for.
    pub(super) async fn visit_member(&self, url: &Url) -> Result<Change, Error> {
        let member = self.read_actor(url).await?;
        self.read_member(member).await
    }

    /// Whom a vouch is for: the hoster, its services, and which vouches it lists as ones for itself. From
    /// then on it is followed, as whoever is listed here.
    async fn read_member(&self, member: RemoteActor) -> Result<Change, Error> {
        let url = member.id.clone();
        let listed = match &member.vouches {
            Some(collection) => self.read_collection(collection).await?,
            None => Vec::new(),
        };
        let listed: Vec<Url> = listed.iter().filter_map(Object::id).collect();
        let lists_all = self.lists_all(&url, &listed).await?;
        let mut effects = vec![Effect::KeepActor(Box::new(member.clone()))];
        effects.extend(self.unknown(&listed).await?);
        effects.push(Effect::Acknowledges {
            actor: member.id.clone(),
            vouches: listed,
        });
        if let Some(hoster) = member.hoster.clone().filter(|_| member.discoverable) {
            effects.push(Effect::KeepHoster(Box::new(hoster)));
            if let Some(services) = member.services.clone() {
                effects.push(Effect::Visit {
                    url: services,
                    kind: Visit::Services,
                    actor: member.id.clone(),
                });
            }
        }
        let mut change = Change {
            effects,
            publications: Vec::new(),
        };
        let is_listed = member.hoster.is_some() && member.discoverable;
        let is_listed = is_listed && !self.0.addresses.is_ours(&url);
        if is_listed && self.0.store.follow_of(&url).await?.is_none() {
            change.add(self.follow_change(&member).await?);
        }
        if lists_all {
            return Ok(change);
        }
        self.commit(&change).await?;
        Err(unexpected(&url, "it does not list every vouch for it yet"))
    }

    /// The vouches among these that we do not know, to be read at their issuers'.
    async fn unknown(&self, listed: &[Url]) -> Result<Vec<Effect>, Error> {
        let mut unknown = Vec::new();
        for url in listed.iter().take(MAX_UNKNOWN) {
            if self.0.store.vouch(url).await?.is_none() {
                unknown.push(Effect::Visit {
                    url: url.clone(),
                    kind: Visit::Vouch,
                    actor: url.clone(),
                });
            }
        }
        Ok(unknown)
    }

    /// Whether an actor lists every vouch in force for it that we know.
    async fn lists_all(&self, actor: &Url, listed: &[Url]) -> Result<bool, Error> {
        let known = self.0.store.vouches_for(actor).await?;
        let now = self.now();
        let mut in_force = known
            .iter()
            .filter(|known| known.revoked_at.is_none() && known.vouch.until > now);
        Ok(in_force.all(|known| listed.contains(&known.vouch.id)))
    }

    /// The vouches that a collective gives now.
    pub(super) async fn visit_members(&self, collection: &Url) -> Result<Change, Error> {
        let items = self.read_collection(collection).await?.into_iter();
        let said = items.filter_map(|item| match item {
            Object::Embedded(document) => Some(document),
            _ => None,
        });
        let from_here = said.filter(|document| {
            vouch::read(document)
                .is_ok_and(|(vouch, _)| vouch.issuer.origin() == collection.origin())
        });
        Ok(Change {
            effects: from_here
                .map(|document| {
                    Effect::Vouch(Box::new(Said {
                        document,
                        by_issuer: true,
                    }))
                })
                .collect(),
            publications: Vec::new(),
        })
    }
}

fn only(effect: Effect) -> Change {
    Change {
        effects: vec![effect],
        publications: Vec::new(),
    }
}

pub(super) fn unexpected(url: &Url, problem: &str) -> Error {
    Error::Unexpected {
        url: url.clone(),
        problem: problem.to_owned(),
    }
}
