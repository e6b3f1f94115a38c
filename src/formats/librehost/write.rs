//! Writing a hoster's file.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{FORMAT, VERSION, legal_form};
use crate::domain::hoster::{Hoster, LegalForm};
use crate::domain::localized::Language;
use crate::formats::foreign::fields::kept;

/// Writes the file of a hoster that was last `modified` then and offers services to others or not:
/// exactly the seventeen keys of 0.0.1. What is not known is an empty text, since every key must be there.
pub fn write(hoster: &Hoster, is_provider: bool, modified: DateTime<Utc>) -> Value {
    let other = |key: &str| kept(&hoster.other, FORMAT, key);
    let text = |key: &str| other(key).unwrap_or_else(|| json!(""));
    let moment = modified.to_rfc3339_opts(SecondsFormat::Secs, true);
    let language = hoster
        .languages
        .iter()
        .find_map(|code| Language::from_code(code.as_str()))
        .unwrap_or(Language::English);
    let description = hoster.description.as_ref().map(|text| text.get(language));
    let tag_line = other("tagLine");
    // A tag line that stood for the description, which there was none of.
    let description = description.filter(|text| tag_line.as_ref().is_none_or(|line| line != text));
    json!({
        "@context": "http://schema.org",
        "@type": "Organization",
        "version": VERSION,
        "organizationType": organization_type(hoster, other("organizationType")),
        "name": hoster.name,
        "tagLine": tag_line.unwrap_or_else(|| json!("")),
        "description": description.unwrap_or_default(),
        "homeUrl": hoster.website.as_ref().map_or("", |link| link.as_str()),
        "logo": text("logo"),
        "contactUrl": text("contactUrl"),
        "privacyPolicyUrl": text("privacyPolicyUrl"),
        "termsOfServiceUrl": text("termsOfServiceUrl"),
        "communicationLanguages": hoster.languages,
        "isServiceProvider": is_provider,
        "foundingDate": text("foundingDate"),
        "dateCreated": text("dateCreated"),
        "dateModified": moment,
    })
}

/// The hoster's own words, unless they say something else than what it is now.
fn organization_type(hoster: &Hoster, own_words: Option<Value>) -> Value {
    let said = own_words
        .as_ref()
        .and_then(Value::as_str)
        .and_then(legal_form);
    match (own_words, hoster.legal_form) {
        (Some(words), form) if said == form => words,
        (_, Some(LegalForm::Informal)) => json!("Informal collective"),
        (_, Some(LegalForm::Association)) => json!("Association"),
        (_, Some(LegalForm::Individual)) => json!("Individual"),
        (_, Some(LegalForm::Company)) => json!("Company"),
        (_, Some(LegalForm::Cooperative)) => json!("Cooperative"),
        (_, Some(LegalForm::Foundation)) => json!("Foundation"),
        (_, None) => json!(""),
    }
}
