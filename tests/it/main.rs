//! The flows, run whole: one binary, one link.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed"
)]

mod api;
mod cli;
mod federation;
mod fetch;
mod floors;
mod import;
mod manage;
mod pages;
mod search;
mod store;
mod support;
mod words;
