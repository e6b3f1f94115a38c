//! The federation library, which verifies signatures of draft-cavage-http-signatures-12.
//!
//! It is given the sender's key and nothing else to do: it fetches nothing (our own `fetch` does, with
//! its guards), reads nothing (`formats` did), keeps nothing and sends nothing. What it does not check,
//! `signature::guard` checked before (ARCHITECTURE.md says which and why).

use std::sync::Arc;

use activitypub_federation::actix_web::inbox::receive_activity;
use activitypub_federation::config::{Data, FederationConfig};
use activitypub_federation::traits::{Activity, Actor, Object};
use actix_web::HttpRequest;
use actix_web::web::Bytes;
use async_trait::async_trait;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny};
use url::Url;

use crate::formats::activitypub::activity::Envelope;
use crate::formats::activitypub::actor::RemoteActor;

tokio::task_local! {
    /// What is being verified, and whose signature it has to be.
    static POSTED: Posted;
}

/// What was posted, as we read it, and who sent it.
#[derive(Debug, Clone)]
struct Posted {
    claim: Claim,
    sender: Arc<RemoteActor>,
}

/// The library, set up.
pub(super) struct Verifier(FederationConfig<()>);

/// The signature does not fit the request, or the key.
#[derive(Debug)]
pub(super) struct DoesNotFit;

impl Verifier {
    /// Sets the library up for the node at `authority` (host, and port if there is one).
    pub(super) async fn new(authority: &str) -> Result<Self, super::Error> {
        let config = FederationConfig::builder()
            .domain(authority)
            .app_data(())
            // Its own checks of addresses ask the DNS about each activity; ours have been passed.
            .debug(true)
            .http_fetch_limit(0)
            .build()
            .await
            .map_err(|error| super::Error::Library(error.to_string()))?;
        Ok(Self(config))
    }

    /// Verifies that `sender` signed this request with this body, in which we read `activity`.
    pub(super) async fn verify(
        &self,
        request: HttpRequest,
        body: Bytes,
        activity: &Envelope,
        sender: Arc<RemoteActor>,
    ) -> Result<(), DoesNotFit> {
        let data = self.0.to_request_data();
        let verified = receive_activity::<Claim, Sender, ()>(request, body, &data);
        let claim = Claim {
            id: activity.id.clone(),
            actor: activity.actor.clone(),
        };
        match POSTED.scope(Posted { claim, sender }, verified).await {
            Ok(_) => Ok(()),
            Err(DoesNotFit) => Err(DoesNotFit),
        }
    }
}

impl From<activitypub_federation::error::Error> for DoesNotFit {
    fn from(_: activitypub_federation::error::Error) -> Self {
        Self
    }
}

/// What the library has to see of an activity.
#[derive(Debug, Clone)]
struct Claim {
    id: Url,
    actor: Url,
}

/// It was read from the same bytes before: reading it once more would take as long again.
impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        let claim = POSTED.try_with(|posted| posted.claim.clone());
        claim.map_err(|_| D::Error::custom("nothing was posted"))
    }
}

#[async_trait]
impl Activity for Claim {
    type DataType = ();
    type Error = DoesNotFit;

    fn id(&self) -> &Url {
        &self.id
    }

    fn actor(&self) -> &Url {
        &self.actor
    }

    async fn verify(&self, _: &Data<()>) -> Result<(), DoesNotFit> {
        Ok(())
    }

    async fn receive(self, _: &Data<()>) -> Result<(), DoesNotFit> {
        Ok(())
    }
}

/// The sender, as the library wants to see it.
#[derive(Debug)]
struct Sender(Arc<RemoteActor>);

#[async_trait]
impl Object for Sender {
    type DataType = ();
    type Kind = serde_json::Value;
    type Error = DoesNotFit;

    fn id(&self) -> &Url {
        &self.0.id
    }

    async fn read_from_id(id: Url, _: &Data<()>) -> Result<Option<Self>, DoesNotFit> {
        let sender = POSTED.try_with(|posted| Arc::clone(&posted.sender));
        let sender = sender.map_err(|_| DoesNotFit)?;
        Ok((sender.id == id).then_some(Self(sender)))
    }

    async fn into_json(self, _: &Data<()>) -> Result<Self::Kind, DoesNotFit> {
        Err(DoesNotFit)
    }

    async fn verify(_: &Self::Kind, _: &Url, _: &Data<()>) -> Result<(), DoesNotFit> {
        Err(DoesNotFit)
    }

    async fn from_json(_: Self::Kind, _: &Data<()>) -> Result<Self, DoesNotFit> {
        Err(DoesNotFit)
    }
}

impl Actor for Sender {
    fn public_key_pem(&self) -> &str {
        &self.0.public_key.pem
    }

    fn private_key_pem(&self) -> Option<String> {
        None
    }

    fn inbox(&self) -> Url {
        self.0.inbox.clone()
    }
}
