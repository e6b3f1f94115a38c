//! What a line of text asks for: a name or postcode, and what it has to agree with (`qualifier`).
//!
//! A text is read in several ways, the strictest first, and the first way that finds anything is the
//! answer: the part before a comma is the name and the rest qualifies it; then brackets and slashes
//! count as commas; then the last words qualify the first ones (`Paris Texas`, `69007 Lyon`); and at last
//! what nobody knows is left out (`Toulouse, Occitanie`). What is known and contradicts is never left out:
//! `Paris, Allemagne` finds nothing.

use super::super::fold::fold;
use super::key::{place_key, postcode_key};
use super::qualifier::{Qualifier, agreeing};
use super::rank::Hit;
use super::rows::Rows;

/// More words than any address with a town has; what is longer is cut.
const MOST_WORDS: usize = 12;

/// A postcode's town, its region and its country.
const MOST_QUALIFIERS: usize = 3;

/// Countries whose full postcodes have an inner part that the table leaves out, and its length
/// (`H2X 1Y4` is `H2X`).
const INNER_PART: [(&str, usize); 6] = [
    ("CA", 3),
    ("GB", 3),
    ("PT", 3),
    ("NL", 2),
    ("IE", 4),
    ("MT", 4),
];

/// What ends a name: at first only this.
const COMMAS: &[char] = &[',', ';'];

/// Then also these, which some names contain (`Haag (Rheintal)`, `Biel/Bienne`).
const BRACKETS: &[char] = &[',', ';', '(', ')', '/'];

/// All that a text may mean, in no order.
pub fn answer(rows: &Rows, text: &str) -> Vec<Hit> {
    let ways = [
        (COMMAS, false),
        (BRACKETS, false),
        (COMMAS, true),
        (BRACKETS, true),
    ];
    ways.iter()
        .map(|(separators, lenient)| read(rows, &parts(text, separators), *lenient))
        .find(|hits| !hits.is_empty())
        .unwrap_or_else(|| without_numbers(rows, text))
}

/// Those of the hits that agree with every qualifier in the text after its name.
pub fn qualified(rows: &Rows, text: &str, hits: Vec<Hit>) -> Vec<Hit> {
    let parts = parts(text, BRACKETS);
    let qualifiers = Qualifier::parse_all(rows, parts.get(1..).unwrap_or_default());
    agreeing(rows, hits, &qualifiers, true)
}

/// The part of a text that is a name.
pub fn name_part(text: &str) -> &str {
    text.split(BRACKETS).next().unwrap_or_default()
}

fn parts<'a>(text: &'a str, separators: &[char]) -> Vec<&'a str> {
    let parts = text.split(separators).filter(|part| !fold(part).is_empty());
    parts.take(MOST_WORDS).collect()
}

/// The first parts are the name and the others qualify it. A name may have a comma itself, but rarely.
fn read(rows: &Rows, parts: &[&str], lenient: bool) -> Vec<Hit> {
    let splits = || (1..=parts.len()).map(|length| parts.split_at(length));
    let whole = splits().map(|(name, rest)| {
        let hits = named(rows, &name.join(" "));
        agreeing(rows, hits, &Qualifier::parse_all(rows, rest), lenient)
    });
    let by_words = splits().map(|(name, rest)| read_words(rows, &name.join(" "), rest, lenient));
    whole
        .chain(by_words)
        .find(|hits| !hits.is_empty())
        .unwrap_or_default()
}

/// The first words are the name and the others qualify it, before the parts that follow do.
fn read_words(rows: &Rows, text: &str, parts: &[&str], lenient: bool) -> Vec<Hit> {
    let words = fold(text);
    let words: Vec<&str> = words.split(' ').take(MOST_WORDS).collect();
    (1..words.len())
        .rev()
        .filter_map(|length| {
            let hits = named(rows, &words[..length].join(" "));
            if hits.is_empty() {
                return None;
            }
            let mut qualifiers = Qualifier::parse_words(rows, &words[length..], MOST_QUALIFIERS)?;
            qualifiers.extend(Qualifier::parse_all(rows, parts));
            Some(agreeing(rows, hits, &qualifiers, lenient))
        })
        .find(|hits| !hits.is_empty())
        .unwrap_or_default()
}

/// `69361 Lyon Cedex 07`: postcodes of companies are in no table, but the town is there.
fn without_numbers(rows: &Rows, text: &str) -> Vec<Hit> {
    let is_number = |word: &str| word.bytes().all(|letter| letter.is_ascii_digit());
    let words: Vec<&str> = text.split_whitespace().collect();
    let named: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !is_number(word))
        .collect();
    if named.is_empty() || named.len() == words.len() {
        return Vec::new();
    }
    read(rows, &parts(&named.join(" "), COMMAS), true)
}

/// Everything with this name or postcode.
fn named(rows: &Rows, text: &str) -> Vec<Hit> {
    let mut hits: Vec<Hit> = rows.named(&place_key(text)).collect();
    let code = postcode_key(text);
    hits.extend(rows.postcodes(&code));
    if hits.is_empty() && code.is_ascii() && code.bytes().any(|letter| letter.is_ascii_digit()) {
        for (country, inner) in INNER_PART {
            let outer = code.len().checked_sub(inner).map(|length| &code[..length]);
            let codes = rows.postcodes(outer.unwrap_or_default());
            hits.extend(codes.filter(|hit| rows.country_code(hit.place) == country));
        }
    }
    hits
}
