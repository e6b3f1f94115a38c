//! The nouns. No I/O, nothing asynchronous, no clock; imports nothing of ours.

pub mod collective;
pub mod contrast;
pub mod date;
pub mod departure;
pub mod derivation;
pub mod fingerprint;
pub mod fold;
pub mod gazetteer;
pub mod health;
pub mod host;
pub mod hoster;
pub mod identity;
pub mod localized;
pub mod merge;
pub mod need;
pub mod place;
pub mod provenance;
pub mod report;
pub mod secret;
pub mod service;
pub mod slug;
pub mod taxonomy;
pub mod text;
pub mod typo;
pub mod vouch;
pub(crate) mod word;
