//! A federated directory: whoever leaves a closing service finds a hoster nearby that can be trusted
//! and has room.
//!
//! The floors, from the ground up; a module imports only from floors below its own
//! (`tests/it/floors.rs` keeps it so, ARCHITECTURE.md says why):
//!
//! 0. [`domain`] the nouns; just above them [`config`], settings read once, and [`clock`], the time as an
//!    argument everywhere
//! 1. [`formats`] other people's documents to and from the nouns; [`search`] documents in, hits out; [`trust`]
//!    which vouches are good, and what follows for whom
//! 2. [`store`] all SQL; [`fetch`] all requests that go out
//! 3. [`ingest`] the only way in; [`catalogue`] the only way out
//! 4. [`crawler`] goes out and reads; [`federation`] speaks ActivityPub with other nodes; [`mirror`] signs a
//!    directory for those who copy it, and keeps such a copy
//! 5. [`web`] what a visitor sees: pages and API
//! 6. [`node`] composes the rest and runs it; [`cli`] above it, `main` on top

pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crawler;
pub mod domain;
pub mod federation;
pub mod fetch;
pub mod formats;
pub mod ingest;
pub mod mirror;
pub mod node;
pub mod search;
pub mod store;
pub mod trust;
pub mod web;
