//! Other people's documents and our nouns: pure functions of bytes, one file per format.

pub mod activitypub;
pub mod archipelago;
mod complaint;
mod lenient;
mod lines;
pub mod nodeinfo;
pub mod webfinger;

pub use complaint::{Complaint, Complaints, MAX_COMPLAINTS};

use std::collections::HashMap;

use crate::domain::hoster::Hoster;
use crate::domain::service::{Service, ServiceId};

/// What one document says, whatever its format: all that could be read of it, and what could not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// The hosters, each id once.
    pub hosters: Vec<Hoster>,
    /// The services, each id once.
    pub services: Vec<Service>,
    /// The line each service begins on, for complaints that come later.
    pub lines: HashMap<ServiceId, usize>,
    /// What was left out, and why.
    pub complaints: Complaints,
}
