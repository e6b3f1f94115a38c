//! The flows, run whole: one binary, one link.

mod floors;
mod import;
mod store;
mod support;
