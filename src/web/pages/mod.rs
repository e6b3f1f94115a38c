//! The pages: each a struct with its template, in the file of its handler.

pub mod about;
pub mod charter;
pub mod check;
pub mod closings;
pub mod collective;
pub mod collectives;
pub mod departures;
pub mod docs;
pub mod embed;
pub mod home;
pub mod hoster;
pub mod join;
pub mod leave;
pub mod map;
pub mod report;
pub mod service;
pub mod services;
pub mod widget;
