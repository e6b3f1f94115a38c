//! Answers a question in one pass over the columns: hits, their order and the counts beside them.

use super::best::Best;
use super::columns::{End, HosterRow, Kind, ServiceRow};
use super::facets::{COUNTRY, LANGUAGE, NEED, PRICE, REGISTRATION, SOFTWARE, STANDING, Tally};
use super::fair::{self, Turns};
use super::matching::{Match, matches};
use super::query::Sort;
use super::question::Question;
use super::rank::{self, Answer, Score};
use super::{Distance, Hit, Index, Results};
use crate::domain::place::Cell;

/// Answers a question.
pub fn answer<'a>(index: &'a Index, question: &Question) -> Results<'a> {
    let plan = Plan::new(index, question);
    let rows = || index.columns.services.iter().enumerate();
    let admitted = || rows().filter(|(_, service)| plan.admits(service));
    let words = plan.words_to_match(admitted());
    let mut tally = Tally::new(index);
    let mut best = Best::new(question.query.offset + question.query.limit());
    let mut total = 0;
    for (row, service) in admitted().filter(|(row, _)| plan.words_matched(*row) >= words) {
        let failed = plan.failed(service);
        tally.add(failed, service, plan.hoster(service));
        if failed == 0 {
            total += 1;
            best.offer(plan.order(row, service), row as u32);
        }
    }
    let page = best.into_sorted().into_iter().skip(question.query.offset);
    Results {
        hits: page.map(|row| plan.hit(row as usize)).collect(),
        total,
        facets: tally.into_facets(index),
        loosened: total > 0 && usize::from(words) < question.words.len(),
    }
}

/// Everything that answers, in no order.
pub fn candidates(index: &Index, question: &Question) -> Vec<Hit> {
    let plan = Plan::new(index, question);
    let rows = index.columns.services.iter().enumerate();
    let answering = rows.filter(|(_, service)| plan.admits(service) && plan.failed(service) == 0);
    answering.map(|(row, _)| plan.hit(row)).collect()
}

/// A question turned into look-ups: what can be decided once is decided once.
struct Plan<'a> {
    index: &'a Index,
    question: &'a Question,
    words: Option<Match>,
    /// Per kind: the need it answers, and how.
    answers: Vec<Option<(usize, Answer)>>,
    software: Vec<bool>,
    countries: Vec<bool>,
    languages: u64,
    standings: u8,
    registrations: u8,
    prices: u8,
    /// Per hoster, kilometres to the place that was asked for; NaN where its place is not known.
    distances: Option<Vec<f64>>,
    excluded: Vec<u16>,
    turns: Turns,
}

impl<'a> Plan<'a> {
    fn new(index: &'a Index, question: &'a Question) -> Self {
        let columns = &index.columns;
        let query = &question.query;
        let chosen = |id: &str| query.software.iter().any(|software| software == id);
        let bits =
            |bits: &mut dyn Iterator<Item = usize>| bits.fold(0_u64, |set, bit| set | 1 << bit);
        Self {
            index,
            question,
            words: matches(&question.words, &index.lexicon, columns),
            answers: columns
                .kinds
                .iter()
                .map(|kind| answer_of(kind, &question.needs))
                .collect(),
            software: index
                .software
                .iter()
                .map(|id| chosen(id.as_str()))
                .collect(),
            countries: columns
                .countries
                .iter()
                .map(|country| query.country.contains(country))
                .collect(),
            languages: bits(&mut positions(&columns.languages, &query.language)),
            standings: bits(&mut question.standings.iter().map(|standing| *standing as usize))
                as u8,
            registrations: bits(
                &mut query
                    .registration
                    .iter()
                    .map(|registration| *registration as usize),
            ) as u8,
            prices: bits(&mut query.price.iter().map(|price| *price as usize)) as u8,
            distances: question.place.as_ref().map(|place| {
                let km = |hoster: &HosterRow| {
                    hoster
                        .coordinates
                        .map(|at| place.coordinates.distance_km(&at))
                };
                columns
                    .hosters
                    .iter()
                    .map(|hoster| km(hoster).unwrap_or(f64::NAN))
                    .collect()
            }),
            excluded: question
                .excluded_departures
                .iter()
                .map(|position| *position as u16)
                .collect(),
            turns: Turns::new(
                i64::from(index.today.to_epoch_days()),
                question
                    .place
                    .as_ref()
                    .map(|place| Cell::of(place.coordinates)),
            ),
        }
    }

    fn hoster(&self, service: &ServiceRow) -> &'a HosterRow {
        &self.index.columns.hosters[service.hoster as usize]
    }

    fn km(&self, service: &ServiceRow) -> Option<f64> {
        self.distances
            .as_ref()
            .map(|distances| distances[service.hoster as usize])
    }

    /// What no count concerns: the circle, and never what is being left.
    fn admits(&self, service: &ServiceRow) -> bool {
        let is_left = service
            .departure
            .is_some_and(|departure| self.excluded.contains(&departure));
        let is_within = match (self.question.query.within, self.km(service)) {
            (Some(within), Some(km)) => km <= f64::from(within),
            _ => true,
        };
        !is_left && is_within
    }

    fn words_matched(&self, row: usize) -> u8 {
        self.words.as_ref().map_or(0, |words| words.matched[row])
    }

    /// How many of the words a service must match: all of them, or as many as the best of those that
    /// pass every filter does. Words alone must match at least once; a need is an answer without.
    fn words_to_match<'r>(&self, rows: impl Iterator<Item = (usize, &'r ServiceRow)>) -> u8 {
        if self.words.is_none() {
            return 0;
        }
        let passing = rows.filter(|(_, service)| self.failed(service) == 0);
        let most = passing.map(|(row, _)| self.words_matched(row)).max();
        let least = u8::from(self.question.needs.is_empty());
        most.unwrap_or(0).max(least)
    }

    /// The filters a service fails.
    fn failed(&self, service: &ServiceRow) -> u8 {
        let query = &self.question.query;
        let hoster = self.hoster(service);
        let in_set =
            |set: u8, bit: Option<usize>| set == 0 || bit.is_some_and(|bit| set >> bit & 1 == 1);
        let passes = [
            (
                NEED,
                self.question.needs.is_empty() || self.answers[service.kind as usize].is_some(),
            ),
            (
                REGISTRATION,
                in_set(
                    self.registrations,
                    service
                        .registration
                        .map(|registration| registration as usize),
                ),
            ),
            (
                PRICE,
                in_set(self.prices, service.price.map(|price| price as usize)),
            ),
            (
                COUNTRY,
                query.country.is_empty()
                    || hoster
                        .country
                        .is_some_and(|country| self.countries[country as usize]),
            ),
            (
                LANGUAGE,
                query.language.is_empty() || hoster.languages & self.languages != 0,
            ),
            (
                SOFTWARE,
                query.software.is_empty()
                    || self
                        .software_of(service)
                        .is_some_and(|software| self.software[software]),
            ),
            (
                STANDING,
                in_set(self.standings, Some(hoster.standing as usize)),
            ),
        ];
        passes
            .into_iter()
            .filter(|(_, passes)| !passes)
            .fold(0, |failed, (filter, _)| failed | filter)
    }

    fn software_of(&self, service: &ServiceRow) -> Option<usize> {
        self.index.columns.kinds[service.kind as usize]
            .software
            .map(usize::from)
    }

    fn score(&self, row: usize, service: &ServiceRow) -> Score {
        let answer =
            self.answers[service.kind as usize].map_or(Answer::Directly, |(_, answer)| answer);
        let text = match &self.words {
            Some(words) => words.share(row).max(rank::NO_WORD_MATCHED),
            None => 1.0,
        };
        let nearness = match self.km(service) {
            None => 1.0,
            Some(km) if km.is_nan() => rank::NEARNESS_UNKNOWN,
            Some(km) => rank::nearness(km),
        };
        Score {
            text,
            fit: self.fit(service, answer),
            nearness,
            availability: service.availability,
            freshness: rank::freshness(service.ages.record),
        }
    }

    fn fit(&self, service: &ServiceRow, answer: Answer) -> f32 {
        match service.end {
            End::Announced => rank::NO_WAY_IN,
            End::None => rank::fit(answer, service.registration, service.room, service.ages),
        }
    }

    /// Where a service comes: the greater the earlier. The turn of the day decides among equals.
    fn order(&self, row: usize, service: &ServiceRow) -> u64 {
        let first = match self.question.query.sort {
            Sort::Relevance => fair::band(self.score(row, service).total()),
            Sort::Distance => match self.km(service) {
                Some(km) if !km.is_nan() => u32::MAX - (km * 10.0) as u32,
                _ => 0,
            },
            Sort::Name => u32::MAX - self.hoster(service).name_rank,
            Sort::Recent => u32::from(service.seen),
        };
        u64::from(first) << 32 | u64::from(self.turns.of(service.seed, service.declared))
    }

    fn hit(&self, row: usize) -> Hit {
        let service = &self.index.columns.services[row];
        let hoster = self.hoster(service);
        let own_need = usize::from(self.index.columns.kinds[service.kind as usize].need);
        let (need, answer) =
            self.answers[service.kind as usize].unwrap_or((own_need, Answer::Directly));
        let distance = self
            .question
            .place
            .as_ref()
            .zip(hoster.coordinates)
            .map(|(place, at)| Distance::between(place.coordinates, at));
        Hit {
            service: service.position as usize,
            hoster: hoster.position as usize,
            need,
            answer,
            score: self.score(row, service),
            distance,
            place_asked: self.question.place.is_some(),
            ages: service.ages,
            standing: hoster.standing,
            availability: self.index.availability[service.position as usize],
        }
    }
}

/// The first of the asked needs that a kind is made for, else the first its suite serves.
fn answer_of(kind: &Kind, needs: &[usize]) -> Option<(usize, Answer)> {
    let direct = needs
        .iter()
        .find(|need| kind.answers(**need) == Some(Answer::Directly));
    let either = || needs.iter().find(|need| kind.answers(**need).is_some());
    direct
        .or_else(either)
        .and_then(|need| Some((*need, kind.answers(*need)?)))
}

fn positions<'a, T: PartialEq>(all: &'a [T], chosen: &'a [T]) -> impl Iterator<Item = usize> + 'a {
    all.iter()
        .enumerate()
        .filter(|(_, item)| chosen.contains(item))
        .map(|(position, _)| position)
}
