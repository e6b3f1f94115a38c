//! Results as a list to read: who, how far, how to get in, why, and the way there.

use crate::catalogue::Edition;
use crate::domain::provenance::Age;
use crate::search::reason::Reason;
use crate::web::api::search::{Document, Found, Understood};
use crate::web::locale::Locale;
use crate::web::sentences;

use crate::cli::output::wrapped;

/// Spaces before the lines of one result.
const INDENT: usize = 4;

/// How the list looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// With colours.
    pub is_colourful: bool,
    /// The longest line, in characters.
    pub width: usize,
}

/// The answer in words.
pub(super) fn told(edition: &Edition, document: &Document, l: &Locale, style: Style) -> String {
    let mut out = wrapped(&heading(edition, document, l), style.width, 0);
    if document.loosened && document.total > 0 {
        out.push_str(&wrapped(l.t("cli.loosened"), style.width, 0));
    }
    if !document.understood.other_places.is_empty() {
        let names = document.understood.other_places.join(" · ");
        out.push_str(&wrapped(
            &l.with("cli.places", "names", names),
            style.width,
            0,
        ));
    }
    if document.total == 0 {
        let help = if edition.overview.services == 0 {
            "cli.nothing.listed"
        } else {
            "cli.nothing.help"
        };
        out.push_str(&wrapped(l.t(help), style.width, 0));
    }
    for (position, found) in document.results.iter().enumerate() {
        out.push('\n');
        out.push_str(&entry(document.offset + position + 1, found, l, style));
    }
    let next = document.offset + document.results.len();
    if !document.results.is_empty() && next < document.total {
        let more = l
            .count("cli.more", document.total - next)
            .replace("{offset}", &next.to_string());
        out.push('\n');
        out.push_str(&wrapped(&more, style.width, 0));
    }
    out
}

/// How many services answer, and what the question was taken to mean.
fn heading(edition: &Edition, document: &Document, l: &Locale) -> String {
    let Understood {
        need,
        departure,
        place,
        ..
    } = &document.understood;
    let taxonomy = edition.taxonomy();
    let count = if document.total == 0 {
        l.t("cli.nothing").to_owned()
    } else {
        l.count("services.count", document.total)
    };
    let departure = departure
        .and_then(|slug| taxonomy.departure(slug))
        .map(|departure| departure.name.as_str());
    let need = need
        .and_then(|id| taxonomy.need(id))
        .map(|need| need.name.get(l.language).as_str());
    let place = place.as_ref().map(|place| {
        // The label is what can be asked for; it may name the place in another language.
        let named = if place.label.contains(&place.name) {
            place.label.clone()
        } else {
            format!("{} ({})", place.name, place.label)
        };
        format!("{} {named}", l.t("services.near"))
    });
    let parts = [Some(count), departure.or(need).map(str::to_owned), place];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn entry(number: usize, found: &Found, l: &Locale, style: Style) -> String {
    let facts = &found.facts;
    let town = facts.place.as_ref().and_then(|place| place.name);
    let by = match town {
        Some(town) => l.with2(
            "cli.by.town",
            ("hoster", &facts.hoster.name),
            ("town", &town),
        ),
        None => l.with("cli.by", "hoster", facts.hoster.name),
    };
    let paint = |code: &str, text: &str| {
        if style.is_colourful {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    };
    let number = format!("{:<INDENT$}", format!("{number}."));
    let length = INDENT + facts.name.chars().count() + 1 + by.chars().count();
    let between = if length > style.width {
        format!("\n{:INDENT$}", "")
    } else {
        " ".to_owned()
    };
    let mut out = format!(
        "{}{}{between}{by}\n",
        paint("2", &number),
        paint("1", facts.name)
    );
    out.push_str(&wrapped(&at_a_glance(found, l), style.width, INDENT));
    let reasons: Vec<String> = found
        .told
        .iter()
        .filter(|reason| says_more(reason))
        .map(|reason| sentences::reason(reason, l))
        .collect();
    out.push_str(&wrapped(&reasons.join(" "), style.width, INDENT));
    if let Some(url) = facts.url {
        out.push_str(&format!("{:INDENT$}{}\n", "", paint("4", url)));
    }
    out
}

/// What decides: how far, how to get in, what it costs, how old the word is.
fn at_a_glance(found: &Found, l: &Locale) -> String {
    let facts = &found.facts;
    let far = found.told.iter().find_map(|reason| match reason {
        Reason::Distance { km, direction } => Some(format!(
            "{} {}",
            sentences::distance(*km, l),
            l.t(sentences::compass(*direction))
        )),
        Reason::PlaceUnknown => Some(l.t("distance.unknown").to_owned()),
        _ => None,
    });
    let registration = facts
        .registration
        .map(|way| sentences::registration(way, l));
    let seen = match facts.provenance.seen_at {
        Some(seen) => {
            let age = l
                .t(&format!("cli.age.{}", facts.provenance.age.word()))
                .to_owned();
            l.with2("cli.seen", ("date", &l.date(seen)), ("age", &age))
        }
        None => l.t("cli.seen.undated").to_owned(),
    };
    let parts = [far, registration, facts.price.clone(), Some(seen)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Whether a reason says what the line above it does not.
fn says_more(reason: &Reason) -> bool {
    match reason {
        Reason::Distance { .. }
        | Reason::PlaceUnknown
        | Reason::Facts { .. }
        | Reason::NotMeasured => false,
        Reason::Access { age, unsourced, .. } => *age == Age::Stale || *unsourced,
        _ => true,
    }
}
