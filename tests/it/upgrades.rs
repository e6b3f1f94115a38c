//! A node that was begun with an older program goes on with this one, as it was and where it was.
//!
//! `fixtures/upgrades` has databases that older programs made and people's commands filled.

mod beside;
mod content;
mod killed;
pub mod past;
mod schema;
