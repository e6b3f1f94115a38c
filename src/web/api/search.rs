//! `/api/v1/search`: the answer of the page and of the command line, as data.

mod written;

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::localized::Language;
use crate::domain::need::{NeedId, SoftwareId};
use crate::domain::place::{Compass, Coordinates, Place};
use crate::domain::service::{PriceKind, Registration};
use crate::search::Hit;
use crate::search::facets::{Counts, Facets};
use crate::search::query::{FieldError, Query};
use crate::search::question::Question;
use crate::search::rank::Answer;
use crate::search::reason::Reason;
use crate::web::locale::Locale;
use crate::web::page::{pairs, parameters};
use crate::web::sentences;

use super::answer::{language, send_kept};
use super::facts::ServiceFacts;
use super::parameters::Search;
use super::refused::{self, Refused};
use written::written;

/// The whole answer to a query.
#[derive(Serialize, ToSchema)]
pub struct Document<'a> {
    /// How many services answer in all.
    pub total: usize,
    /// How many were skipped.
    pub offset: usize,
    /// The most that were asked for.
    pub limit: usize,
    /// The directory's revision that answered.
    pub revision: u64,
    /// What the query was taken to mean.
    pub understood: Understood<'a>,
    /// The results, best first.
    pub results: Vec<Found<'a>>,
    /// For each filter, how many there would be with another choice of it.
    #[serde(serialize_with = "facets")]
    #[schema(value_type = FacetObjects)]
    pub facets: Arc<Facets>,
    /// Whether no service matched all words, so that those matching most of them are shown.
    pub loosened: bool,
}

/// What a query was taken to mean.
#[derive(Serialize, ToSchema)]
pub struct Understood<'a> {
    /// The need asked for, or the departure's main one.
    pub need: Option<&'a str>,
    /// The departure being left.
    pub departure: Option<&'a str>,
    /// The place asked for.
    pub place: Option<PlaceFound>,
    /// Other places of that name, as they can be asked for.
    pub other_places: Vec<String>,
    /// The software that the words name.
    pub software: Option<&'a str>,
    /// The words that names are searched for, folded: what is left when the rest was understood.
    pub words: Vec<String>,
}

/// A place that was asked for.
#[derive(Serialize, ToSchema)]
pub struct PlaceFound {
    /// Its name in the language of the answer.
    pub name: String,
    /// Its country.
    pub country: String,
    /// Where it is.
    #[serde(flatten)]
    pub coordinates: Coordinates,
    /// It in one line, as it can be asked for.
    pub label: String,
}

/// One service that answers.
#[derive(Serialize, ToSchema)]
pub struct Found<'a> {
    /// Its facts; the need is the one it answers.
    #[serde(flatten)]
    pub facts: ServiceFacts<'a>,
    /// The software whose suite serves the need, where the service is offered for another.
    pub via: Option<&'a str>,
    /// How far, to a tenth of a kilometre.
    pub distance_km: Option<f64>,
    /// In which direction.
    pub direction: Option<Compass>,
    /// From 0 to 1, to four places.
    pub score: f64,
    /// Why it stands where it stands, in sentences.
    pub reasons: Vec<String>,
    /// The same, for whoever words them otherwise.
    #[serde(skip)]
    pub told: Vec<Reason>,
}

/// How [`Facets`] are sent: each group's counts as an object, the most frequent first.
#[derive(Serialize, ToSchema)]
#[serde(remote = "Facets")]
struct FacetObjects {
    #[serde(serialize_with = "object")]
    #[schema(value_type = BTreeMap<String, usize>)]
    need: Counts<NeedId>,
    #[serde(serialize_with = "object")]
    #[schema(value_type = BTreeMap<String, usize>)]
    registration: Counts<Registration>,
    #[serde(serialize_with = "object")]
    #[schema(value_type = BTreeMap<String, usize>)]
    price: Counts<PriceKind>,
    #[serde(serialize_with = "object")]
    #[schema(value_type = BTreeMap<String, usize>)]
    country: Counts<CountryCode>,
    #[serde(serialize_with = "object")]
    #[schema(value_type = BTreeMap<String, usize>)]
    language: Counts<LanguageCode>,
    #[serde(serialize_with = "object")]
    #[schema(value_type = BTreeMap<String, usize>)]
    software: Counts<SoftwareId>,
    #[serde(serialize_with = "object")]
    #[schema(value_type = BTreeMap<String, usize>)]
    standing: Counts<Standing>,
}

fn facets<S: Serializer>(facets: &Arc<Facets>, serializer: S) -> Result<S::Ok, S::Error> {
    FacetObjects::serialize(facets, serializer)
}

/// Answers a query; the API and `archipelago search --json` say the same because both say this.
pub fn search_document<'a>(
    edition: &'a Edition,
    query: &Query,
    language: Language,
) -> Result<Document<'a>, Vec<FieldError>> {
    let l = Locale::of(language);
    let (question, results) = edition.ask(query, language)?;
    Ok(Document {
        total: results.total,
        offset: query.offset,
        limit: query.limit(),
        revision: edition.revision,
        understood: Understood::new(edition, &question, language),
        results: results
            .hits
            .iter()
            .map(|hit| Found::new(edition, hit, l))
            .collect(),
        facets: results.facets,
        loosened: results.loosened,
    })
}

/// `/search`
#[utoipa::path(
    get,
    path = "/search",
    operation_id = "search",
    params(Search),
    responses((status = 200, body = Document), (status = 404)),
)]
pub async fn answer(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let parameters = parameters(&request);
    let (query, language) =
        refused::both(Query::from_pairs(pairs(&parameters)), language(&parameters))?;
    let edition = catalogue.current();
    let question = format!("{}?{}", language.code(), query.to_query_string());
    let answer = edition.answers.get_or_write(question, || {
        written(&edition, &query, language).map_err(|errors| Refused::new(&errors, language))
    })?;
    Ok(send_kept(&request, answer))
}

impl<'a> Understood<'a> {
    fn new(edition: &'a Edition, question: &Question, language: Language) -> Self {
        let taxonomy = edition.taxonomy();
        Self {
            need: question
                .needs
                .first()
                .map(|need| taxonomy.needs()[*need].id.as_str()),
            departure: question
                .departure
                .map(|departure| taxonomy.departures()[departure].slug.as_str()),
            place: question
                .place
                .as_ref()
                .map(|place| PlaceFound::new(place, language)),
            other_places: question.other_places.iter().map(Place::label).collect(),
            software: question
                .software
                .map(|software| taxonomy.software()[software].id.as_str()),
            words: question.words.clone(),
        }
    }
}

impl PlaceFound {
    fn new(place: &Place, language: Language) -> Self {
        Self {
            name: place.name_in(language).to_owned(),
            country: place.country.clone(),
            coordinates: place.coordinates,
            label: place.label(),
        }
    }
}

impl<'a> Found<'a> {
    fn new(edition: &'a Edition, hit: &Hit, l: &Locale) -> Self {
        let service = &edition.services[hit.service];
        let need = &edition.taxonomy().needs()[hit.need].id;
        let told = hit.reasons(service, &edition.hosters[hit.hoster], edition.taxonomy());
        let facts = ServiceFacts::new(edition, service, need, l);
        Self {
            via: facts
                .software
                .filter(|_| hit.answer == Answer::ThroughSuite),
            distance_km: hit.distance.map(|distance| rounded(distance.km, 10.0)),
            direction: hit.distance.map(|distance| distance.direction),
            score: rounded(f64::from(hit.score.total()), 10_000.0),
            reasons: told
                .iter()
                .map(|reason| sentences::reason(reason, l))
                .collect(),
            facts,
            told,
        }
    }
}

/// Counts as an object, in their order.
fn object<K: Serialize, S: Serializer>(
    counts: &[(K, usize)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(value, count)| (value, count)))
}

fn rounded(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}
