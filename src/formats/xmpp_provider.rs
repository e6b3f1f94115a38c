//! The provider file of the XMPP Providers, version 2: `/.well-known/xmpp-provider-v2.json` at the domain
//! of an XMPP server, written by whoever runs it.
//!
//! Numbers of megabytes and days have two values of their own: 0 is no limit, -1 less than one.

mod write;

pub use write::{Providers, write, write_list};

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::foreign::fields::{Fields, as_flag, as_language, as_link, as_name, as_text};
use super::foreign::{self, NotOfFormat};
use super::{Document, Findings};
use crate::domain::date::PartialDate;
use crate::domain::hoster::{CountryCode, LegalForm};
use crate::domain::provenance::SourceKind;
use crate::domain::service::{Price, PriceKind, Registration, Service};
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::Link;
use crate::domain::word::worded;

/// Where the file stands.
pub const PATH: &str = "/.well-known/xmpp-provider-v2.json";
/// The largest file that is read, in bytes: some hundred times a long one.
pub const MAX_BYTES: usize = 256 * 1024;
/// The software of every service read from such a file.
pub const SOFTWARE: &str = "xmpp";
/// The most items that are read of one list.
const MAX_ITEMS: usize = 50;
/// What is kept of a file is kept under this name.
const FORMAT: &str = "xmpp";
/// Addresses of pages by language.
const PAGES: [&str; 3] = ["website", "passwordReset", "legalNotice"];
/// Whole numbers from -1.
const NUMBERS: [&str; 4] = [
    "busFactor",
    "maximumHttpFileUploadTotalSize",
    "maximumHttpFileUploadStorageTime",
    "maximumMessageArchiveManagementStorageTime",
];
/// Yes or no.
const FLAGS: [&str; 2] = ["serverTesting", "professionalHosting"];

/// What a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Organization {
    Company,
    CommercialPerson,
    PrivatePerson,
    Governmental,
    NonGovernmental,
}

worded!(Organization {
    Company = "company",
    CommercialPerson = "commercial person",
    PrivatePerson = "private person",
    Governmental = "governmental",
    NonGovernmental = "non-governmental",
});

/// Reads the file of the XMPP server at the host of the document's address, or where there is none of its
/// website: a hoster, and its service.
///
/// Every field our nouns have no place for, known or not, is kept in
/// [`other`](crate::domain::service::Service::other).
pub fn read(document: &Document, taxonomy: &Taxonomy) -> Result<Findings, NotOfFormat> {
    const OTHER_SHAPE: &str =
        "the document has no key of a provider file; is it of another format?";
    let fields = foreign::object(document.bytes, MAX_BYTES, OTHER_SHAPE)?;
    let mut keys = PAGES.iter().chain(&NUMBERS).chain(&FLAGS);
    if !keys.any(|key| fields.contains_key(*key)) && !fields.contains_key("freeOfCharge") {
        return Err(NotOfFormat::OtherShape(OTHER_SHAPE));
    }
    let mut found = Findings::default();
    let Some(software) = taxonomy.software_by_id(SOFTWARE) else {
        let problem = "is left out: nobody knows the software xmpp";
        found.complaints.add(None, "the document", problem);
        return Ok(found);
    };
    let mut fields = Fields::of(fields, String::new(), FORMAT, &mut found.complaints);
    let [websites, ..] = PAGES.map(|key| pages(&mut fields, key));
    let website = websites.get("en").or(websites.values().next());
    let (id, service_id) = foreign::ids_at(foreign::site(document, website), SOFTWARE)?;
    let source = foreign::source(SourceKind::OwnFile, document);
    let name = foreign::as_name(id.as_str());
    let mut hoster = foreign::hoster(id.clone(), name, source.clone());
    let (name, need) = (software.name.clone(), software.need.clone());
    let mut service = foreign::service(service_id, id, name, need, source);
    service.software = Some(software.id.clone());
    hoster.website = website.cloned().or_else(|| foreign::home(document.url));
    hoster.languages = websites
        .keys()
        .filter_map(|code| as_language(&json!(code)).ok())
        .collect();
    hoster.languages.dedup();
    // Found in the files of some, though the directory asks the server itself.
    let registration = pages(&mut fields, "registrationWebPage");
    service.url = registration
        .get("en")
        .or(registration.values().next())
        .cloned();
    let organization = fields.keep_if("organization", as_organization);
    hoster.legal_form = organization.and_then(legal_form);
    for key in NUMBERS {
        fields.keep_if(key, as_number);
    }
    for key in FLAGS {
        fields.keep_if(key, as_flag);
    }
    fields.keep_if("since", as_date);
    let others = fields.list("alternativeJids", MAX_ITEMS, as_name);
    fields.keep_list("alternativeJids", &others);
    let countries = fields.list("serverLocations", MAX_ITEMS, as_country);
    let codes: Vec<_> = countries
        .iter()
        .map(|country| country.as_str().to_lowercase())
        .collect();
    fields.keep_list("serverLocations", &codes);
    // Servers and backups in one country are where the hoster is, as far as anybody searches by it.
    hoster.place.country = countries
        .first()
        .filter(|first| countries.iter().all(|country| country == *first))
        .copied();
    let in_band = fields.keep_if("inBandRegistration", as_flag);
    let free = fields.read("freeOfCharge", as_flag);
    service.price = free.map(|free| Price {
        kind: if free {
            PriceKind::Free
        } else {
            PriceKind::Paid
        },
        text: None,
    });
    service.registration = match (free, in_band) {
        (Some(false), _) => Some(Registration::Paid),
        (_, Some(true)) => Some(Registration::Free),
        // The directory finds out whether accounts are made in the program: the file does not say.
        _ => None,
    };
    service.other = fields.finish();
    found.hosters.push(hoster);
    found.services.push(service);
    Ok(found)
}

/// Whether a service is one that such a file can be about.
pub fn is_one(service: &Service) -> bool {
    let software = service.software.as_ref();
    software.is_some_and(|id| id.as_str() == SOFTWARE)
}

/// Reads addresses of pages by language, and keeps those that are right.
fn pages(fields: &mut Fields, key: &str) -> BTreeMap<String, Link> {
    let Some(value) = fields.take(key) else {
        return BTreeMap::new();
    };
    let Value::Object(all) = value else {
        fields.complain(key, "is ignored: is no object of languages and addresses");
        return BTreeMap::new();
    };
    if all.len() > MAX_ITEMS {
        fields.complain(
            key,
            format_args!("only the first {MAX_ITEMS} languages are read"),
        );
    }
    let mut pages = BTreeMap::new();
    for (language, address) in all.iter().take(MAX_ITEMS) {
        let problem = match (as_language(&json!(language)), as_link(address)) {
            (Ok(_), Ok(link)) if is_secure(&link) => {
                pages.insert(language.clone(), link);
                continue;
            }
            (Err(problem), _) | (_, Err(problem)) => problem,
            _ => "does not begin with https://".to_owned(),
        };
        fields.complain(
            &format!("{key}.{language}"),
            format_args!("is ignored: {problem}"),
        );
    }
    fields.keep(key, &json!(pages));
    pages
}

fn is_secure(link: &Link) -> bool {
    link.as_url().scheme() == "https"
}

fn as_organization(value: &Value) -> Result<Organization, String> {
    Organization::from_word(as_text(value)?).ok_or_else(|| {
        let words: Vec<_> = Organization::ALL.iter().map(|one| one.word()).collect();
        format!("is none of {}", words.join(", "))
    })
}

/// Which of our forms a provider's is; an association, a co-operative and a group are one word there.
fn legal_form(organization: Organization) -> Option<LegalForm> {
    match organization {
        Organization::Company => Some(LegalForm::Company),
        Organization::CommercialPerson | Organization::PrivatePerson => Some(LegalForm::Individual),
        Organization::Governmental | Organization::NonGovernmental => None,
    }
}

fn as_number(value: &Value) -> Result<i64, &'static str> {
    let number = value.as_i64().filter(|number| *number >= -1);
    number.ok_or("is no whole number from -1")
}

fn as_date(value: &Value) -> Result<PartialDate, String> {
    PartialDate::parse(as_text(value)?).map_err(|error| error.to_string())
}

fn as_country(value: &Value) -> Result<CountryCode, String> {
    CountryCode::parse(as_text(value)?).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
