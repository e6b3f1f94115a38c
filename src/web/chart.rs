//! Charts: hosters as islands on the sea, as the content of an `<svg>`.
//!
//! | file | what |
//! |---|---|
//! | `home` | the home page's chart: each island about where its hoster is |
//! | `course` | a path of vouches: from whom this directory trusts to a hoster |
//! | `profile` | counts over time, as a coast seen from the sea |
//! | `around` | the chart beside results: by distance and direction from the visitor |
//! | `map` | hosters where they are, before the land of the earth |
//! | `mercator` | where a place lies on the canvas of that land |
//! | `sea` | what lies between the home chart's islands |
//! | `spread` | which islands of many, and how they make room for each other |
//! | `waters` | which part of the earth the home chart shows |
//!
//! A chart is made of classes only, so the stylesheet colours it and a strict content security
//! policy lets it through. Captions and the `<svg>` with its label are the template's; here are only
//! names and numbers. What a chart says, a list beside it says too.

mod around;
mod course;
mod home;
pub mod map;
pub mod mercator;
mod profile;
mod sea;
mod spread;
mod waters;

pub use around::{Neighbour, RINGS_KM, around};
pub use course::{COURSE_WIDTH, Course, Mark, Station, course};
pub use home::{Spot, home};
pub use profile::{PROFILE_HEIGHT, land, months};

use std::fmt::{self, Display, Write};

use super::island;

/// A finished chart. There is none without a hoster to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// What goes inside the `<svg>`; all text in it is escaped.
    pub svg: String,
    /// How many hosters it shows; never none.
    pub islands: usize,
}

/// More of a name than this is not written beside an island.
const LONGEST_LABEL: usize = 16;

/// The part of a name that fits beside an island: without what is in brackets, and in whole words.
fn label(name: &str) -> String {
    shortened(name, LONGEST_LABEL)
}

/// A name without what is in brackets, in whole words, at most so many characters long.
pub fn shortened(name: &str, most: usize) -> String {
    let name = name.split(" (").next().unwrap_or(name).trim();
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let start: String = name.chars().take(most - 1).collect();
    let whole_words = start
        .rsplit_once(' ')
        .map_or(start.as_str(), |(words, _)| words);
    format!("{whole_words}…")
}

/// About how wide a text is in the stylesheet's italic serif, `size` units high. Rather too wide.
pub fn width(text: &str, size: i32) -> i32 {
    let tenths: i32 = (text.chars())
        .map(|letter| match letter {
            'i' | 'j' | 'l' | 'f' | 't' | ' ' | '.' | '-' | '’' => 3,
            'm' | 'w' | 'M' | 'W' | '…' => 9,
            letter if letter.is_uppercase() => 7,
            letter if (letter as u32) < 0x1100 => 5,
            _ => 11, // ideographs, emoji
        })
        .sum();
    (tenths * size + 9) / 10
}

/// What is taken on a chart: by an island, a label, the compass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Patch {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Patch {
    /// What a text takes that is centred on `x` and stands on the line `y`.
    fn of_text(text: &str, size: i32, x: i32, y: i32) -> Self {
        let half = width(text, size) / 2;
        Self {
            left: x - half,
            top: y - size * 4 / 5,
            right: x + half,
            bottom: y + size / 4,
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn is_inside(&self, other: &Self) -> bool {
        self.left >= other.left
            && self.right <= other.right
            && self.top >= other.top
            && self.bottom <= other.bottom
    }

    fn is_free_of(&self, others: &[Self]) -> bool {
        !others.iter().any(|other| self.overlaps(other))
    }
}

/// An island with its middle at a point, `percent` of its own canvas large.
///
/// A group rather than a nested `<svg>`, whose size a stylesheet's rule for charts would change.
fn draw_island(markup: &mut String, id: &str, (x, y): (i32, i32), percent: i32) {
    let half = island::SIDE * percent / 200;
    *markup += &format!(
        r#"<g transform="translate({} {})scale(.{percent:02})">{}</g>"#,
        x - half,
        y - half,
        island::land_only(id)
    );
}

/// A text, escaped for an element or an attribute in double quotes.
pub struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            letter => f.write_char(letter),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_the_name_without_brackets_in_whole_words() {
        assert_eq!(label("Infini"), "Infini");
        assert_eq!(label("Le PIC (Projet Internet et Citoyenneté)"), "Le PIC");
        assert_eq!(
            label("Alsace Réseau Neutre (sans-nuage.fr)"),
            "Alsace Réseau…"
        );
        assert_eq!(label("Donaudampfschifffahrt"), "Donaudampfschif…");
        assert_eq!(label(""), "");
    }
}
