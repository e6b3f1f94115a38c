//! Writing the file of an XMPP service.

use serde_json::{Map, Value, json};

use super::{FORMAT, Organization, as_organization, is_secure, legal_form};
use crate::domain::hoster::{Hoster, LegalForm};
use crate::domain::service::{PriceKind, Service};
use crate::formats::foreign::fields::{all_kept, kept};

/// Writes the file of a hoster's XMPP service: all that was kept of one, and what is known now. What is
/// not known is left out, which the directory takes for the worst.
pub fn write(hoster: &Hoster, service: &Service) -> Value {
    let mut file: Map<String, Value> = all_kept(&service.other, FORMAT)
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    let website = hoster.website.as_ref().filter(|link| is_secure(link));
    if let Some(website) = website {
        let known = file.get("website").and_then(Value::as_object);
        if !known.is_some_and(|pages| pages.values().any(|page| page == website.as_str())) {
            let language = hoster.languages.first().map_or("en", |code| code.as_str());
            file.insert("website".to_owned(), json!({ language: website }));
        }
    }
    let said =
        kept(&service.other, FORMAT, "organization").and_then(|word| as_organization(&word).ok());
    if let Some(form) = hoster.legal_form
        && said.and_then(legal_form) != Some(form)
    {
        file.insert("organization".to_owned(), json!(organization(form)));
    }
    if let Some(price) = &service.price {
        let free = matches!(price.kind, PriceKind::Free | PriceKind::Donation);
        file.insert("freeOfCharge".to_owned(), json!(free));
    }
    Value::Object(file)
}

fn organization(form: LegalForm) -> Organization {
    match form {
        LegalForm::Company => Organization::Company,
        LegalForm::Individual => Organization::PrivatePerson,
        LegalForm::Association
        | LegalForm::Informal
        | LegalForm::Cooperative
        | LegalForm::Foundation => Organization::NonGovernmental,
    }
}
