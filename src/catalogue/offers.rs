//! Which services are whose, by position.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::hoster::Hoster;
use crate::domain::service::Service;

/// The services of each hoster, in two lists however many hosters there are.
pub(super) struct Offers {
    /// Where each hoster's services begin in the list of all; one more, where the last one's end.
    begins: Vec<u32>,
    services: Vec<u32>,
}

impl Offers {
    /// Of a directory in which every service has its hoster.
    pub(super) fn of(hosters: &[Arc<Hoster>], services: &[Arc<Service>]) -> Self {
        let positions: HashMap<&str, usize> = (hosters.iter().enumerate())
            .map(|(position, hoster)| (hoster.id.as_str(), position))
            .collect();
        let of = |service: &Arc<Service>| positions[service.hoster.as_str()];
        let hoster_of: Vec<usize> = services.iter().map(of).collect();
        let mut begins = vec![0_u32; hosters.len() + 1];
        for hoster in &hoster_of {
            begins[hoster + 1] += 1;
        }
        for hoster in 0..hosters.len() {
            begins[hoster + 1] += begins[hoster];
        }
        let mut next = begins.clone();
        let mut sorted = vec![0; services.len()];
        for (service, hoster) in (0..).zip(hoster_of) {
            sorted[next[hoster] as usize] = service;
            next[hoster] += 1;
        }
        Self {
            begins,
            services: sorted,
        }
    }

    /// The positions of a hoster's services, in their order.
    pub(super) fn of_hoster(&self, hoster: usize) -> impl Iterator<Item = usize> {
        let (begin, end) = (self.begins[hoster], self.begins[hoster + 1]);
        let services = &self.services[begin as usize..end as usize];
        services.iter().map(|service| *service as usize)
    }
}
