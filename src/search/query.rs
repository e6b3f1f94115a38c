//! A question as it stands in an address: read from a query string, checked, and written back.
//!
//! The page, the API, the widget and the command line all speak this one language.

mod reader;

use url::form_urlencoded;

use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::service::{PriceKind, Registration};
use crate::domain::word::worded;

use reader::Reader;
pub use reader::{FieldError, Problem};

/// The longest text of one parameter, in characters.
pub const MAX_PARAMETER_CHARS: usize = 300;
/// The most values of one parameter that may be given several times.
pub const MAX_VALUES: usize = 20;
/// The most results one answer holds.
pub const MAX_LIMIT: usize = 100;
/// Results in an answer where nobody asks for more or fewer.
pub const DEFAULT_LIMIT: usize = 12;
/// The furthest result that can be asked for: a directory is searched, not downloaded.
pub const MAX_OFFSET: usize = 10_000;
/// The widest circle, in kilometres: half the way round the earth.
pub const MAX_WITHIN_KM: u32 = 20_000;

/// A question that is well formed; whether its need or place exists is asked by
/// [`Question`](super::question::Question).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Free words.
    pub q: Option<String>,
    /// A need's identifier.
    pub need: Option<String>,
    /// A departure's slug.
    pub leave: Option<String>,
    /// A place: a name, a postcode, or `latitude,longitude`.
    pub near: Option<String>,
    /// Only within so many kilometres of `near`.
    pub within: Option<u32>,
    /// Any of these ways in.
    pub registration: Vec<Registration>,
    /// Any of these kinds of price.
    pub price: Vec<PriceKind>,
    /// Any of these languages.
    pub language: Vec<LanguageCode>,
    /// Any of these countries.
    pub country: Vec<CountryCode>,
    /// Any of these software identifiers.
    pub software: Vec<String>,
    /// Which standings are shown.
    pub standing: StandingFilter,
    /// The order.
    pub sort: Sort,
    /// How many results.
    pub limit: Option<usize>,
    /// How many to skip.
    pub offset: usize,
}

/// Which standings are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum StandingFilter {
    /// What the directory's operator chose.
    #[default]
    Listed,
    /// All that is not blocked.
    Any,
    /// Exactly these.
    Only(Vec<Standing>),
}

/// The order of results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By score, equals taking turns.
    #[default]
    Relevance,
    /// Nearest first; what has no place comes last.
    Distance,
    /// By the hoster's name.
    Name,
    /// The freshest facts first.
    Recent,
}

worded!(Sort {
    Relevance = "relevance",
    Distance = "distance",
    Name = "name",
    Recent = "recent",
});

impl Query {
    /// Reads `name, value` pairs; parameters it does not know are left to others. Empty values count
    /// as not given, since that is what an empty form field sends. All errors are reported at once.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        for (name, value) in pairs {
            let value = value.trim();
            if !value.is_empty() {
                reader.read(name, value);
            }
        }
        reader.finish()
    }

    /// Reads a query string, without its question mark.
    pub fn from_query_string(text: &str) -> Result<Self, Vec<FieldError>> {
        let pairs: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
        Self::from_pairs(
            pairs
                .iter()
                .map(|(name, value)| (name.as_ref(), value.as_ref())),
        )
    }

    /// How many results an answer holds.
    pub fn limit(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// The same question as a query string, in a fixed order, defaults left out.
    pub fn to_query_string(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        let texts = [
            ("q", &self.q),
            ("need", &self.need),
            ("leave", &self.leave),
            ("near", &self.near),
        ];
        for (name, value) in texts {
            out.extend_pairs(value.iter().map(|value| (name, value)));
        }
        out.extend_pairs(self.within.iter().map(|km| ("within", km.to_string())));
        out.extend_pairs(
            self.registration
                .iter()
                .map(|value| ("registration", value.word())),
        );
        out.extend_pairs(self.price.iter().map(|value| ("price", value.word())));
        out.extend_pairs(
            self.language
                .iter()
                .map(|value| ("language", value.as_str())),
        );
        out.extend_pairs(self.country.iter().map(|value| ("country", value.as_str())));
        out.extend_pairs(self.software.iter().map(|value| ("software", value)));
        let standings: Vec<&str> = match &self.standing {
            StandingFilter::Listed => Vec::new(),
            StandingFilter::Any => vec!["any"],
            StandingFilter::Only(standings) => {
                standings.iter().map(|standing| standing.word()).collect()
            }
        };
        out.extend_pairs(standings.iter().map(|word| ("standing", word)));
        if self.sort != Sort::default() {
            out.append_pair("sort", self.sort.word());
        }
        out.extend_pairs(self.limit.iter().map(|limit| ("limit", limit.to_string())));
        if self.offset > 0 {
            out.append_pair("offset", &self.offset.to_string());
        }
        out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<(&'static str, Problem)> {
        let errors = Query::from_query_string(text).expect_err(text);
        errors
            .into_iter()
            .map(|error| (error.field, error.problem))
            .collect()
    }

    #[test]
    fn a_question_is_written_back_as_it_was_read() {
        for text in [
            "",
            "q=pad+libre&near=Lyon&within=50",
            "need=polls&registration=none&registration=free&price=free&language=fr&country=FR&software=nextcloud",
            "leave=framadate&standing=any&sort=distance&limit=5&offset=10",
            "standing=reported&standing=claimed",
        ] {
            assert_eq!(
                Query::from_query_string(text).unwrap().to_query_string(),
                text
            );
        }
    }

    #[test]
    fn lists_repetitions_and_empty_fields_mean_what_a_form_means() {
        let query = Query::from_query_string(
            "registration=none,free&registration=none&q=&near=+&utm_source=x",
        )
        .unwrap();
        assert_eq!(
            query,
            Query {
                registration: vec![Registration::None, Registration::Free],
                ..Query::default()
            }
        );
    }

    #[test]
    fn every_wrong_parameter_is_named_with_what_is_allowed() {
        assert_eq!(
            errors("limit=0&offset=-1&within=abc&country=FRA&sort=best"),
            [
                (
                    "limit",
                    Problem::Number {
                        min: 1,
                        max: MAX_LIMIT
                    }
                ),
                (
                    "offset",
                    Problem::Number {
                        min: 0,
                        max: MAX_OFFSET
                    }
                ),
                (
                    "within",
                    Problem::Number {
                        min: 1,
                        max: MAX_WITHIN_KM as usize
                    }
                ),
                ("country", Problem::Code),
                (
                    "sort",
                    Problem::Word("relevance, distance, name, recent".into())
                ),
            ]
        );
        assert_eq!(errors("within=5"), [("within", Problem::WithoutPlace)]);
        assert_eq!(
            errors("registration=yes&registration=no"),
            [(
                "registration",
                Problem::Word("none, free, request, members, paid, closed".into())
            )]
        );
        assert_eq!(
            errors(&format!("q={}", "a".repeat(MAX_PARAMETER_CHARS + 1))),
            [("q", Problem::TooLong)]
        );
        let many: Vec<String> = (0..=MAX_VALUES).map(|n| format!("s{n}")).collect();
        assert_eq!(
            errors(&format!("software={}", many.join(","))),
            [("software", Problem::TooMany)]
        );
        for (field, value) in [("registration", "none"), ("standing", "any")] {
            let often = vec![value; MAX_VALUES];
            assert!(Query::from_query_string(&format!("{field}={}", often.join(","))).is_ok());
            let once_more = format!("{field}={}&{field}={value}", often.join(","));
            assert_eq!(errors(&once_more), [(field, Problem::TooMany)]);
        }
    }
}
