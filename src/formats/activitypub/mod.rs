//! The documents nodes exchange (ActivityPub, W3C; ActivityStreams 2.0): to and from the nouns.
//!
//! Read as plain JSON: what would change the meaning of a document as linked data (`@graph`,
//! `@included`, `@reverse`) is refused. No request is made here, and no signature checked but
//! those that documents carry in themselves.

pub mod activity;
pub mod actor;
pub mod addresses;
pub mod bundle;
pub mod collection;
pub mod context;
pub mod directory_state;
pub mod document;
pub mod fields;
pub mod findings;
pub mod flag;
pub mod ids;
pub mod key;
pub mod note;
mod place;
pub mod proof;
mod prose;
pub mod revocation;
mod strict;
pub mod vocabulary;
pub mod vouch;

#[cfg(test)]
mod tests;
