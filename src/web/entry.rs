//! One result, as a line of a pilot's book: who, how far, how to get in, why, and one way there.

use crate::catalogue::Edition;
use crate::domain::collective::Standing;
use crate::domain::hoster::{Hoster, LanguageCode};
use crate::domain::provenance::{Age, Source};
use crate::domain::service::{Price, Service};
use crate::domain::text::Link;
use crate::search::Hit;
use crate::search::rank::Score;
use crate::search::reason::Reason;

use super::facts::{Dated, dated};
use super::locale::Locale;
use super::{island, sentences};

/// How many reasons are shown before "why?" is opened.
const REASONS_SHOWN: usize = 3;
/// The width of a factor's bar, in its own units.
const BAR_UNITS: f32 = 100.0;

/// A result, in words.
pub struct Entry<'a> {
    pub service: &'a Service,
    pub hoster: &'a Hoster,
    pub island: String,
    pub place: Option<String>,
    pub distance: Option<String>,
    pub direction: Option<&'static str>,
    /// The needle's turn, in degrees from north.
    pub bearing: u32,
    pub place_unknown: bool,
    /// What is known of the way in, the room, the price and the languages.
    pub terms: Vec<Term>,
    /// What of these nobody says, one after another.
    pub unsaid: Option<String>,
    pub reasons: Vec<String>,
    pub standing: Standing,
    pub standing_text: String,
    pub source: Dated,
    pub go: Option<&'a Link>,
    /// The button's words for those who hear it out of its place.
    pub go_label: String,
    pub factors: Vec<Factor>,
    /// Whether its links lead somewhere; those of a preview do not.
    pub leads: bool,
}

/// What one gets, as far as it is known.
pub struct Term {
    pub name: &'static str,
    pub value: String,
    pub is_stale: bool,
}

/// One factor of a score.
pub struct Factor {
    pub name: String,
    pub share: String,
    pub width: u32,
    pub sentence: String,
}

impl<'a> Entry<'a> {
    /// Puts a hit into words.
    pub fn new(edition: &'a Edition, hit: &Hit, l: &'static Locale) -> Self {
        let service = &edition.services[hit.service];
        let hoster = &edition.hosters[hit.hoster];
        let reasons = hit.reasons(service, hoster, edition.taxonomy());
        let told = reasons.iter().filter(|reason| !is_shown_elsewhere(reason));
        let (terms, unsaid) = terms(edition, service, hoster, l);
        Self {
            island: island::land_only(hoster.id.as_str()),
            place: place(hoster),
            distance: hit
                .distance
                .map(|distance| sentences::distance(distance.km, l)),
            direction: hit
                .distance
                .map(|distance| l.t(sentences::compass(distance.direction))),
            bearing: hit
                .distance
                .map_or(0, |distance| distance.heading.round() as u32),
            place_unknown: hit.place_asked && hit.distance.is_none(),
            terms,
            unsaid,
            reasons: told
                .take(REASONS_SHOWN)
                .map(|reason| sentences::reason(reason, l))
                .collect(),
            standing: hit.standing,
            standing_text: l.t(&format!("standing.{}", hit.standing.word())).to_owned(),
            source: dated(&service.source, edition.day(), l),
            go: service.way_in(hoster),
            go_label: l.with2(
                "result.go.label",
                ("name", &service.name),
                ("hoster", &hoster.name),
            ),
            factors: factors(&hit.score, &reasons, l),
            leads: true,
            service,
            hoster,
        }
    }

    /// The same before it is published, so that nobody leaves a form by a link of it.
    pub fn preview(edition: &'a Edition, hit: &Hit, l: &'static Locale) -> Self {
        let mut entry = Self::new(edition, hit, l);
        entry.leads = false;
        entry.source.by.href = None;
        entry
    }
}

/// A price, in the hoster's words where it gave some.
pub fn price_text(price: &Price, l: &Locale) -> String {
    match &price.text {
        Some(text) => text.get(l.language).to_owned(),
        None => l.t(&format!("price.{}", price.kind.word())).to_owned(),
    }
}

/// The names of languages, one after another.
pub fn languages(codes: &[LanguageCode], l: &Locale) -> Option<String> {
    let names: Vec<&str> = codes.iter().map(|code| language_name(code, l)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A language's name; its code where the interface has no name for it.
pub fn language_name<'a>(code: &'a LanguageCode, l: &'a Locale) -> &'a str {
    l.find(&format!("language.{}", code.as_str()))
        .unwrap_or(code.as_str())
}

/// The town a hoster names, if any.
pub fn place(hoster: &Hoster) -> Option<String> {
    hoster.place.city.as_ref().map(ToString::to_string)
}

/// The terms that are known, and the names of those that are not.
fn terms(
    edition: &Edition,
    service: &Service,
    hoster: &Hoster,
    l: &'static Locale,
) -> (Vec<Term>, Option<String>) {
    let is_stale = |source: &Source| source.age(edition.day()) == Age::Stale;
    let registration = service
        .registration
        .map(|way| sentences::registration(way, l));
    let room = service
        .capacity
        .and_then(|capacity| capacity.room)
        .map(|room| l.t(&format!("room.{}", room.word())).to_owned());
    let price = service.price.as_ref().map(|price| price_text(price, l));
    let languages = languages(&hoster.languages, l);
    let (mut known, mut unsaid) = (Vec::new(), Vec::new());
    for (name, value, source) in [
        (
            l.t("term.in"),
            registration,
            service.source_of("registration"),
        ),
        (l.t("term.room"), room, service.source_of("capacity")),
        (l.t("term.price"), price, service.source_of("price")),
        (
            l.t("term.languages"),
            languages,
            hoster.source_of("languages"),
        ),
    ] {
        match value {
            Some(value) => known.push(Term {
                name,
                value,
                is_stale: is_stale(source),
            }),
            None => unsaid.push(name.to_lowercase()),
        }
    }
    (known, (!unsaid.is_empty()).then(|| unsaid.join(", ")))
}

/// Distance, age and the way in have lines of their own, and that nobody measured is the same for all.
/// A way in that still counts is told again, since its sentence says what the word means.
fn is_shown_elsewhere(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Distance { .. }
            | Reason::PlaceUnknown
            | Reason::Access {
                age: Age::Stale,
                ..
            }
            | Reason::AccessUnknown
            | Reason::Facts { .. }
            | Reason::NotMeasured
    )
}

fn factors(score: &Score, reasons: &[Reason], l: &Locale) -> Vec<Factor> {
    let because = |is_about: fn(&Reason) -> bool| {
        let sentences = reasons
            .iter()
            .filter(|reason| is_about(reason))
            .map(|reason| sentences::reason(reason, l));
        sentences.collect::<Vec<_>>().join(" ")
    };
    let text = l
        .t(if score.text < 1.0 {
            "score.text.partly"
        } else {
            "score.text.whole"
        })
        .to_owned();
    let fit = because(|reason| {
        use Reason::{Access, AccessUnknown, Closing, Full, MadeForIt, Room, ThroughSuite};
        matches!(
            reason,
            MadeForIt
                | ThroughSuite { .. }
                | Access { .. }
                | AccessUnknown
                | Full
                | Room { .. }
                | Reason::Size { .. }
                | Closing { .. }
        )
    });
    let nearness =
        because(|reason| matches!(reason, Reason::Distance { .. } | Reason::PlaceUnknown));
    let nearness = if nearness.is_empty() {
        l.t("score.nearness.notasked").to_owned()
    } else {
        format!("{nearness} {}", l.t("score.nearness.halves"))
    };
    let availability = because(|reason| {
        matches!(
            reason,
            Reason::Up { .. } | Reason::Down { .. } | Reason::NotMeasured
        )
    });
    let freshness = because(|reason| matches!(reason, Reason::Facts { .. }));
    [
        ("score.text", score.text, text),
        ("score.fit", score.fit, fit),
        ("score.nearness", score.nearness, nearness),
        ("score.availability", score.availability, availability),
        ("score.freshness", score.freshness, freshness),
    ]
    .into_iter()
    .map(|(key, share, sentence)| Factor {
        name: l.t(key).to_owned(),
        share: l.share(share),
        width: (share * BAR_UNITS).round() as u32,
        sentence,
    })
    .collect()
}
