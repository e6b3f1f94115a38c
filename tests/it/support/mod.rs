//! What the tests stand on.

pub mod database;
pub mod desk;
pub mod far_web;
pub mod fediverse;
pub mod node;
pub mod postgres;
pub mod records;
