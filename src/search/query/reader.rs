//! Reads parameters one by one and reports everything that is wrong with them at once.

use std::collections::HashMap;

use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::service::{PriceKind, Registration};

use super::{
    MAX_LIMIT, MAX_OFFSET, MAX_PARAMETER_CHARS, MAX_VALUES, MAX_WITHIN_KM, Query, Sort,
    StandingFilter,
};

/// What is wrong with one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The parameter's name.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// More than [`MAX_PARAMETER_CHARS`] characters.
    TooLong,
    /// More than [`MAX_VALUES`] values.
    TooMany,
    /// Not a whole number from `min` to `max`.
    Number {
        /// The least that is allowed.
        min: usize,
        /// The most that is allowed.
        max: usize,
    },
    /// None of the allowed words, which follow.
    Word(String),
    /// Not a code of two letters.
    Code,
    /// Not a moment (RFC 3339) or a day.
    Moment,
    /// `within` without `near`.
    WithoutPlace,
    /// Nothing of that name is known; what was meant may be among these.
    Unknown {
        /// Near matches, as they can be typed instead.
        similar: Vec<String>,
    },
}

impl FieldError {
    /// Whether the parameter is well formed but names nothing: an answer of status 404, else 400.
    pub fn is_unknown(&self) -> bool {
        matches!(self.problem, Problem::Unknown { .. })
    }
}

/// Collects parameters, and everything that is wrong with them.
#[derive(Default)]
pub(super) struct Reader {
    query: Query,
    /// How many values each parameter was given, the same one again included.
    given: HashMap<&'static str, usize>,
    errors: Vec<FieldError>,
}

impl Reader {
    /// Reads one parameter; those it does not know are left to others.
    pub(super) fn read(&mut self, name: &str, value: &str) {
        match name {
            "q" => self.query.q = self.text("q", value),
            "need" => self.query.need = self.text("need", value),
            "leave" => self.query.leave = self.text("leave", value),
            "near" => self.query.near = self.text("near", value),
            "within" => {
                self.query.within = self
                    .number("within", value, 1, MAX_WITHIN_KM as usize)
                    .map(|km| km as u32)
            }
            "registration" => self.words(
                "registration",
                value,
                Registration::ALL,
                Registration::word,
                |query| &mut query.registration,
            ),
            "price" => self.words("price", value, PriceKind::ALL, PriceKind::word, |query| {
                &mut query.price
            }),
            "language" => self.codes(
                "language",
                value,
                |code| LanguageCode::parse(code).ok(),
                |query| &mut query.language,
            ),
            "country" => self.codes(
                "country",
                value,
                |code| CountryCode::parse(code).ok(),
                |query| &mut query.country,
            ),
            "software" => {
                for id in listed(value) {
                    if let Some(id) = self.text("software", id) {
                        self.push("software", id, |query| &mut query.software);
                    }
                }
            }
            "standing" => self.standing(value),
            "sort" => match Sort::from_word(value) {
                Some(sort) => self.query.sort = sort,
                None => self.refuse("sort", allowed(Sort::ALL, Sort::word)),
            },
            "limit" => self.query.limit = self.number("limit", value, 1, MAX_LIMIT),
            "offset" => {
                self.query.offset = self
                    .number("offset", value, 0, MAX_OFFSET)
                    .unwrap_or_default()
            }
            _ => {}
        }
    }

    /// The query, or all that is wrong with it.
    pub(super) fn finish(mut self) -> Result<Query, Vec<FieldError>> {
        if self.query.within.is_some() && self.query.near.is_none() {
            self.refuse("within", Problem::WithoutPlace);
        }
        if self.errors.is_empty() {
            Ok(self.query)
        } else {
            Err(self.errors)
        }
    }

    fn standing(&mut self, value: &str) {
        for word in listed(value) {
            self.count("standing");
            if word == "any" {
                self.query.standing = StandingFilter::Any;
                continue;
            }
            match (Standing::from_word(word), &mut self.query.standing) {
                (Some(standing), StandingFilter::Only(known)) if !known.contains(&standing) => {
                    known.push(standing)
                }
                (Some(standing), StandingFilter::Listed) => {
                    self.query.standing = StandingFilter::Only(vec![standing])
                }
                (Some(_), _) => {}
                (None, _) => self.refuse("standing", allowed(Standing::ALL, Standing::word)),
            }
        }
    }

    fn text(&mut self, field: &'static str, value: &str) -> Option<String> {
        if value.chars().count() > MAX_PARAMETER_CHARS {
            self.refuse(field, Problem::TooLong);
            return None;
        }
        Some(value.to_owned())
    }

    fn number(
        &mut self,
        field: &'static str,
        value: &str,
        min: usize,
        max: usize,
    ) -> Option<usize> {
        let number = value
            .parse()
            .ok()
            .filter(|number| (min..=max).contains(number));
        if number.is_none() {
            self.refuse(field, Problem::Number { min, max });
        }
        number
    }

    fn words<T: Copy + PartialEq>(
        &mut self,
        field: &'static str,
        value: &str,
        all: &[T],
        word_of: fn(T) -> &'static str,
        of: fn(&mut Query) -> &mut Vec<T>,
    ) {
        for word in listed(value) {
            match all.iter().copied().find(|item| word_of(*item) == word) {
                Some(item) => self.push(field, item, of),
                None => self.refuse(field, allowed(all, word_of)),
            }
        }
    }

    fn codes<T: PartialEq>(
        &mut self,
        field: &'static str,
        value: &str,
        parse: fn(&str) -> Option<T>,
        of: fn(&mut Query) -> &mut Vec<T>,
    ) {
        for code in listed(value) {
            match parse(code) {
                Some(code) => self.push(field, code, of),
                None => self.refuse(field, Problem::Code),
            }
        }
    }

    fn push<T: PartialEq>(
        &mut self,
        field: &'static str,
        item: T,
        of: fn(&mut Query) -> &mut Vec<T>,
    ) {
        self.count(field);
        let items = of(&mut self.query);
        if items.len() < MAX_VALUES && !items.contains(&item) {
            items.push(item);
        }
    }

    /// Counts a value of a parameter.
    fn count(&mut self, field: &'static str) {
        let given = self.given.entry(field).or_default();
        *given += 1;
        if *given > MAX_VALUES {
            self.refuse(field, Problem::TooMany);
        }
    }

    /// One error a field is enough for its reader.
    fn refuse(&mut self, field: &'static str, problem: Problem) {
        if self.errors.iter().all(|error| error.field != field) {
            self.errors.push(FieldError { field, problem });
        }
    }
}

/// `a,b` is the same as the parameter given twice.
fn listed(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

fn allowed<T: Copy>(all: &[T], word_of: fn(T) -> &'static str) -> Problem {
    Problem::Word(
        all.iter()
            .map(|item| word_of(*item))
            .collect::<Vec<_>>()
            .join(", "),
    )
}
