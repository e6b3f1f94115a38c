//! What whoever manages this node chooses: anchors, rules, blocks.

use std::sync::Arc;

use url::Url;

use super::{Error, Federation};
use crate::domain::block::{Blocks, Domain, Severity};
use crate::domain::choices::Choices;
use crate::domain::policy::Rules;
use crate::domain::text::{Name, Prose};
use crate::formats::activitypub::actor::{ActorKind, RemoteActor};
use crate::store::Blocked;

impl Federation {
    /// All that is chosen: by the settings, by the store, and by nobody.
    pub async fn choices(&self) -> Result<Choices, Error> {
        let mut choices = self.0.chosen.clone().over(self.0.store.choices().await?);
        choices.rules = choices.rules.over(Rules::USUAL);
        Ok(choices)
    }

    /// The rules that the settings choose, which win.
    pub fn rules_of_settings(&self) -> &Rules {
        &self.0.chosen.rules
    }

    /// Trusts a collective or a hoster from the start, for a reason, and follows it, so that what it says
    /// of others is heard at once; returns whom that is. One that is trusted already is, from now on, for
    /// this reason.
    pub async fn add_anchor(&self, named: &str, reason: &Prose) -> Result<RemoteActor, Error> {
        let actor = self.discover_another(named).await?;
        if !matches!(actor.kind, ActorKind::Group | ActorKind::Organization) {
            return Err(Error::NoVoucher(actor.id));
        }
        let change = self.follow_change(&actor).await?;
        self.commit(&change).await?;
        let store = &self.0.store;
        let added = store.add_anchor(&actor.id, actor.name.as_ref(), reason, self.now());
        added.await?;
        Ok(actor)
    }

    /// No longer trusts an actor from the start. Says whether it did.
    pub async fn remove_anchor(&self, actor: &Url) -> Result<bool, Error> {
        Ok((self.0.store)
            .remove_anchor(actor, None, self.now())
            .await?)
    }

    /// Keeps the rules that are named here, for a reason if there is one. Says whether any is another now.
    pub async fn keep_rules(&self, rules: &Rules, reason: Option<&Prose>) -> Result<bool, Error> {
        Ok((self.0.store).keep_rules(rules, reason, self.now()).await?)
    }

    /// Blocks a domain for a reason, from this moment.
    pub async fn add_block(
        &self,
        domain: &Domain,
        severity: Severity,
        reason: &Prose,
    ) -> Result<Blocked, Error> {
        self.block(domain, severity, reason, None).await
    }

    /// Blocks a domain for a reason, and says which list it was taken from, if it was.
    pub(super) async fn block(
        &self,
        domain: &Domain,
        severity: Severity,
        reason: &Prose,
        source: Option<&Name>,
    ) -> Result<Blocked, Error> {
        let store = &self.0.store;
        let added = store.add_block(domain, severity, reason, source, self.now());
        let blocked = added.await?;
        self.refuse_blocked().await?;
        Ok(blocked)
    }

    /// No longer blocks a domain, from this moment. Says whether it was blocked here.
    pub async fn remove_block(&self, domain: &Domain) -> Result<bool, Error> {
        let removed = self.0.store.remove_block(domain, None, self.now()).await?;
        self.refuse_blocked().await?;
        Ok(removed)
    }

    /// Other processes learn of a block with the next edition of their catalogue.
    async fn refuse_blocked(&self) -> Result<(), Error> {
        let blocks = Blocks::of(self.choices().await?.blocks);
        self.0.refusals.replace(Arc::new(blocks));
        Ok(())
    }
}
