//! Speaks ActivityPub with other nodes and with the fediverse.

pub mod signature;
