//! Takes what others post: verified before anything is done about it, on disk before it is answered.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Bytes;

use super::Federation;
use super::actors::{Found, NotFound};
use super::counted::Came;
use super::intake::NotKept;
use super::signature::{self, Parts, PublicKey, Scheme, rfc9421};
use crate::fetch;
use crate::formats::activitypub::activity::{self, ActivityKind, Envelope};
use crate::store::Received;

/// The largest document that is taken, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Why a post was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing shows that its actor sent it, just so and just now.
    #[error("{0}")]
    Unsigned(#[from] signature::Refused),
    /// The signature is whole, but not one of the actor's key.
    #[error("the signature is not by the key of the actor")]
    WrongKey,
    /// Its actor cannot be read, so there is no key to verify with.
    #[error("the actor cannot be read at its own address")]
    UnknownActor,
    /// The operator will have nothing to do with its actor's domain.
    #[error("this node takes nothing from there, by its operator's choice")]
    Blocked,
    /// It is no activity.
    #[error("{0}")]
    NotAnActivity(String),
    /// So much is posted that it has to wait.
    #[error("too much is posted at once: please come again")]
    Overloaded,
    /// It could not be kept; the log says why.
    #[error("it could not be kept: please come again")]
    Failed,
}

impl Federation {
    /// Takes a post: once this returns, the activity is on disk and will be applied. What asks nothing
    /// of us is taken politely and forgotten.
    pub async fn receive(&self, request: HttpRequest, body: Bytes) -> Result<(), Refused> {
        let received = self.take(request, body).await;
        self.0.counted.came(Came::of(&received));
        received
    }

    async fn take(&self, request: HttpRequest, body: Bytes) -> Result<(), Refused> {
        let now = self.0.clock.now();
        let home = self.0.addresses.home();
        let signed = signature::check(&parts(&request), &body, &home, now)?;
        let activity = self.read(&body)?;
        if !signature::key_belongs_to(&signed.key_id, &activity.actor) {
            return Err(Refused::WrongKey);
        }
        if self.asks_nothing(&activity).await? {
            return Ok(());
        }
        let mut sender = self.sender(&activity.actor).await?;
        let mut verified = self
            .verify(&request, &body, &activity, &sender, signed.scheme)
            .await;
        if verified.is_err()
            && !sender.is_new
            && let Some(reread) = self.sender_with_new_key(&sender.actor).await
        {
            sender = reread;
            verified = self
                .verify(&request, &body, &activity, &sender, signed.scheme)
                .await;
        }
        verified?;
        self.keep(activity, &body, sender).await
    }

    /// The envelope of the activity in a body, of somebody else and at an address we would write to.
    fn read(&self, body: &[u8]) -> Result<Envelope, Refused> {
        let refused = |problem: String| Refused::NotAnActivity(problem);
        let activity = activity::read_envelope(body).map_err(|error| refused(error.to_string()))?;
        for id in [&activity.id, &activity.actor] {
            self.0.fetcher.check(id).map_err(|error| match error {
                fetch::Refused::Blocked => Refused::Blocked,
                error => refused(error.to_string()),
            })?;
        }
        if self.0.addresses.is_ours(&activity.actor) {
            return Err(refused("the actor is one of ours".to_owned()));
        }
        Ok(activity)
    }

    /// Whether an activity is of a kind we do not know, or takes back an actor we never knew: thousands
    /// of these reach every node, and none is worth asking its server about.
    async fn asks_nothing(&self, activity: &Envelope) -> Result<bool, Refused> {
        Ok(match &activity.kind {
            ActivityKind::Other(_) => true,
            ActivityKind::Delete => {
                let of_itself = activity.object.as_ref() == Some(&activity.actor);
                of_itself
                    && !self
                        .knows(&activity.actor)
                        .await
                        .map_err(|error| failed(&error))?
            }
            _ => false,
        })
    }

    async fn verify(
        &self,
        request: &HttpRequest,
        body: &Bytes,
        activity: &Envelope,
        sender: &Found,
        scheme: Scheme,
    ) -> Result<(), Refused> {
        match scheme {
            Scheme::Cavage => {
                let (request, body) = (request.clone(), body.clone());
                let sender = Arc::clone(&sender.actor);
                let verified = self.0.library.verify(request, body, activity, sender);
                verified.await.map_err(|_| Refused::WrongKey)
            }
            Scheme::Rfc9421 => {
                let pem = &sender.actor.public_key.pem;
                let key = PublicKey::parse(pem).map_err(|_| Refused::WrongKey)?;
                let home = self.0.addresses.home();
                let now = self.0.clock.now();
                rfc9421::verify(&parts(request), body, &home, &key, now)?;
                Ok(())
            }
        }
    }

    async fn keep(&self, activity: Envelope, body: &[u8], sender: Found) -> Result<(), Refused> {
        let received = Received {
            id: activity.id,
            actor: activity.actor,
            body: String::from_utf8(body.to_vec()).expect("a document that was read is UTF-8"),
            newly_read: sender.is_new.then(|| Box::new((*sender.actor).clone())),
        };
        match self.0.intake.keep(received).await {
            Ok(()) => {}
            Err(NotKept::Overloaded) => return Err(Refused::Overloaded),
            Err(NotKept::Failed) => return Err(Refused::Failed),
        }
        if sender.is_new {
            self.0
                .known
                .hold(&Found {
                    is_new: false,
                    ..sender
                })
                .await;
        }
        self.0.something_came.notify_one();
        Ok(())
    }
}

impl From<NotFound> for Refused {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::Unreadable => Self::UnknownActor,
            NotFound::TooSoon => Self::Overloaded,
            NotFound::Store(error) => failed(&error),
        }
    }
}

fn parts(request: &HttpRequest) -> Parts<'_> {
    let headers = request.headers().iter();
    Parts {
        method: request.method().as_str(),
        path_and_query: request
            .uri()
            .path_and_query()
            .map_or("", |path| path.as_str()),
        headers: headers
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect(),
    }
}

fn failed(error: &crate::store::Error) -> Refused {
    tracing::error!("a post is refused: {error}");
    Refused::Failed
}
