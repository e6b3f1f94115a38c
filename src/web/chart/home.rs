//! The chart of the home page: hosters as islands, about where they really are.
//!
//! It shows some of them, spread well, and leaves the rest to the lists: it is a way in, not a map.

use super::sea::{self, Compass};
use super::spread::{self, Body};
use super::waters::Waters;
use super::{Drawing, Escaped, Patch, draw_island, label, width};

/// No more islands than these come on the chart.
const MOST_ISLANDS: usize = 18;
/// Of more spots than these only so many are looked at, evenly taken from the list: the chart of
/// 100 000 hosters costs what that of 2 000 does.
const MOST_CONSIDERED: usize = 2_000;

/// A hoster and where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot<'a> {
    /// Its id, from which its island comes.
    pub id: &'a str,
    /// Its name; the chart shortens it.
    pub name: &'a str,
    /// The town it is in.
    pub town: &'a str,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Where a touch of the island leads.
    pub href: String,
}

pub(super) const WIDTH: i32 = 560;
pub(super) const HEIGHT: i32 = 540;

/// What islands and their labels stay in.
const FRAME: Patch = Patch {
    left: 12,
    top: 14,
    right: WIDTH - 12,
    bottom: HEIGHT - 14,
};
/// An island's size, of its own canvas, and the line its label stands on, below its middle.
const PERCENT: i32 = 33;
const LABEL_LINE: i32 = 41;
/// The stylesheet's sizes of a label, in chart units, on a wide screen and on a narrow one.
const LABEL_SIZE: i32 = 13;
const NARROW_LABEL_SIZE: i32 = 23;

/// The content of an `<svg viewBox="0 0 560 540">`: some of the spots, well spread, and of several in
/// one place the first.
pub fn home(spots: &[Spot]) -> Option<Drawing> {
    let considered = evenly_taken(spots, MOST_CONSIDERED);
    let waters = Waters::of(
        considered
            .iter()
            .map(|spot| (spot.latitude, spot.longitude)),
    );
    let islands = placed(&considered, &waters);
    if islands.is_empty() {
        return None;
    }
    let taken: Vec<Patch> = islands.iter().map(|island| island.body.patch()).collect();
    let compass = Compass::with_room(&taken);

    let middles: Vec<(i32, i32)> = islands.iter().map(|island| island.body.at).collect();
    let mut markup = r#"<g aria-hidden="true">"#.to_owned() + &sea::depth_lines(&middles);
    sea::draw_graticule(&mut markup, &waters, &taken);
    sea::draw_soundings(&mut markup, &middles, compass.as_ref());
    if let Some(compass) = compass {
        compass.draw(&mut markup);
    }
    markup += "</g>";
    draw_islands(&mut markup, &islands);
    markup += &sea::neat_lines();
    Some(Drawing {
        svg: markup,
        islands: islands.len(),
    })
}

/// An island in its final place.
struct Placed<'a> {
    spot: &'a Spot<'a>,
    label: String,
    body: Body,
}

fn evenly_taken<'a>(spots: &'a [Spot<'a>], most: usize) -> Vec<&'a Spot<'a>> {
    let taken = spots.len().min(most);
    (0..taken)
        .map(|n| &spots[n * spots.len() / taken])
        .collect()
}

fn placed<'a>(spots: &[&'a Spot<'a>], waters: &Waters) -> Vec<Placed<'a>> {
    let here: Vec<_> = (spots.iter())
        .filter_map(|spot| Some((*spot, waters.project(spot.latitude, spot.longitude)?)))
        .collect();
    let points: Vec<_> = here.iter().map(|(_, point)| *point).collect();
    let picked = spread::pick(&points, MOST_ISLANDS);
    let labels: Vec<String> = picked.iter().map(|&at| label(here[at].0.name)).collect();
    let mut bodies: Vec<Body> = (picked.iter().zip(&labels))
        .map(|(&at, label)| Body {
            at: points[at],
            half_width: 36.max(width(label, LABEL_SIZE) / 2 + 4),
            above: 36,
            below: LABEL_LINE + 4,
        })
        .collect();
    let room = spread::make_room(&mut bodies, &FRAME);
    (picked.into_iter().zip(labels))
        .zip(bodies.into_iter().zip(room))
        .filter(|(_, (_, has_room))| *has_room)
        .map(|((at, label), (body, _))| Placed {
            spot: here[at].0,
            label,
            body,
        })
        .collect()
}

fn draw_islands(markup: &mut String, islands: &[Placed]) {
    let mut narrow_taken: Vec<Patch> = Vec::new();
    for Placed { spot, label, body } in islands {
        let (x, y) = body.at;
        let line = y + LABEL_LINE;
        // On a narrow screen labels are larger, so only those stay that then have room.
        let narrow = Patch::of_text(label, NARROW_LABEL_SIZE, x, line);
        let has_room = narrow.is_free_of(&narrow_taken) && narrow.is_inside(&FRAME);
        if has_room {
            narrow_taken.push(narrow);
        }
        let lesser = if has_room { "" } else { r#" class="lesser""# };
        let comma = if spot.town.is_empty() { "" } else { ", " };
        *markup += &format!(
            r#"<a href="{}" aria-label="{}{comma}{}">"#,
            Escaped(&spot.href),
            Escaped(spot.name),
            Escaped(spot.town),
        );
        draw_island(markup, spot.id, body.at, PERCENT);
        *markup += &format!(
            r#"<text{lesser} x="{x}" y="{line}">{}</text></a>"#,
            Escaped(label)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::island::dice::Dice;

    fn spot(id: &str, latitude: f64, longitude: f64) -> Spot<'_> {
        Spot {
            id,
            name: id,
            town: "Lyon",
            latitude,
            longitude,
            href: format!("/hosters/{id}"),
        }
    }

    /// Spots all over France, in an order that says nothing.
    fn all_over_france(ids: &[String]) -> Vec<Spot<'_>> {
        let mut dice = Dice::seeded_with("France");
        (ids.iter())
            .map(|id| {
                let (north, east) = (dice.below(800), dice.below(1_200));
                spot(
                    id,
                    43.0 + f64::from(north) / 100.0,
                    -5.0 + f64::from(east) / 100.0,
                )
            })
            .collect()
    }

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("hoster-{n}")).collect()
    }

    #[test]
    fn without_hosters_there_is_no_chart() {
        assert_eq!(home(&[]), None);
        assert_eq!(home(&[spot("nowhere", f64::NAN, 4.84)]), None);
    }

    #[test]
    fn one_hoster_is_shown_wherever_it_is() {
        for (latitude, longitude) in [(45.76, 4.84), (45.5, -73.57), (-21.1, 55.5), (-41.3, 174.8)]
        {
            assert_eq!(
                home(&[spot("hadoly", latitude, longitude)])
                    .unwrap()
                    .islands,
                1
            );
        }
    }

    #[test]
    fn islands_and_labels_never_overlap_nor_leave_the_chart() {
        for count in [2, 10, 20, 60, 500] {
            let ids = ids(count);
            let spots = all_over_france(&ids);
            let considered: Vec<&Spot> = spots.iter().collect();
            let islands = placed(&considered, &Waters::of([].into_iter()));
            let patches: Vec<Patch> = islands.iter().map(|island| island.body.patch()).collect();
            assert!(
                patches.len() <= MOST_ISLANDS && patches.len() * 3 >= count.min(MOST_ISLANDS) * 2
            );
            for (at, patch) in patches.iter().enumerate() {
                assert!(
                    patch.is_free_of(&patches[..at]) && patch.is_inside(&FRAME),
                    "{count}: {patch:?}"
                );
            }
        }
    }

    #[test]
    fn a_hundred_thousand_hosters_make_the_chart_of_two_thousand() {
        let ids = ids(100_000);
        let spots = all_over_france(&ids);
        assert_eq!(evenly_taken(&spots, MOST_CONSIDERED).len(), MOST_CONSIDERED);
        let drawing = home(&spots).unwrap();
        assert!((10..=MOST_ISLANDS).contains(&drawing.islands));
        assert_eq!(Some(drawing), home(&spots));
    }

    #[test]
    fn of_hosters_in_one_town_the_first_of_the_list_is_shown() {
        let town = [spot("hadoly", 45.76, 4.84), spot("numericoop", 45.76, 4.84)];
        let drawing = home(&town).unwrap();
        assert!(drawing.svg.contains("/hosters/hadoly"));
        assert_eq!(drawing.islands, 1);
    }

    #[test]
    fn names_are_escaped_and_nothing_is_styled_or_scripted_in_place() {
        let mut evil = spot("a", 45.76, 4.84);
        (evil.name, evil.href) = (r#"<script>"&'"#, r#"/"onclick="#.to_owned());
        let markup = home(&[evil]).unwrap().svg;
        assert!(
            !markup.contains("<script")
                && !markup.contains("style=")
                && !markup.contains(r#""onclick"#)
        );
        assert!(markup.contains(r#"aria-label="&lt;script&gt;&quot;&amp;&#39;, Lyon""#));
    }
}
