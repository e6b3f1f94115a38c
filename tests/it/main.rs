//! The flows, run whole: one binary, one link.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed"
)]

mod api;
mod cli;
mod delivery;
mod federation;
mod federation_store;
mod fetch;
mod files;
mod floors;
mod import;
mod inbox;
mod kill;
mod manage;
mod pages;
mod replicas;
mod search;
mod store;
mod support;
mod words;
