//! A path of vouches as a ship's course: from whom this directory trusts from the start to a hoster.
//!
//! The stations lie left and right by turns, one below the other, so that names have room on a narrow
//! screen. An anchor, three dots and an island are told apart by their shapes, never by colour alone.

use std::fmt::Write;

use super::{Escaped, draw_island, label};

/// How wide a course is drawn.
pub const COURSE_WIDTH: i32 = 320;

/// Where stations lie, by turns.
const ACROSS: [i32; 2] = [88, 232];
/// Where the first lies, and how far it is from one to the next.
const DOWN: (i32, i32) = (44, 88);
/// What the last one and its name need below its middle.
const BELOW: i32 = 62;
/// How far a course stays from the middle of a station.
const CLEAR: i32 = 36;
/// From a station's middle to the line of its name.
const NAME_LINE: i32 = 50;
/// How large an island is, in percent of its canvas.
const ISLAND: i32 = 34;
/// More stations than this are not drawn, which no rule lets a path have.
const MOST_STATIONS: usize = 12;

/// The marks of stations that are no islands, on a canvas of 24 by 24.
const ANCHOR: &str =
    "M12 21V7M12 7a2 2 0 100-4 2 2 0 000 4zM8 10h8M4 14c0 4 4 7 8 7s8-3 8-7l-2.5 2M4 14l2.5 2";
const COLLECTIVE: &str = "M15 6a3 3 0 11-6 0 3 3 0 016 0zM9 16a3 3 0 11-6 0 3 3 0 016 0zM21 16a3 3 0 11-6 0 3 3 0 016 0zM10.5 8.6l-3 4.8M13.5 8.6l3 4.8M9 16h6";

/// Whom a course comes by.
#[derive(Debug, Clone)]
pub struct Station<'a> {
    /// Its name.
    pub name: &'a str,
    /// How it is drawn.
    pub mark: Mark<'a>,
}

/// How a station is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// A collective that is trusted from the start.
    Anchor,
    /// A hoster that is trusted from the start, by its identifier.
    AnchoredIsland(&'a str),
    /// A collective.
    Collective,
    /// A hoster, by its identifier.
    Island(&'a str),
}

/// A course that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// What goes inside the `<svg>`; all text in it is escaped.
    pub svg: String,
    /// How high it is; it is [`COURSE_WIDTH`] wide.
    pub height: i32,
}

/// Draws the way through some stations; `legs` are written between each two.
pub fn course(stations: &[Station<'_>], legs: &[String]) -> Course {
    let stations = &stations[..stations.len().min(MOST_STATIONS)];
    let last = stations.len().saturating_sub(1);
    let height = DOWN.0 + DOWN.1 * last as i32 + BELOW;
    let mut svg = format!(
        r#"<rect class="water" x=".5" y=".5" width="{}" height="{}"/>"#,
        COURSE_WIDTH - 1,
        height - 1
    );
    for (from, leg) in legs.iter().enumerate().take(last) {
        draw_leg(&mut svg, from, leg);
    }
    for (number, station) in stations.iter().enumerate() {
        draw_station(&mut svg, place(number), station);
    }
    Course { svg, height }
}

fn place(number: usize) -> (i32, i32) {
    (
        ACROSS[number % ACROSS.len()],
        DOWN.0 + DOWN.1 * number as i32,
    )
}

/// Out to the side of one station, down onto the next.
fn draw_leg(svg: &mut String, from: usize, words: &str) {
    let ((x1, y1), (x2, y2)) = (place(from), place(from + 1));
    let ahead = (x2 - x1).signum();
    let (start, end) = (x1 + ahead * CLEAR, y2 - CLEAR);
    let bend = x2 - ahead * 20;
    write!(
        svg,
        r#"<path class="leg" d="M{start} {y1}C{bend} {y1} {x2} {} {x2} {end}"/><path class="prow" d="M{x2} {end}l-5-9h10z"/><text class="date" x="{x2}" y="{}">{}</text>"#,
        y1 + 14,
        y1 - 14,
        Escaped(words)
    )
    .expect("a string takes all that is written");
}

fn draw_station(svg: &mut String, (x, y): (i32, i32), station: &Station<'_>) {
    match station.mark {
        Mark::Anchor => draw_mark(svg, (x, y), ANCHOR),
        Mark::Collective => draw_mark(svg, (x, y), COLLECTIVE),
        Mark::Island(id) => draw_island(svg, id, (x, y), ISLAND),
        Mark::AnchoredIsland(id) => {
            draw_island(svg, id, (x, y), ISLAND);
            draw_glyph(svg, (x - 46, y - 34), 1, ANCHOR);
        }
    }
    *svg += &format!(
        r#"<text x="{x}" y="{}">{}</text>"#,
        y + NAME_LINE,
        Escaped(&label(station.name))
    );
}

fn draw_mark(svg: &mut String, (x, y): (i32, i32), path: &str) {
    *svg += &format!(r#"<circle class="shoal" cx="{x}" cy="{y}" r="30"/>"#);
    draw_glyph(svg, (x - 24, y - 24), 2, path);
}

fn draw_glyph(svg: &mut String, (left, top): (i32, i32), scale: i32, path: &str) {
    *svg += &format!(
        r#"<path class="glyph" transform="translate({left} {top})scale({scale})" d="{path}"/>"#
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn station<'a>(name: &'a str, mark: Mark<'a>) -> Station<'a> {
        Station { name, mark }
    }

    #[test]
    fn every_station_is_named_and_every_leg_has_its_words() {
        let stations = [
            station("CHATONS", Mark::Anchor),
            station("A <b>hoster</b>", Mark::Island("a")),
        ];
        let drawn = course(&stations, &["until \"then\"".to_owned()]);
        assert!(drawn.svg.contains(">CHATONS<") && drawn.svg.contains("&lt;b&gt;"));
        assert!(drawn.svg.contains("until &quot;then&quot;"));
        assert!(!drawn.svg.contains("<b>"));
        assert_eq!(drawn.svg.matches(r#"class="leg""#).count(), 1);
        assert_eq!(drawn.height, DOWN.0 + DOWN.1 + BELOW);
    }

    #[test]
    fn one_that_is_trusted_from_the_start_lies_alone_beside_its_anchor() {
        let drawn = course(&[station("Us", Mark::AnchoredIsland("us"))], &[]);
        assert!(drawn.svg.contains("land") && drawn.svg.contains(ANCHOR));
        assert!(!drawn.svg.contains(r#"class="leg""#));
    }

    #[test]
    fn a_course_of_any_length_is_bounded() {
        let stations = vec![station("x", Mark::Collective); 1_000];
        let legs = vec![String::new(); 999];
        let drawn = course(&stations, &legs);
        assert_eq!(drawn.svg.matches("<circle").count(), MOST_STATIONS);
        assert_eq!(
            drawn.svg.matches(r#"class="leg""#).count(),
            MOST_STATIONS - 1
        );
        assert_eq!(course(&[], &[]).svg.matches("<text").count(), 0);
    }
}
