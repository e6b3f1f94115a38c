//! The answer to a search as bytes, put together from what each edition writes once of a service: byte for byte
//! what [`Document`](super::Document) is as JSON.

use std::io::Write;
use std::sync::Arc;

use serde::Serialize;

use crate::catalogue::{Edition, Part, Whose};
use crate::domain::localized::Language;
use crate::search::Hit;
use crate::search::query::{FieldError, Query};
use crate::search::rank::Answer;
use crate::search::reason::Reason;
use crate::web::api::facts::ServiceFacts;
use crate::web::locale::Locale;
use crate::web::sentences;

use super::{FacetObjects, Understood, rounded};

/// Most answers take no more bytes.
const LIKELY_BYTES: usize = 24 << 10;

/// Answers a query.
pub fn written(
    edition: &Edition,
    query: &Query,
    language: Language,
) -> Result<Vec<u8>, Vec<FieldError>> {
    let (question, results) = edition.ask(query, language)?;
    let mut out = Json(Vec::with_capacity(LIKELY_BYTES));
    out.raw(b"{\"total\":");
    out.value(&results.total);
    out.member("offset", &query.offset);
    out.member("limit", &query.limit());
    out.member("revision", &edition.revision);
    out.member("understood", &Understood::new(edition, &question, language));
    out.raw(b",\"results\":[");
    for (position, hit) in results.hits.iter().enumerate() {
        out.raw(if position == 0 { b"{" } else { b",{" });
        out.found(edition, hit, Locale::of(language));
        out.raw(b"}");
    }
    out.raw(b"],\"facets\":");
    FacetObjects::serialize(
        &results.facets,
        &mut serde_json::Serializer::new(&mut out.0),
    )
    .expect("counts of words are an object, and memory takes all");
    out.member("loosened", &results.loosened);
    out.raw(b"}");
    Ok(out.0)
}

/// A text of JSON under way.
struct Json(Vec<u8>);

impl Json {
    fn raw(&mut self, text: &[u8]) {
        self.0.extend_from_slice(text);
    }

    fn value(&mut self, value: &impl Serialize) {
        serde_json::to_writer(&mut self.0, value)
            .expect("its keys are texts, its numbers finite, and memory takes all");
    }

    /// A further member of an object; the name needs no escape.
    fn member(&mut self, name: &str, value: &impl Serialize) {
        write!(self.0, ",\"{name}\":").expect("memory takes all");
        self.value(value);
    }

    /// The members of a result.
    fn found(&mut self, edition: &Edition, hit: &Hit, l: &Locale) {
        let service = &edition.services[hit.service];
        let part = part(edition, hit, l);
        self.raw(&part.facts);
        let software = service.software.as_ref().map(|software| software.as_str());
        self.member(
            "via",
            &software.filter(|_| hit.answer == Answer::ThroughSuite),
        );
        let distance = hit.distance.as_ref();
        self.member(
            "distance_km",
            &distance.map(|distance| rounded(distance.km, 10.0)),
        );
        self.member("direction", &distance.map(|distance| distance.direction));
        self.member("score", &rounded(f64::from(hit.score.total()), 10_000.0));
        self.raw(b",\"reasons\":[");
        for reason in hit.reasons_of_the_question(service, edition.taxonomy()) {
            self.value(&sentences::reason(&reason, l));
            self.raw(b",");
        }
        self.raw(&part.reasons);
        self.raw(b"]");
    }
}

/// What is the same of a result whoever asks.
fn part(edition: &Edition, hit: &Hit, l: &Locale) -> Arc<Part> {
    let whose = Whose {
        service: hit.service,
        need: hit.need,
        language: l.language,
    };
    edition.parts.get_or_write(whose, || {
        let service = &edition.services[hit.service];
        let need = &edition.taxonomy().needs()[hit.need].id;
        let sentence = |reason: &Reason| sentences::reason(reason, l);
        let of_itself = hit.reasons_of_itself(service, &edition.hosters[hit.hoster]);
        let reasons: Vec<String> = of_itself.iter().map(sentence).collect();
        Part {
            facts: inside(&ServiceFacts::new(edition, service, need, l)),
            reasons: inside(&reasons),
        }
    })
}

/// An object or array of JSON without its brackets.
fn inside(value: &impl Serialize) -> Box<[u8]> {
    let mut json = Json(Vec::new());
    json.value(value);
    json.0[1..json.0.len() - 1].into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Vocabulary;
    use crate::domain::collective::Standing;
    use crate::formats::archipelago as format;
    use crate::store::Directory;
    use crate::web::api::search::search_document;

    fn edition() -> Edition {
        let shipped = include_bytes!("../../../../fixtures/data/hosters.json");
        let findings = format::read(shipped).unwrap();
        let directory = Directory::of(findings.hosters, findings.services);
        let vocabulary = Arc::new(Vocabulary::embedded());
        let now = "2026-11-30T00:00:00Z".parse().unwrap();
        Edition::build(vocabulary, directory, Standing::Reported, now)
    }

    #[test]
    fn what_is_put_together_is_what_the_document_says() {
        let edition = edition();
        let queries = [
            "",
            "need=polls&near=Lyon",
            "need=calendars&near=45.7,4.8&limit=100",
            "leave=framadate&within=50&near=Nantes",
            "q=nextcloud&sort=distance",
            "q=pad%20lyon&offset=3&limit=2",
            "q=qwertzuiop",
            "need=games",
            "country=DE&standing=any&limit=100",
        ];
        for (text, language) in queries
            .iter()
            .flat_map(|text| Language::ALL.map(|l| (text, l)))
        {
            let query = Query::from_query_string(text).unwrap();
            let document = search_document(&edition, &query, language).unwrap();
            let expected = serde_json::to_string(&document).unwrap();
            for _ in 0..2 {
                let written = written(&edition, &query, language).unwrap();
                assert_eq!(String::from_utf8(written).unwrap(), expected, "{text}");
            }
        }
    }
}
