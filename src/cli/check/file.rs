//! A document, read as it would be if it were published.

use serde::Serialize;

use crate::catalogue::Subject;
use crate::cli::{Failure, document, output};
use crate::clock::Clock;
use crate::domain::derivation;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::{self, Document, Format};
use crate::ingest::understand;
use crate::store::frontier::Fault;

use super::words;

/// What a document says, and what is wrong with it.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub(super) document: String,
    pub(super) format: Format,
    pub(super) hosters: Vec<Subject>,
    pub(super) services: Vec<Subject>,
    /// The further documents that it names, which are read where it is published.
    pub(super) further: Vec<String>,
    pub(super) asks_to_be_left_out: bool,
    pub(super) faults: Vec<Fault>,
}

pub(super) fn check(path: &str, format: Option<Format>, json: bool) -> Result<(), Failure> {
    let bytes = document::read(path)?;
    let taxonomy = Taxonomy::embedded();
    let format = format.unwrap_or_else(|| formats::guess(path, &bytes));
    let name = document::name(path);
    let today = Clock::system().today();
    let read = formats::read(
        &Document {
            format,
            url: &document::address(path),
            bytes: &bytes,
            seen: today,
            of: None,
        },
        &taxonomy,
    );
    let found = read.map_err(|error| {
        let format = format.word();
        Failure::said(format!("{name} cannot be read as {format}: {error}"))
    })?;
    let found = understand(found, &taxonomy);
    let hosters = found.hosters.iter().map(|hoster| {
        let facts = derivation::of_hoster(hoster, std::slice::from_ref(hoster), &[], today);
        Subject::of(hoster.id.as_str(), hoster.name.as_str(), facts)
    });
    let services = found.services.iter().map(|service| {
        let facts = derivation::of_service(service, std::slice::from_ref(service), &[], today);
        Subject::of(service.id.as_str(), service.name.as_str(), facts)
    });
    let told = Told {
        document: name.to_owned(),
        format,
        hosters: hosters.collect(),
        services: services.collect(),
        further: found
            .leads
            .iter()
            .map(|lead| lead.url.to_string())
            .collect(),
        asks_to_be_left_out: found.asks_to_be_left_out,
        faults: Fault::listed(&found.complaints),
    };
    match json {
        true => output::print_json(&told)?,
        false => output::print(&words::of_file(&told))?,
    }
    let says_nothing = told.hosters.is_empty()
        && told.services.is_empty()
        && told.further.is_empty()
        && !told.asks_to_be_left_out;
    match says_nothing && !told.faults.is_empty() {
        true => Err(Failure::said(format!("nothing in {name} could be read"))),
        false => Ok(()),
    }
}
