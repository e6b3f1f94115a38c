//! The flows, run whole: one binary, one link.

mod api;
mod cli;
mod floors;
mod import;
mod pages;
mod search;
mod store;
mod support;
mod words;
