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
        if blocks.is_empty() {
            return taken;
        }
        directory.hosters.retain(|hoster| {
            let block = of_hoster(hoster, blocks);
            if let Some(block) = block {
                (taken.hosters).insert(hoster.id.to_string(), block.clone());
            }
            block.is_none()
        });
        let mut is_listed = Vec::with_capacity(directory.services.len());
        for service in &directory.services {
            let of_hoster = taken.hosters.get(service.hoster.as_str());
            let block = of_hoster.or_else(|| of_service(service, blocks)).cloned();
            is_listed.push(block.is_none());
            if let Some(block) = block {
                taken.services.insert(service.id.to_string(), block);
            }
        }
        keep_only(&mut directory.services, &is_listed);
        keep_only(&mut directory.availability, &is_listed);
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

/// Keeps of a list what is named by its place.
fn keep_only<T>(all: &mut Vec<T>, is_kept: &[bool]) {
    let mut is_kept = is_kept.iter();
    all.retain(|_| *is_kept.next().unwrap_or(&true));
}

fn of_hoster<'a>(hoster: &Hoster, blocks: &'a Blocks) -> Option<&'a Block> {
    let addresses = [&hoster.website, &hoster.actor];
    let addresses = addresses.into_iter().flatten().map(Link::as_url);
    addresses.filter_map(|url| blocks.of_url(url)).next()
}

fn of_service<'a>(service: &Service, blocks: &'a Blocks) -> Option<&'a Block> {
    blocks.of_url(service.url.as_ref()?.as_url())
}
