//! What the records of a snapshot say, in the words of the domain, and back.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::{Kind, Record};
use crate::domain::anchor::Anchor;
use crate::domain::block::Block;
use crate::domain::health::Availability;
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::policy::{Rule, Rules};
use crate::domain::service::Service;
use crate::domain::vouch::Evidence;
use crate::formats::activitypub::actor::Issuer;
use crate::formats::activitypub::vouch;

/// Where a hoster's record has its services, and a service's what the looks at it come to.
const SERVICES: &str = "services";
const AVAILABILITY: &str = "availability";
/// Which a service's record need not name, since it stands in that.
const HOSTER: &str = "hoster";
const ID: &str = "id";
/// Where both have what has no place of its own, as its source had it: contacts of people among it.
const OTHER: &str = "other";
/// How what of that begins that pages and lists show of a service to everybody, and so its record has.
const SHOWN_OF_OTHER: [&str; 4] = [
    "chatonsinfos:software.version",
    "nodeinfo:",
    "peertube-index:",
    "xmpp:",
];

/// What one record says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// What the operator chose.
    Choices(Box<Chosen>),
    /// A hoster with its services.
    Hoster(Box<Entry>),
    /// Who vouches, by its actor's id.
    Issuer(Url, Box<Issuer>),
    /// A vouch with what is known of it.
    Vouch(Box<Testimony>),
}

/// A hoster with its services, and what the looks at each come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The hoster.
    pub hoster: Hoster,
    /// Its services.
    pub services: Vec<(Service, Option<Availability>)>,
}

/// What the operator chose, the settings' word included, and whose node it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// The hoster whose node it is, if it is one's.
    pub own: Option<HosterId>,
    /// The hoster's and the collective's actors whose node it is.
    pub ours: Vec<Url>,
    /// Whom the directory trusts from the start.
    pub anchors: Vec<Anchor>,
    /// What it will have nothing to do with.
    pub blocks: Vec<Block>,
    /// By what rules it trusts and lists.
    #[serde(with = "by_words")]
    pub rules: Rules,
}

/// A vouch as it is signed, and what the directory knows of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Testimony {
    /// Its id.
    pub id: Url,
    /// The signed document.
    pub document: Value,
    /// See [`Evidence::heard_at`].
    pub heard_at: Option<DateTime<Utc>>,
    /// See [`Evidence::revoked_at`].
    pub revoked_at: Option<DateTime<Utc>>,
    /// See [`Evidence::missing_since`].
    pub missing_since: Option<DateTime<Utc>>,
    /// See [`Evidence::is_listed_back`].
    pub is_listed_back: bool,
}

impl Testimony {
    /// What is known of a vouch, and its document.
    pub fn of(evidence: &Evidence, document: Value) -> Self {
        Self {
            id: evidence.vouch.id.clone(),
            document,
            heard_at: evidence.heard_at,
            revoked_at: evidence.revoked_at,
            missing_since: evidence.missing_since,
            is_listed_back: evidence.is_listed_back,
        }
    }

    /// Its record. What was signed stays as it is, with whatever is null in it.
    pub fn record(&self) -> Record {
        let document = self.document.clone();
        let mut record = lean(
            json!({ (ID): self.id, "is_listed_back": self.is_listed_back,
            "heard_at": self.heard_at, "revoked_at": self.revoked_at,
            "missing_since": self.missing_since }),
        );
        record["document"] = document;
        Record::of(Kind::Vouch, &record)
    }
}

impl Chosen {
    /// Its record.
    pub fn record(&self) -> Record {
        let value = serde_json::to_value(self).expect("choices have only text keys");
        Record::of(Kind::Choices, &lean(value))
    }
}

impl Record {
    /// The record of a hoster and its services.
    pub fn of_hoster<'a>(
        hoster: &Hoster,
        services: impl IntoIterator<Item = (&'a Service, Option<Availability>)>,
    ) -> Self {
        let mut value = serde_json::to_value(hoster).expect("a hoster has only text keys");
        if let Some(fields) = value.as_object_mut() {
            fields.shift_remove(OTHER);
        }
        let services = services.into_iter().map(|(service, seen)| {
            let mut value = serde_json::to_value(service).expect("a service has only text keys");
            if let Some(fields) = value.as_object_mut() {
                fields.shift_remove(HOSTER);
                keep_shown(fields);
            }
            value[AVAILABILITY] = json!(seen);
            value
        });
        value[SERVICES] = services.collect();
        Self::of(Kind::Hoster, &lean(value))
    }

    /// The record of who vouches.
    pub fn of_issuer(actor: &Url, issuer: &Issuer) -> Self {
        let mut value = serde_json::to_value(issuer).expect("an issuer has only text keys");
        value[ID] = json!(actor);
        Self::of(Kind::Issuer, &lean(value))
    }

    /// What it says; else what is wrong with it.
    pub fn content(&self) -> Result<Content, String> {
        let value = serde_json::from_str(&self.text).map_err(|error| error.to_string())?;
        content(self.kind, &self.id, value)
    }
}

/// What the record of this kind and id says.
pub(super) fn content(kind: Kind, id: &str, mut value: Value) -> Result<Content, String> {
    let said = |error: serde_json::Error| error.to_string();
    match kind {
        Kind::Choices => serde_json::from_value(value)
            .map(|chosen| Content::Choices(Box::new(chosen)))
            .map_err(said),
        Kind::Hoster => entry(&mut value).map(|entry| Content::Hoster(Box::new(entry))),
        Kind::Issuer => {
            let actor = Url::parse(id).map_err(|error| error.to_string())?;
            let issuer = serde_json::from_value(value).map_err(said)?;
            Ok(Content::Issuer(actor, Box::new(issuer)))
        }
        Kind::Vouch => {
            let testimony: Testimony = serde_json::from_value(value).map_err(said)?;
            let (vouch, _) = vouch::read(&testimony.document).map_err(|error| error.to_string())?;
            match vouch.id.as_str() == id {
                true => Ok(Content::Vouch(Box::new(testimony))),
                false => Err("its document is another vouch".to_owned()),
            }
        }
    }
}

fn entry(value: &mut Value) -> Result<Entry, String> {
    let said = |error: serde_json::Error| error.to_string();
    let Value::Array(services) = value[SERVICES].take() else {
        return Err("it has no list of services".to_owned());
    };
    let hoster: Hoster = serde_json::from_value(value.take()).map_err(said)?;
    let service = |mut value: Value| {
        let fields = value.as_object_mut().ok_or("a service is no object")?;
        let seen = fields.shift_remove(AVAILABILITY).unwrap_or_default();
        fields.insert(HOSTER.to_owned(), json!(hoster.id));
        Ok::<_, String>((
            serde_json::from_value(value).map_err(said)?,
            serde_json::from_value(seen).map_err(said)?,
        ))
    };
    let services = services
        .into_iter()
        .map(service)
        .collect::<Result<_, _>>()?;
    Ok(Entry { hoster, services })
}

/// Takes out of a service's fields what is shown nowhere.
fn keep_shown(fields: &mut Map<String, Value>) {
    let is_shown = |key: &str| SHOWN_OF_OTHER.iter().any(|begin| key.starts_with(begin));
    if let Some(other) = fields.get_mut(OTHER).and_then(Value::as_object_mut) {
        other.retain(|key, _| is_shown(key));
        if other.is_empty() {
            fields.shift_remove(OTHER);
        }
    }
}

/// A value without what is null in it: what is not said need not be said to be nothing.
fn lean(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let said = fields.into_iter().filter(|(_, value)| !value.is_null());
            let said = said.map(|(name, value)| (name, lean(value)));
            Value::Object(said.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(lean).collect(),
        single => single,
    }
}

/// Rules as they are written elsewhere: by their names.
mod by_words {
    use serde::de::Error;
    use serde::{Deserializer, Serializer};

    use super::*;

    pub(super) fn serialize<S: Serializer>(rules: &Rules, to: S) -> Result<S::Ok, S::Error> {
        let said = Rule::ALL.iter();
        to.collect_map(said.filter_map(|rule| Some((rule.word(), rules.get(*rule)?))))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Rules, D::Error> {
        let said = BTreeMap::<String, String>::deserialize(from)?;
        let mut rules = Rules::default();
        for (name, value) in &said {
            // A later version may have more of them.
            if let Some(rule) = Rule::from_word(name) {
                let set = rules.set(rule, value);
                set.map_err(|error| D::Error::custom(format!("{name}: {value:?} {error}")))?;
            }
        }
        Ok(rules)
    }
}
