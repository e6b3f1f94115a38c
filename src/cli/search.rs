//! `archipelago search`: the site's search in a terminal.

mod list;

use clap::Args;

use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::localized::Language;
use crate::search::query::{FieldError, Query};
use crate::store::without_password;
use crate::web::api::search::search_document;
use crate::web::locale::Locale;
use crate::web::sentences;

use super::database::{self, FILL_IT};
use super::{Failure, output};

/// Arguments of `search`: the parameters of the page and the API. Those that may be given several
/// times also take `a,b`.
#[derive(Debug, Args)]
pub(super) struct Search {
    /// What you look for, in your words
    words: Vec<String>,
    /// A need: polls, pads…
    #[arg(long, value_name = "ID")]
    need: Option<String>,
    /// The service you leave: framadate, google-docs…
    #[arg(long, value_name = "SLUG")]
    leave: Option<String>,
    /// Near which place: a town, a postcode, or latitude,longitude
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    near: Option<String>,
    /// Only within so many kilometres of that place
    #[arg(long, value_name = "KM", allow_hyphen_values = true)]
    within: Option<String>,
    /// The way in: none, free, request, members, paid, closed
    #[arg(long, value_name = "WORD")]
    registration: Vec<String>,
    /// The kind of price: free, donation, membership, paid
    #[arg(long, value_name = "WORD")]
    price: Vec<String>,
    /// A language the hoster answers in: fr, en, de…
    #[arg(long, value_name = "CODE")]
    language: Vec<String>,
    /// The hoster's country: FR, BE, CH…
    #[arg(long, value_name = "CODE")]
    country: Vec<String>,
    /// The software: nextcloud, etherpad…
    #[arg(long, value_name = "ID")]
    software: Vec<String>,
    /// The hoster's standing: anchor, confirmed, claimed, reported, unknown, or any
    #[arg(long, value_name = "WORD")]
    standing: Vec<String>,
    /// The order: relevance, distance, name, recent
    #[arg(long, value_name = "WORD")]
    sort: Option<String>,
    /// The most results
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    limit: Option<String>,
    /// How many results to skip
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    offset: Option<String>,
    /// The language of the answer [default: that of the terminal, else French]
    #[arg(long, value_parser = ["fr", "en"])]
    lang: Option<String>,
    /// Print the answer as the API gives it
    #[arg(long)]
    json: bool,
}

impl Search {
    pub(super) async fn run(self, config: Config) -> Result<(), Failure> {
        let language = self
            .lang
            .as_deref()
            .and_then(Language::from_code)
            .unwrap_or_else(output::language);
        let l = Locale::of(language);
        let query = self.query().map_err(|errors| refused(&errors, l))?;
        let store = database::open_existing(&config).await?;
        let now = Clock::system().now();
        let catalogue = Catalogue::open(&store, config.choices(), now).await?;
        let edition = catalogue.current();
        if edition.hosters.is_empty() {
            let address = without_password(&config.database_url);
            return Err(Failure::said(format!(
                "the directory in {address} is empty: {FILL_IT}"
            )));
        }
        let document =
            search_document(&edition, &query, language).map_err(|errors| refused(&errors, l))?;
        if self.json {
            output::print_json(&document)
        } else {
            let style = list::Style {
                is_colourful: output::is_colourful(),
                width: output::width(),
            };
            output::print(&list::told(&edition, &document, l, style))
        }
    }

    /// The query, read as the API reads it, so that both refuse the same.
    fn query(&self) -> Result<Query, Vec<FieldError>> {
        let words = self.words.join(" ");
        let once = [
            ("need", &self.need),
            ("leave", &self.leave),
            ("near", &self.near),
            ("within", &self.within),
            ("sort", &self.sort),
            ("limit", &self.limit),
            ("offset", &self.offset),
        ];
        let often = [
            ("registration", &self.registration),
            ("price", &self.price),
            ("language", &self.language),
            ("country", &self.country),
            ("software", &self.software),
            ("standing", &self.standing),
        ];
        let once = once
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let often = often
            .iter()
            .flat_map(|(name, values)| values.iter().map(|value| (*name, value.as_str())));
        Query::from_pairs([("q", words.as_str())].into_iter().chain(once).chain(often))
    }
}

/// Every wrong flag with what is wrong with it, one a line. A name nobody knows is no wrong usage.
fn refused(errors: &[FieldError], l: &Locale) -> Failure {
    let told: Vec<String> = errors
        .iter()
        .map(|error| {
            let flag = if error.field == "q" {
                "WORDS".to_owned()
            } else {
                format!("--{}", error.field)
            };
            format!("{flag}: {}", sentences::field_error(error, l))
        })
        .collect();
    if errors.iter().all(FieldError::is_unknown) {
        Failure::said(told.join("\n"))
    } else {
        Failure::Usage(told.join("\n"))
    }
}
