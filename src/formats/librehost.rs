//! librehosters' `librehost.json` 0.0.1 of one hoster, and `directory.json`, which names many of those.
//!
//! Seventeen keys, and their validator refuses a file with any other: what is written has exactly these.
//! Read are also the names that drafts of the format had.

mod write;

pub use write::write;

use chrono::DateTime;
use serde_json::Value;

use super::foreign::fields::{Fields, as_flag, as_language, as_link, as_name, as_prose, as_text};
use super::foreign::{self, NotOfFormat};
use super::{Document, Findings, Format};
use crate::domain::date::PartialDate;
use crate::domain::fold::fold;
use crate::domain::hoster::LegalForm;
use crate::domain::provenance::SourceKind;
use crate::domain::taxonomy::Taxonomy;

/// The version of the format that is read and written.
pub const VERSION: &str = "0.0.1";
/// The largest file of one hoster that is read, in bytes: some fifty times a long one.
pub const MAX_BYTES: usize = 256 * 1024;
/// The largest directory that is read, in bytes: [`MAX_HOSTERS`] with long addresses.
pub const MAX_DIRECTORY_BYTES: usize = 1024 * 1024;
/// The most hosters that are read of one directory; librehosters had 57.
pub const MAX_HOSTERS: usize = 5_000;
/// The most languages that are read of one hoster.
const MAX_LANGUAGES: usize = 50;
/// What is kept of a file is kept under this name.
const FORMAT: &str = "librehost";
/// Names that drafts had, and what became of them.
const DRAFTS: [(&str, &str); 4] = [
    ("logoUrl", "logo"),
    ("privacyUrl", "privacyPolicyUrl"),
    ("tosUrl", "termsOfServiceUrl"),
    ("languages", "communicationLanguages"),
];

/// Reads the file of one hoster, which is called by the host of the address it was found at; one that was
/// found at none by that of its `homeUrl`.
///
/// What our nouns have no place for (`tagLine`, `logo`, keys nobody knows) is kept in
/// [`other`](crate::domain::hoster::Hoster::other).
pub fn read(document: &Document, _: &Taxonomy) -> Result<Findings, NotOfFormat> {
    const OTHER_SHAPE: &str =
        "the document has neither a name nor a homeUrl; is it of another format?";
    let fields = foreign::object(document.bytes, MAX_BYTES, OTHER_SHAPE)?;
    if !["name", "homeUrl"]
        .iter()
        .any(|key| fields.contains_key(*key))
    {
        return Err(NotOfFormat::OtherShape(OTHER_SHAPE));
    }
    let mut found = Findings::default();
    let mut fields = Fields::of(fields, String::new(), FORMAT, &mut found.complaints);
    for (draft, key) in DRAFTS {
        fields.rename(draft, key);
    }
    for key in ["@context", "@type"] {
        fields.ignore(key);
    }
    match fields.take("version") {
        Some(version) if version == VERSION => {}
        Some(version) => {
            let problem = format!("is {version}; the file is read as one of {VERSION}");
            fields.complain("version", problem);
        }
        None => fields.complain(
            "version",
            format_args!("is missing; it should be {VERSION}"),
        ),
    }
    let website = fields.read("homeUrl", as_link);
    let (id, _) = foreign::ids_at(foreign::site(document, website.as_ref()), FORMAT)?;
    let name = fields.read("name", as_name).unwrap_or_else(|| {
        fields.complain("name", "is missing; the host stands for it");
        foreign::as_name(id.as_str())
    });
    let mut hoster = foreign::hoster(id, name, foreign::source(SourceKind::OwnFile, document));
    hoster.website = website.or_else(|| foreign::home(document.url));
    for language in fields.list("communicationLanguages", MAX_LANGUAGES, as_language) {
        if !hoster.languages.contains(&language) {
            hoster.languages.push(language);
        }
    }
    let tag_line = fields.keep_if("tagLine", as_prose);
    // The file does not say in which of its languages it is written: most likely in the first.
    let language = hoster.languages.first().map(|language| language.as_str());
    hoster.description = fields
        .read("description", as_prose)
        .or(tag_line)
        .map(|text| foreign::localized(language, text));
    let form = fields.keep_if("organizationType", as_name);
    hoster.legal_form = form.and_then(|form| legal_form(form.as_str()));
    for key in [
        "logo",
        "contactUrl",
        "privacyPolicyUrl",
        "termsOfServiceUrl",
    ] {
        fields.keep_if(key, as_link);
    }
    fields.keep_if("isServiceProvider", as_flag);
    fields.keep_if("foundingDate", as_year);
    for key in ["dateCreated", "dateModified"] {
        fields.keep_if(key, as_moment);
    }
    hoster.other = fields.finish();
    found.hosters.push(hoster);
    Ok(found)
}

/// Reads `directory.json`: an object of names and addresses, each of which leads to a hoster's file.
pub fn read_directory(document: &Document, _: &Taxonomy) -> Result<Findings, NotOfFormat> {
    const OTHER_SHAPE: &str = "the document is no object of names and addresses";
    let entries = foreign::object(document.bytes, MAX_DIRECTORY_BYTES, OTHER_SHAPE)?;
    let mut found = Findings::default();
    if entries.len() > MAX_HOSTERS {
        let problem = format!("only the first {MAX_HOSTERS} hosters are read");
        found.complaints.add(None, "the document", &problem);
    }
    for (name, address) in entries.iter().take(MAX_HOSTERS) {
        match as_link(address) {
            Ok(link) => {
                let url = link.as_url().clone();
                found.leads.push(foreign::lead(url, Format::LibreHost));
            }
            Err(problem) => {
                let problem = format!("is ignored: {problem}");
                found.complaints.add(None, name, &problem);
            }
        }
    }
    if found.leads.is_empty() && !entries.is_empty() {
        return Err(NotOfFormat::OtherShape(OTHER_SHAPE));
    }
    Ok(found)
}

/// What a hoster is before the law, in the words hosters use: the format leaves them free.
fn legal_form(words: &str) -> Option<LegalForm> {
    const WORDS: [(&str, LegalForm); 10] = [
        ("informal", LegalForm::Informal),
        ("collective", LegalForm::Informal),
        ("cooperative", LegalForm::Cooperative),
        ("co operative", LegalForm::Cooperative),
        ("foundation", LegalForm::Foundation),
        ("association", LegalForm::Association),
        ("non profit", LegalForm::Association),
        ("nonprofit", LegalForm::Association),
        ("company", LegalForm::Company),
        ("individual", LegalForm::Individual),
    ];
    let words = format!(" {} ", fold(words));
    let is_said = |(word, _): &&(&str, LegalForm)| words.contains(&format!(" {word} "));
    WORDS.iter().find(is_said).map(|(_, form)| *form)
}

/// A year, or a longer date, as text or as a number.
fn as_year(value: &Value) -> Result<PartialDate, String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        other => as_text(other)?.to_owned(),
    };
    PartialDate::parse(&text).map_err(|error| error.to_string())
}

/// A moment (RFC 3339).
fn as_moment(value: &Value) -> Result<(), String> {
    DateTime::parse_from_rfc3339(as_text(value)?)
        .map(drop)
        .map_err(|_| "is no moment such as 2026-11-28T08:00:00Z".to_owned())
}

#[cfg(test)]
mod tests;
