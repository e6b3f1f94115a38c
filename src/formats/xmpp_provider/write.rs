//! Writing the file of an XMPP service, and a list of many as the directory of XMPP Providers has it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};
use url::Url;
use utoipa::ToSchema;

use super::{FORMAT, Organization, PATH, as_organization, is_secure, legal_form};
use crate::domain::hoster::{Hoster, LegalForm};
use crate::domain::provenance::{Source, SourceKind};
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

/// A list of providers, as it is written: by address, each property by its name.
#[derive(Serialize, ToSchema)]
#[schema(as = XmppProviders)]
pub struct Providers(BTreeMap<String, BTreeMap<String, Told>>);

/// A property of a provider, as it is written.
#[derive(Serialize, ToSchema)]
#[schema(as = XmppProperty)]
pub struct Told {
    content: Value,
    source: String,
}

/// Writes providers as `https://data.xmpp.net/providers/v2/providers.json` does: by address, each property with
/// its value and who says so. What their directory alone probes and judges (ratings, the category) is not there,
/// and neither is whose address only others name.
pub fn write_list<'a>(providers: impl IntoIterator<Item = (&'a Hoster, &'a Service)>) -> Providers {
    let mut list = BTreeMap::new();
    for (hoster, service) in providers {
        if let (Some(address), Value::Object(file)) = (address(service), write(hoster, service)) {
            let told = |(property, content): (String, Value)| {
                let source = source(&property, hoster, service).by.to_string();
                (property, Told { content, source })
            };
            list.entry(address)
                .or_insert_with(|| file.into_iter().map(told).collect());
        }
    }
    Providers(list)
}

/// The address of the server, of which accounts are named: where its file stands, or its hoster's node, which
/// serves that file.
fn address(service: &Service) -> Option<String> {
    let own = Url::parse(service.source.by.as_str()).ok()?;
    let is_its_file = own.path() == PATH && service.source.kind == SourceKind::OwnFile;
    let is_its_node = service.source.kind == SourceKind::OwnNode;
    let host = own.host_str().filter(|_| is_its_file || is_its_node)?;
    Some(host.to_owned())
}

/// Who says a property of the file.
fn source<'a>(property: &str, hoster: &'a Hoster, service: &'a Service) -> &'a Source {
    let is_kept = service.other.contains_key(&format!("{FORMAT}:{property}"));
    match property {
        "freeOfCharge" => service.source_of("price"),
        "website" if !is_kept => hoster.source_of("website"),
        "organization" if !is_kept => hoster.source_of("legal_form"),
        _ => &service.source,
    }
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
