//! What the tests stand on.

pub mod balancer;
pub mod browser;
pub mod database;
pub mod desk;
pub mod far_actor;
pub mod far_hosts;
pub mod far_post;
pub mod far_proxy;
pub mod far_tls;
pub mod far_web;
pub mod fediverse;
pub mod followers;
pub mod metrics;
pub mod node;
pub mod postgres;
pub mod process;
pub mod records;
pub mod relay;
pub mod visitors;
