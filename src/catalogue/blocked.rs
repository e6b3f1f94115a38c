//! What is blocked is taken out before anything is built of a directory: no list, no search and no count
//! ever meets it.

use std::collections::HashMap;

use crate::domain::block::{Block, Blocks};
use crate::domain::hoster::Hoster;
use crate::domain::service::Service;
use crate::domain::text::Link;
use crate::store::Directory;

/// What is not listed by the operator's choice, by identifier, and which choice that was.
#[derive(Debug, Default)]
pub struct NotListed {
    hosters: HashMap<String, Block>,
    services: HashMap<String, Block>,
}

impl NotListed {
    /// Takes out of a directory what is blocked: hosters by their site or their actor, with all that they
    /// offer, and services by their address.
    pub fn take_out(directory: &mut Directory, blocks: &Blocks) -> Self {
        let mut taken = Self::default();
        directory.hosters.retain(|hoster| {
            let block = of_hoster(hoster, blocks);
            if let Some(block) = block {
                (taken.hosters).insert(hoster.id.to_string(), block.clone());
            }
            block.is_none()
        });
        directory.services.retain(|service| {
            let of_hoster = taken.hosters.get(service.hoster.as_str());
            let block = of_hoster.or_else(|| of_service(service, blocks)).cloned();
            let is_listed = block.is_none();
            if let Some(block) = block {
                taken.services.insert(service.id.to_string(), block);
            }
            is_listed
        });
        taken
    }

    /// Why a hoster of this identifier is not listed, if that is the operator's choice.
    pub fn hoster(&self, id: &str) -> Option<&Block> {
        self.hosters.get(id)
    }

    /// Why a service of this identifier is not listed, if that is the operator's choice.
    pub fn service(&self, id: &str) -> Option<&Block> {
        self.services.get(id)
    }
}

fn of_hoster<'a>(hoster: &Hoster, blocks: &'a Blocks) -> Option<&'a Block> {
    let addresses = [&hoster.website, &hoster.actor];
    let addresses = addresses.into_iter().flatten().map(Link::as_url);
    addresses.filter_map(|url| blocks.of_url(url)).next()
}

fn of_service<'a>(service: &Service, blocks: &'a Blocks) -> Option<&'a Block> {
    blocks.of_url(service.url.as_ref()?.as_url())
}
