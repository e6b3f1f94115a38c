//! Real-shaped files in, findings out; our records out and in again.

mod any;
mod reading;
mod writing;

use std::sync::LazyLock;

use super::*;
use crate::domain::hoster::HosterId;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::{Complaint, Document, Findings, Format};

static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(Taxonomy::embedded);

/// Reads a file as found at an address, or said to be of a hoster.
fn found_at(url: &str, bytes: &[u8], of: Option<&HosterId>) -> Result<Findings, NotChatonsInfos> {
    let document = Document {
        format: Format::ChatonsInfos,
        url: &url.parse().unwrap(),
        bytes,
        seen: "2026-11-28".parse().unwrap(),
        of,
    };
    read(&document, &TAXONOMY)
}

fn at(url: &str, text: &str) -> Findings {
    found_at(url, text.as_bytes(), None).unwrap()
}

/// A file of the fixtures.
macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!("../../../../fixtures/chatonsinfos/", $path))
    };
}

use fixture;

/// The complaints, as they are told.
fn said(findings: &Findings) -> Vec<String> {
    findings
        .complaints
        .iter()
        .map(Complaint::to_string)
        .collect()
}

/// Where the organization of the fixtures lies.
const NUAGE: &str = "https://nuage.example/.well_known/chatonsinfos/organization.properties";

/// Writes as of the day of the tests.
fn writer() -> Writer<'static> {
    Writer {
        taxonomy: &TAXONOMY,
        made: "2026-11-28T12:00:00Z".parse().unwrap(),
    }
}
