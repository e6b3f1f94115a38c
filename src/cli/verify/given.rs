//! What a document holds that can be verified.

use serde_json::Value;

use crate::formats::activitypub::activity::Object;
use crate::formats::activitypub::bundle::{self, Snapshot};
use crate::formats::activitypub::collection;
use crate::formats::activitypub::document::{address, type_of};
use crate::formats::activitypub::vocabulary::{property, types};

/// Vouches and their revocations, and what else came with them.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) vouches: Vec<Value>,
    pub(super) revocations: Vec<Value>,
    /// The issuer's keys by the word of whoever put the bundle together.
    pub(super) snapshot: Option<Snapshot>,
    /// How many vouches a collection names by their ids alone.
    pub(super) only_named: usize,
}

impl Given {
    pub(super) fn of(document: &Value) -> Result<Self, String> {
        if bundle::is_bundle(document) {
            let bundle = bundle::read(document).map_err(|error| error.to_string())?;
            return Ok(Self {
                vouches: vec![bundle.vouch],
                revocations: bundle.revocations,
                snapshot: bundle.snapshot,
                only_named: 0,
            });
        }
        let mut given = Self::default();
        if given.take(document) {
            return Ok(given);
        }
        let id = document.get(property::ID).and_then(address);
        let page = id.and_then(|id| collection::read(document, &id).ok());
        let page = page.ok_or(
            "it is neither a vouch, a revocation, an archi:EvidenceBundle nor a collection",
        )?;
        for item in &page.items {
            match item {
                Object::Id(_) => given.only_named += 1,
                Object::Embedded(item) => _ = given.take(item),
                Object::Unread => {}
            }
        }
        match given.vouches.is_empty() && given.revocations.is_empty() {
            true => Err("the collection holds no vouch, only addresses at most".to_owned()),
            false => Ok(given),
        }
    }

    /// Takes a vouch or a revocation; `false` for anything else.
    fn take(&mut self, document: &Value) -> bool {
        match type_of(document) {
            Some(types::RELATIONSHIP) => self.vouches.push(document.clone()),
            Some(types::UNDO) => self.revocations.push(document.clone()),
            _ => return false,
        }
        true
    }
}
