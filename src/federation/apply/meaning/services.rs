//! What actors tell of themselves and of their services.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Context, Meaning, address, embedded};
use crate::domain::taxonomy::Taxonomy;
use crate::formats::activitypub::activity::{Activity, Object, changed};
use crate::formats::activitypub::actor::{RemoteActor, read_actor};
use crate::formats::activitypub::ids::{hoster_id, service_id};
use crate::formats::activitypub::note::read_service;
use crate::formats::activitypub::vocabulary::types;
use crate::ingest::understood;
use crate::store::{Effect, Travelling, Visit};

impl Context<'_> {
    pub(super) fn tell(&self, activity: &Activity) -> Meaning {
        let object = match &activity.object {
            Object::Embedded(object) => object,
            Object::Id(id) if self.is_followed() => {
                let actor = self.actor();
                let visit = Effect::Visit {
                    url: id.clone(),
                    kind: Visit::Service,
                    actor,
                };
                return Meaning::effects("to be read at its own address", vec![visit]);
            }
            Object::Id(_) => return Meaning::ignored("we do not follow its actor"),
            Object::Unread => return Meaning::ignored("it tells nothing"),
        };
        if activity.object.id().as_ref() == Some(&self.sender.id) {
            return self.tell_of_itself(object);
        }
        if embedded(&activity.object, types::RELATIONSHIP).is_some() {
            return self.vouched(&activity.object);
        }
        if !self.is_followed() {
            return Meaning::ignored("we do not follow its actor");
        }
        match travelling(object, self.sender, self.taxonomy, self.now) {
            Ok(_) if !self.sender.discoverable => Meaning::effects(
                "its actor does not want to be found",
                self.hoster().into_iter().collect(),
            ),
            Ok(service) => {
                let mut effects: Vec<Effect> = self.hoster().into_iter().collect();
                effects.push(Effect::KeepService(Box::new(service)));
                Meaning::effects("a service is kept", effects)
            }
            Err(problem) => Meaning::ignored(&problem),
        }
    }

    fn tell_of_itself(&self, object: &Value) -> Meaning {
        let actor = match read_actor(object, &self.sender.id, self.now.date_naive()) {
            Ok(actor) => actor,
            Err(error) => return Meaning::ignored(&error.to_string()),
        };
        let told = Context {
            sender: &actor,
            follow: None,
            ..*self
        };
        // Only whom we follow is listed by its own word; anybody may leave.
        let hoster = told
            .hoster()
            .filter(|effect| self.is_followed() || matches!(effect, Effect::RemoveHoster(_)));
        let mut effects: Vec<Effect> = hoster.into_iter().collect();
        effects.push(Effect::KeepActor(Box::new(actor)));
        Meaning::effects("the actor is known anew", effects)
    }

    pub(super) fn delete(&self, activity: &Activity) -> Meaning {
        let Some(object) = activity.object.id() else {
            return Meaning::ignored("nothing is deleted by it");
        };
        if object == self.sender.id {
            let mut effects = vec![Effect::RemoveActor(self.actor())];
            effects.extend(hoster_id(&object).map(Effect::RemoveHoster));
            return Meaning::effects("the actor is gone", effects);
        }
        let Some(service) =
            service_id(&object).filter(|_| object.origin() == self.sender.id.origin())
        else {
            return Meaning::ignored("it is not its actor's to delete");
        };
        let remove = Effect::Remove {
            object: object.clone(),
            owner: self.actor(),
            service,
        };
        let withdraw = Effect::Withdraw {
            id: object.clone(),
            actor: self.actor(),
        };
        Meaning::effects("removed", vec![remove, withdraw])
    }

    pub(super) fn announce(&self, activity: &Activity) -> Meaning {
        if let Some(hosters) = changed(&activity.object) {
            return self.heard_of(&hosters);
        }
        if self.is_followed()
            && let Some(vouch) = embedded(&activity.object, types::RELATIONSHIP)
        {
            return self.handed_on(vouch);
        }
        match activity.object.id() {
            Some(id) if self.is_followed() => {
                let actor = self.actor();
                let visit = Effect::Visit {
                    url: id.clone(),
                    kind: Visit::Service,
                    actor,
                };
                Meaning::effects("to be read at its own address", vec![visit])
            }
            _ => Meaning::ignored("we do not follow its actor"),
        }
    }
}

/// The service in a note of an actor, as it travels.
pub(in crate::federation) fn travelling(
    note: &Value,
    owner: &RemoteActor,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Result<Travelling, String> {
    let service =
        read_service(note, &owner.id, now.date_naive()).map_err(|error| error.to_string())?;
    let mut problem = String::new();
    let service = understood(service, taxonomy, |field, what| {
        problem = format!("{field} {what}")
    });
    let service = service.ok_or(problem)?;
    let object = note
        .get("id")
        .and_then(address)
        .ok_or("the note has no id")?;
    // A date ahead of us would make every later word look old.
    let date = |key: &str| Some(time(note.get(key)?)?.min(now));
    let published_at = date("published").unwrap_or(now);
    let updated_at = date("updated").unwrap_or(published_at);
    Ok(Travelling {
        service,
        object,
        owner: owner.id.clone(),
        published_at,
        updated_at,
    })
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(value.as_str()?).ok()?.to_utc())
}
