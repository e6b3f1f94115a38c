//! The federation library, which verifies signatures of draft-cavage-http-signatures-12.
//!
//! It is given the sender's key and nothing else to do: it fetches nothing (our own `fetch` does, with
//! its guards), keeps nothing and sends nothing. What it does not check, `signature::guard` checked
//! before (ARCHITECTURE.md says which and why).

use std::sync::Arc;

use activitypub_federation::actix_web::inbox::receive_activity;
use activitypub_federation::config::{Data, FederationConfig};
use activitypub_federation::traits::{Activity, Actor, Object};
use actix_web::HttpRequest;
use actix_web::web::Bytes;
use async_trait::async_trait;
use serde::Deserialize;
use url::Url;

use crate::formats::activitypub::activity;
use crate::formats::activitypub::actor::RemoteActor;

tokio::task_local! {
    /// Whose signature is being verified.
    static SENDER: Arc<RemoteActor>;
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

    /// Verifies that `sender` signed this request with this body.
    pub(super) async fn verify(
        &self,
        request: HttpRequest,
        body: Bytes,
        sender: Arc<RemoteActor>,
    ) -> Result<(), DoesNotFit> {
        let data = self.0.to_request_data();
        let verified = receive_activity::<Claim, Sender, ()>(request, body, &data);
        match SENDER.scope(sender, verified).await {
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
#[derive(Debug)]
struct Claim {
    id: Url,
    actor: Url,
}

/// Read as we read it ourselves: an actor may be written out.
impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = serde_json::Value::deserialize(deserializer)?;
        let activity = activity::of(document).map_err(serde::de::Error::custom)?;
        Ok(Self {
            id: activity.id,
            actor: activity.actor,
        })
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
        let sender = SENDER.try_with(Arc::clone).map_err(|_| DoesNotFit)?;
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
