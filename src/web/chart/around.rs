//! The chart beside the results: a visitor's buoy in the middle, hosters by distance and direction.
//!
//! It repeats what the list says, so it is one picture without links: the template gives its `<svg>`
//! `role="img"` and a label. Whoever is farther than the outermost ring can tell is left to the list.

use super::{Drawing, Escaped, Patch, draw_island, label};

/// The rings, for the caption.
pub const RINGS_KM: [u32; 3] = [50, 200, 800];
/// Who is farther away is not drawn.
const FARTHEST_KM: f64 = 1_200.0;
/// Of a longer list only so many, from the top, are drawn.
const MOST_NEIGHBOURS: usize = 60;

/// A hoster as seen from the visitor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour<'a> {
    /// Its id, from which its island comes.
    pub id: &'a str,
    /// Its name; the chart shortens it.
    pub name: &'a str,
    /// As the crow flies.
    pub km: f64,
    /// In which direction one sets out: 0 is north, 90 east.
    pub degrees: f64,
}

const SIDE: i32 = 320;
const MIDDLE: i32 = SIDE / 2;
const FRAME: Patch = Patch {
    left: 2,
    top: 2,
    right: SIDE - 2,
    bottom: SIDE - 2,
};
/// An island's size, of its own canvas, and half of that.
const PERCENT: i32 = 20;
const HALF: i32 = 20;
/// The innermost and the outermost place for an island, off the middle.
const RADII: (f64, f64) = (30.0, 140.0);
/// Two nearer than this become a number.
const CLOSEST: i32 = 30;
/// Nearer than this a direction says nothing, and the island stands north-west of the buoy, where
/// its label has room.
const HERE_KM: f64 = 1.5;
const HERE_DEGREES: f64 = 300.0;
const LABEL_SIZE: i32 = 13;
const RING_LABEL_SIZE: i32 = 10;
/// Where the visitor's place is written, below its buoy.
const PLACE_LINE: i32 = MIDDLE + 22;

/// The content of an `<svg viewBox="0 0 320 320">`: what lies around a place. A hoster with several
/// results is drawn once.
pub fn around(place: &str, neighbours: &[Neighbour]) -> Option<Drawing> {
    let place = label(place);
    let groups = grouped(neighbours);
    if groups.is_empty() {
        return None;
    }
    let mut taken = vec![
        Patch::of_text(&place, LABEL_SIZE, MIDDLE, PLACE_LINE),
        square(MIDDLE, MIDDLE, 10),
    ];
    let mut markup = String::new();
    taken.extend(
        groups
            .iter()
            .map(|group| square(group.x, group.y, HALF - 5)),
    );
    draw_rings(&mut markup, &mut taken);
    for group in &groups {
        group.draw(&mut markup, &mut taken);
    }
    markup += &format!(
        r#"<path class="buoy" d="M153 168l4.5-14h5l4.5 14zM160 154v-7"/><text x="{MIDDLE}" y="{PLACE_LINE}">{}</text>"#,
        Escaped(&place)
    );
    Some(Drawing {
        svg: markup,
        islands: groups.iter().map(|group| group.members.len()).sum(),
    })
}

/// Hosters too near to each other for an island each.
struct Group<'a> {
    x: i32,
    y: i32,
    members: Vec<&'a Neighbour<'a>>,
}

/// Each with the first group that it would cover; groups keep the place of their first member.
fn grouped<'a>(neighbours: &'a [Neighbour<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for neighbour in neighbours.iter().take(MOST_NEIGHBOURS) {
        let known = |group: &Group| group.members.iter().any(|other| other.id == neighbour.id);
        let is_near = (0.0..=FARTHEST_KM).contains(&neighbour.km) && neighbour.degrees.is_finite();
        if !is_near || groups.iter().any(known) {
            continue;
        }
        let (x, y) = position(neighbour);
        let covers =
            |group: &&mut Group| (group.x - x).pow(2) + (group.y - y).pow(2) < CLOSEST * CLOSEST;
        match groups.iter_mut().find(covers) {
            Some(group) => group.members.push(neighbour),
            None => groups.push(Group {
                x,
                y,
                members: vec![neighbour],
            }),
        }
    }
    groups
}

fn position(neighbour: &Neighbour) -> (i32, i32) {
    let is_here = neighbour.km < HERE_KM;
    let degrees = if is_here {
        HERE_DEGREES
    } else {
        neighbour.degrees
    };
    let (east, north) = degrees.to_radians().sin_cos();
    let radius = radius(neighbour.km);
    let at = |unit: f64| MIDDLE + (radius * unit).round() as i32;
    (at(east), at(-north))
}

/// Near differences matter more than far ones, so the scale is logarithmic.
fn radius(km: f64) -> f64 {
    let share = (km / 25.0).ln_1p() / (1_000.0_f64 / 25.0).ln_1p();
    (RADII.0 + 114.0 * share).min(RADII.1).round()
}

fn draw_rings(markup: &mut String, taken: &mut Vec<Patch>) {
    for km in RINGS_KM {
        let r = radius(f64::from(km)) as i32;
        let text = format!("{km}\u{a0}km");
        *markup += &format!(r#"<circle class="ring" cx="{MIDDLE}" cy="{MIDDLE}" r="{r}"/>"#);
        // Where no island lies: in the north, else in the south, else beside them.
        let slant = r * 7 / 10;
        let spots = [(0, -r), (0, r), (slant, -slant), (-slant, slant)];
        let free = spots.into_iter().find_map(|(east, south)| {
            let (x, line) = (MIDDLE + east, MIDDLE + south + 3);
            let patch = Patch::of_text(&text, RING_LABEL_SIZE, x, line);
            patch.is_free_of(taken).then_some((x, line, patch))
        });
        if let Some((x, line, patch)) = free {
            *markup += &format!(r#"<text class="ring-label" x="{x}" y="{line}">{text}</text>"#);
            taken.push(patch);
        }
    }
    *markup += &format!(
        r#"<path class="grid" d="M{MIDDLE} 4v{length}M4 {MIDDLE}h{length}"/>"#,
        length = SIDE - 8
    );
}

impl Group<'_> {
    fn draw(&self, markup: &mut String, taken: &mut Vec<Patch>) {
        let (x, y) = (self.x, self.y);
        if let [one] = self.members[..] {
            draw_island(markup, one.id, (x, y), PERCENT);
            self.draw_label(markup, &label(one.name), taken);
        } else {
            *markup += &format!(
                r#"<circle class="shoal" cx="{x}" cy="{y}" r="13"/><text x="{x}" y="{}">{}</text>"#,
                y + 4,
                self.members.len()
            );
        }
    }

    /// Below the island or above it, and as far to a side as the frame asks; not at all where
    /// another word or island is.
    fn draw_label(&self, markup: &mut String, label: &str, taken: &mut Vec<Patch>) {
        let half = Patch::of_text(label, LABEL_SIZE, 0, 0).right;
        let x = self.x.min(FRAME.right - half).max(FRAME.left + half);
        for line in [self.y + HALF + 8, self.y - HALF] {
            let patch = Patch::of_text(label, LABEL_SIZE, x, line);
            if patch.is_inside(&FRAME) && patch.is_free_of(taken) {
                *markup += &format!(r#"<text x="{x}" y="{line}">{}</text>"#, Escaped(label));
                taken.push(patch);
                return;
            }
        }
    }
}

fn square(x: i32, y: i32, half: i32) -> Patch {
    Patch {
        left: x - half,
        top: y - half,
        right: x + half,
        bottom: y + half,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbour<'a>(id: &'a str, km: f64, degrees: f64) -> Neighbour<'a> {
        Neighbour {
            id,
            name: id,
            km,
            degrees,
        }
    }

    #[test]
    fn the_visitor_and_the_rings_are_named() {
        let drawing = around("Lyon", &[neighbour("infini", 700.0, 290.0)]).unwrap();
        assert!(drawing.svg.contains(">Lyon</text>") && drawing.svg.contains("50\u{a0}km"));
    }

    #[test]
    fn north_is_up_and_east_is_right_and_farther_is_farther_out() {
        let (north, east) = (
            position(&neighbour("a", 100.0, 0.0)),
            position(&neighbour("b", 100.0, 90.0)),
        );
        assert!(north.0 == MIDDLE && north.1 < MIDDLE);
        assert!(east.1 == MIDDLE && east.0 > MIDDLE);
        assert!(position(&neighbour("c", 300.0, 90.0)).0 > east.0);
    }

    #[test]
    fn hosters_in_one_place_become_a_number() {
        let drawing = around(
            "Lyon",
            &[
                neighbour("numericoop", 0.0, 0.0),
                neighbour("hadoly", 0.4, 180.0),
                neighbour("infini", 700.0, 290.0),
                neighbour("hadoly", 0.4, 180.0),
            ],
        )
        .unwrap();
        assert_eq!(drawing.islands, 3);
        assert!(drawing.svg.contains(">2</text>") && drawing.svg.contains(">infini</text>"));
        assert_eq!(drawing.svg.matches(r#"class="land"#).count(), 1);
    }

    #[test]
    fn who_is_too_far_or_nowhere_is_left_to_the_list() {
        let far = [
            neighbour("riseup", 8_600.0, 320.0),
            neighbour("nowhere", f64::NAN, 0.0),
            neighbour("lost", 20.0, f64::NAN),
            neighbour("before", -1.0, 0.0),
        ];
        assert_eq!(around("Lyon", &far), None);
        assert_eq!(around("Lyon", &[]), None);
    }

    #[test]
    fn a_long_list_costs_no_more_than_its_top() {
        let ids: Vec<String> = (0..5_000).map(|n| format!("h{n}")).collect();
        let many: Vec<_> = (0..)
            .zip(&ids)
            .map(|(n, id)| neighbour(id, f64::from(n), 7.0))
            .collect();
        let drawing = around("Lyon", &many);
        assert_eq!(drawing, around("Lyon", &many));
        assert_eq!(drawing.unwrap().islands, MOST_NEIGHBOURS);
    }

    #[test]
    fn names_are_escaped() {
        let drawing = around("<b>&", &[neighbour("<i>\"'", 100.0, 90.0)]).unwrap();
        assert!(!drawing.svg.contains("<b>") && !drawing.svg.contains("<i>"));
        assert!(drawing.svg.contains("&lt;b&gt;&amp;"));
    }
}
