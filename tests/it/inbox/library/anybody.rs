//! An activity and an actor as the federation library wants them, with nothing of ours in them.

use std::sync::{Arc, Mutex};

use activitypub_federation::config::Data;
use activitypub_federation::error::Error;
use activitypub_federation::traits::{Activity, Actor, Object};
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::support::far_actor::KEY;

/// How often an activity was received.
pub type Received = Arc<Mutex<usize>>;

/// An activity of whatever kind.
#[derive(Debug, Deserialize)]
pub struct Anything {
    id: Url,
    actor: Url,
}

#[async_trait]
impl Activity for Anything {
    type DataType = Received;
    type Error = Error;

    fn id(&self) -> &Url {
        &self.id
    }

    fn actor(&self) -> &Url {
        &self.actor
    }

    async fn verify(&self, _: &Data<Received>) -> Result<(), Error> {
        Ok(())
    }

    async fn receive(self, received: &Data<Received>) -> Result<(), Error> {
        *received.lock().unwrap() += 1;
        Ok(())
    }
}

/// An actor with the key of all, already known.
#[derive(Debug)]
pub struct Anybody(Url);

#[async_trait]
impl Object for Anybody {
    type DataType = Received;
    type Kind = Value;
    type Error = Error;

    fn id(&self) -> &Url {
        &self.0
    }

    async fn read_from_id(id: Url, _: &Data<Received>) -> Result<Option<Self>, Error> {
        Ok(Some(Self(id)))
    }

    async fn into_json(self, _: &Data<Received>) -> Result<Value, Error> {
        Err(Error::NotFound)
    }

    async fn verify(_: &Value, _: &Url, _: &Data<Received>) -> Result<(), Error> {
        Err(Error::NotFound)
    }

    async fn from_json(_: Value, _: &Data<Received>) -> Result<Self, Error> {
        Err(Error::NotFound)
    }
}

impl Actor for Anybody {
    fn public_key_pem(&self) -> &str {
        &KEY.1
    }

    fn private_key_pem(&self) -> Option<String> {
        None
    }

    fn inbox(&self) -> Url {
        self.0.clone()
    }
}
