//! From what a person types (an address, `@name@host`) to an actor.

use serde_json::Value;
use url::Url;

use super::signature::cavage;
use super::{Error, Federation};
use crate::formats::activitypub::actor::RemoteActor;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::document::{self, is_activity};
use crate::formats::activitypub::vocabulary::ACCEPTED;
use crate::formats::nodeinfo::{self, Links, NodeInfo};
use crate::formats::webfinger::{self, Resource};

const ACCEPT_JSON: &str = "application/jrd+json, application/json";

impl Federation {
    /// The actor that a person names: by its address, by that of its site, or as `@name@host`.
    pub async fn discover(&self, named: &str) -> Result<RemoteActor, Error> {
        let scheme = self.0.addresses.home().scheme().to_owned();
        let named = named.trim();
        let resource = Resource::parse(named)
            .or_else(|| Resource::parse(&format!("{scheme}://{named}")))
            .ok_or_else(|| Error::NotAName(named.to_owned()))?;
        let url = match resource {
            Resource::Account {
                username,
                authority,
            } => {
                let id = self.by_webfinger(&scheme, &username, &authority).await?;
                return self.read_actor(&id).await;
            }
            Resource::Address(url) => url,
        };
        if let Ok((_, document)) = self.read_document(&url).await
            && let Some(id) = document.get("id").and_then(Value::as_str)
            && let Ok(id) = id.parse()
        {
            return self.read_actor(&id).await;
        }
        let id = self.by_nodeinfo(&url).await?;
        self.read_actor(&id).await
    }

    async fn by_webfinger(&self, scheme: &str, username: &str, host: &str) -> Result<Url, Error> {
        let asked = format!("{scheme}://{host}/.well-known/webfinger");
        let mut url: Url = asked
            .parse()
            .map_err(|_| Error::NotAName(host.to_owned()))?;
        let account = format!("acct:{username}@{host}");
        url.query_pairs_mut().append_pair("resource", &account);
        let document = self.read_json(&url, ACCEPT_JSON).await?;
        webfinger::read_account(&document).ok_or_else(|| Error::Unexpected {
            url,
            problem: "it names no actor".to_owned(),
        })
    }

    /// The actor a site names in its NodeInfo: of its hoster or collective, else of the node (FEP-2677).
    async fn by_nodeinfo(&self, site: &Url) -> Result<Url, Error> {
        let well_known = site
            .join(nodeinfo::LINKS_PATH)
            .expect("a path joins any site");
        let document = self.read_json(&well_known, ACCEPT_JSON).await?;
        let links = Links::read(&document, site);
        let subject = match &links.document {
            Some(url) => {
                let said = NodeInfo::read(&self.read_json(url, ACCEPT_JSON).await?, site);
                said.and_then(|said| said.actors.into_iter().next())
            }
            None => None,
        };
        subject
            .or(links.application)
            .ok_or_else(|| Error::Unexpected {
                url: well_known,
                problem: "it names no actor".to_owned(),
            })
    }

    /// An ActivityPub document at its address, and where it was after a redirect. Our request is signed,
    /// since some answer nobody else.
    pub(super) async fn read_document(&self, url: &Url) -> Result<(Url, Value), Error> {
        let key = self.0.keyring.key(&self.0.store, Local::Node, None).await?;
        let now = self.0.clock.now();
        let answer = self
            .0
            .fetcher
            .get(url, ACCEPTED, |url| cavage::sign_get(&key, url, now))
            .await?;
        let unexpected = |problem: String| Error::Unexpected {
            url: url.clone(),
            problem,
        };
        if !answer.status.is_success() {
            return Err(Error::Answered {
                url: url.clone(),
                status: answer.status,
            });
        }
        if !answer.media_type().is_some_and(|mime| is_activity(&mime)) {
            return Err(unexpected(
                "is no ActivityPub document by its media type".to_owned(),
            ));
        }
        let document =
            document::read(&answer.body).map_err(|error| unexpected(error.to_string()))?;
        Ok((answer.url, document))
    }

    async fn read_json(&self, url: &Url, accept: &'static str) -> Result<Value, Error> {
        let answer = self
            .0
            .fetcher
            .get(url, accept, |_| Default::default())
            .await?;
        let unexpected = |problem: String| Error::Unexpected {
            url: url.clone(),
            problem,
        };
        if !answer.status.is_success() {
            return Err(unexpected(format!("answered {}", answer.status.as_u16())));
        }
        document::read(&answer.body).map_err(|error| unexpected(error.to_string()))
    }
}
