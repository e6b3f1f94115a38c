//! What lies between the islands of the home chart: depths, the graticule, the compass, the edge.
//!
//! For the look of a chart. Only the graticule is true.

use super::Patch;
use super::home::{HEIGHT, WIDTH};
use super::waters::Waters;
use crate::web::island::dice::Dice;

/// A compass letter, the same in every language here.
const NORTH: char = 'N';
const SOUTH: char = 'S';

/// Two rings of shallower water round all islands together: four strokes of the same dots, of which
/// each next covers the inside of the one before.
pub(super) fn depth_lines(islands: &[(i32, i32)]) -> String {
    let dots: String = (islands.iter())
        .map(|(x, y)| format!("M{x} {y}h0"))
        .collect();
    ["iso0", "iso00", "iso1", "iso2"]
        .map(|class| format!(r#"<path class="{class}" d="{dots}"/>"#))
        .concat()
}

/// Parallels with their degrees, where these are free, and meridians.
pub(super) fn draw_graticule(markup: &mut String, waters: &Waters, taken: &[Patch]) {
    for (degrees, y) in waters.parallels() {
        *markup += &format!(r#"<path class="grid" d="M8 {y}H{}"/>"#, WIDTH - 8);
        let hemisphere = match degrees {
            0 => String::new(),
            north if north > 0 => format!("\u{a0}{NORTH}"),
            _ => format!("\u{a0}{SOUTH}"),
        };
        let text = format!("{}°{hemisphere}", degrees.abs());
        if Patch::of_text(&text, 10, 28, y - 3).is_free_of(taken) {
            *markup += &format!(r#"<text class="degree" x="28" y="{}">{text}</text>"#, y - 3);
        }
    }
    for x in waters.meridians() {
        *markup += &format!(r#"<path class="grid" d="M{x} 8V{}"/>"#, HEIGHT - 8);
    }
}

/// Depths in open water, for the look of it: deeper where no island is near.
pub(super) fn draw_soundings(
    markup: &mut String,
    islands: &[(i32, i32)],
    compass: Option<&Compass>,
) {
    let mut dice = Dice::seeded_with("soundings");
    let mut apart = islands.to_vec();
    let compass = compass.map(Compass::patch);
    let (mut tries, mut sounded) = (0, 0);
    while tries < 400 && sounded < 26 {
        tries += 1;
        let (x, y) = (56 + dice.below(WIDTH - 80), 30 + dice.below(HEIGHT - 50));
        let nearest = apart
            .iter()
            .map(|at| (at.0 - x).pow(2) + (at.1 - y).pow(2))
            .min();
        let depth = nearest.unwrap_or(WIDTH.pow(2)).isqrt().min(120);
        let is_free = Patch::of_text("00", 10, x, y).is_free_of(compass.as_slice());
        if depth > 66 && is_free {
            *markup += &format!(
                r#"<text class="sounding" x="{x}" y="{y}">{}</text>"#,
                depth / 3 + dice.below(9)
            );
            apart.push((x, y - 20));
            sounded += 1;
        }
    }
}

/// Where the compass rose is.
pub(super) struct Compass {
    x: i32,
    y: i32,
}

impl Compass {
    /// The bay of Biscay, or else a corner, where no island is; nowhere if there is none.
    pub fn with_room(taken: &[Patch]) -> Option<Self> {
        [(96, 396), (80, 450), (480, 450), (480, 100), (80, 100)]
            .map(|(x, y)| Self { x, y })
            .into_iter()
            .find(|compass| compass.patch().is_free_of(taken))
    }

    /// Draws the rose.
    pub fn draw(&self, markup: &mut String) {
        let Self { x, y } = self;
        *markup += &format!(
            r#"<g class="compass" transform="translate({x} {y})">{ROSE}<text y="-57">{NORTH}</text></g>"#
        );
    }

    fn patch(&self) -> Patch {
        Patch {
            left: self.x - 54,
            top: self.y - 72,
            right: self.x + 54,
            bottom: self.y + 54,
        }
    }
}

const ROSE: &str = concat!(
    r#"<circle r="40"/><circle r="36"/>"#,
    r#"<path d="M0-52L6-6 52 0 6 6 0 52-6 6-52 0-6-6z"/>"#,
    r#"<path class="point" d="M0-52L6-6 0 0zM52 0L6 6 0 0zM0 52L-6 6 0 0zM-52 0L-6-6 0 0z"/>"#,
    r#"<path d="M22-22l-9 5M22 22l-9-5M-22 22l9-5M-22-22l9 5"/>"#,
);

/// The graduated edge.
pub(super) fn neat_lines() -> String {
    [("neat", "1", 2), ("grad", "4.5", 9), ("neat", "8", 16)]
        .map(|(class, corner, less)| {
            let (width, height) = (WIDTH - less, HEIGHT - less);
            format!(
                r#"<rect class="{class}" x="{corner}" y="{corner}" width="{width}" height="{height}"/>"#
            )
        })
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compass_goes_where_no_island_is() {
        let first = Compass::with_room(&[]).unwrap();
        let second = Compass::with_room(&[first.patch()]).unwrap();
        assert!(!second.patch().overlaps(&first.patch()));
        let everywhere = Patch {
            left: 0,
            top: 0,
            right: WIDTH,
            bottom: HEIGHT,
        };
        assert!(Compass::with_room(&[everywhere]).is_none());
    }

    #[test]
    fn soundings_keep_off_islands() {
        let mut markup = String::new();
        draw_soundings(&mut markup, &[(WIDTH / 2, HEIGHT / 2)], None);
        assert!(markup.matches("sounding").count() > 10);
        let full: Vec<(i32, i32)> = (0..144).map(|n| (n % 12 * 50, n / 12 * 50)).collect();
        let mut crowded = String::new();
        draw_soundings(&mut crowded, &full, None);
        assert_eq!(crowded, "");
    }
}
