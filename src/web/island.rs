//! One island per id: the small drawing by which a hoster is recognised everywhere.
//!
//! The shape comes from the id alone, in integers, so every node and every language draws the same
//! bytes. Colours and line widths are the stylesheet's: `deep`, `shoal`, `land` with `t0` to `t2`,
//! and `mark`. The surrounding `<svg>` is the template's.

pub(super) mod dice;

use std::fmt::Write;

use dice::Dice;

/// The canvas is a square of this side, with the island in its middle.
pub const SIDE: i32 = 200;

const MIDDLE: i32 = SIDE / 2;
/// How near to its middle and how far from it a coast may run.
const COAST: (i32, i32) = (26, 74);
/// How many points a coast has, a depth line, an islet.
const COAST_POINTS: i32 = 22;
const DEPTH_POINTS: i32 = 14;
const ISLET_POINTS: i32 = 6;

/// What lands are tinted with by day, as in the stylesheet: sand, moss, clay.
const TINTS: [&str; 3] = ["#ecdcb6", "#dde0b8", "#eed0b4"];

/// Upright little marks around the middle, at most 40 units high.
const MARKS: [&str; 8] = [
    "",                                                              // nothing
    "M94 116l3-30h6l3 30zM95 86h10M100 86v-8M86 76l8 3M114 76l-8 3", // a lighthouse
    "M100 118v-12M88 106l12-24 12 24z",                              // a pine
    "M78 112q10-26 22-26 12 0 22 26M90 108q5-10 10-10",              // a hill
    "M88 114v-8M79 106l9-18 9 18zM111 118v-8M101 110l10-20 10 20z",  // two pines
    "M86 114v-14l14-12 14 12v14zM97 114v-9h6v9",                     // a hut
    "M92 118v-38M92 81l22 7-22 8",                                   // a flag
    "M86 112l14-25 14 25zM100 103v1",                                // a surveyed summit
];

/// The island of `id` with two depth lines, as the content of an `<svg viewBox="0 0 200 200">`.
pub fn body(id: &str) -> String {
    let island = Island::of(id);
    format!(
        r#"<path class="deep" d="{}"/>{}"#,
        island.deep,
        island.ashore()
    )
}

/// The same without its outer depth line, for a chart that draws its own.
pub fn land_only(id: &str) -> String {
    Island::of(id).ashore()
}

/// The same in the colours of day, as attributes: for where no stylesheet reaches.
pub fn painted(id: &str) -> String {
    let island = Island::of(id);
    let tint = TINTS[island.tint as usize];
    let Island {
        land, shoal, mark, ..
    } = island;
    format!(
        r##"<g stroke="#14303f" stroke-width="6" fill="none"><path fill="#cfe6e2" stroke="#6aa5a6" d="{shoal}"/><path fill="{tint}" d="{land}"/><path d="{mark}"/></g>"##
    )
}

type Point = (i32, i32);

/// The lines of one island, as path data.
struct Island {
    land: String,
    shoal: String,
    deep: String,
    mark: &'static str,
    tint: i32,
}

impl Island {
    fn of(id: &str) -> Self {
        let mut dice = Dice::seeded_with(id);
        // The order of the throws is part of the shape: append, never insert.
        let character = Character::thrown(&mut dice);
        let islets = [0, 0, 1, 1, 2][dice.below(5) as usize];
        let mark = MARKS[dice.below(8) as usize];
        let tint = dice.below(3);

        let coast: Vec<Point> = (0..COAST_POINTS)
            .map(|i| {
                let angle = fraction(i, COAST_POINTS);
                character.place(angle, ashore(character.radius(angle) + dice.around(4)))
            })
            .collect();
        let mut land = closed(&coast);
        let mut depth = character.depth();
        for _ in 0..islets {
            land += &character.islet(&mut dice, &mut depth);
        }
        Self {
            land,
            shoal: character.depth_line(&depth, 10),
            deep: character.depth_line(&depth, 24),
            mark,
            tint,
        }
    }

    fn ashore(&self) -> String {
        let Self {
            land, shoal, tint, ..
        } = self;
        let mut paths =
            format!(r#"<path class="shoal" d="{shoal}"/><path class="land t{tint}" d="{land}"/>"#);
        if !self.mark.is_empty() {
            paths += &format!(r#"<path class="mark" d="{}"/>"#, self.mark);
        }
        paths
    }
}

/// What makes one coast unlike another.
struct Character {
    /// Mean radius.
    base: i32,
    /// Waves on it as (how many, how high, from which angle): long, three-cornered, ragged.
    waves: [(i32, i32, i32); 3],
    /// A bay as (how deep, at which angle, how wide to either side).
    bay: (i32, i32, i32),
    /// Turns what is far out: hooks and spits.
    swirl: i32,
    /// Height to width, of 256.
    squash: i32,
    /// Where its north is.
    turn: i32,
}

impl Character {
    fn thrown(dice: &mut Dice) -> Self {
        Self {
            base: 50 + dice.below(9),
            waves: [
                (2, dice.below(21), dice.below(256)),
                (3, dice.below(13), dice.below(256)),
                (5, dice.below(7), dice.below(256)),
            ],
            bay: {
                let is_straight = dice.below(4) == 0;
                let depth = if is_straight { 0 } else { 14 + dice.below(26) };
                (depth, dice.below(256), 18 + dice.below(26))
            },
            swirl: dice.around(56),
            squash: 180 + dice.below(77),
            turn: dice.below(256),
        }
    }

    /// How far from the middle the coast runs in this direction.
    fn radius(&self, angle: i32) -> i32 {
        let waves: i32 = (self.waves.iter())
            .map(|(count, height, from)| height * cos(count * angle + from))
            .sum();
        let (depth, at, width) = self.bay;
        let off = (((angle - at + 128) & 255) - 128).abs();
        let cut = if off < width {
            depth * (width - off) / width
        } else {
            0
        };
        self.base + (waves >> 10) - cut
    }

    /// A point in polar coordinates: swirled, squashed, turned, moved to the middle.
    fn place(&self, angle: i32, radius: i32) -> Point {
        let angle = angle + ((self.swirl * (radius - 50)) >> 6);
        let x = (radius * cos(angle)) >> 10;
        let y = (((radius * sin(angle)) >> 10) * self.squash) >> 8;
        let (east, south) = (cos(self.turn), sin(self.turn));
        (
            MIDDLE + ((x * east - y * south) >> 10),
            MIDDLE + ((x * south + y * east) >> 10),
        )
    }

    /// The coast, softer: at each point the mean of three neighbours.
    fn depth(&self) -> [i32; DEPTH_POINTS as usize] {
        std::array::from_fn(|i| {
            let angle = fraction(i as i32, DEPTH_POINTS);
            let coast = |turned: i32| ashore(self.radius(angle + turned));
            (coast(-14) + 2 * coast(0) + coast(14)) >> 2
        })
    }

    /// A depth line `more` units off.
    fn depth_line(&self, depth: &[i32], more: i32) -> String {
        let line: Vec<Point> = (0..)
            .zip(depth)
            .map(|(i, radius)| {
                let (x, y) = self.place(fraction(i, DEPTH_POINTS), radius + more);
                (x.clamp(3, SIDE - 3), y.clamp(3, SIDE - 3))
            })
            .collect();
        closed(&line)
    }

    /// A small one off the coast; it pushes the depth lines out.
    fn islet(&self, dice: &mut Dice, depth: &mut [i32; DEPTH_POINTS as usize]) -> String {
        let at = dice.below(DEPTH_POINTS);
        let size = 4 + dice.below(4);
        let angle = fraction(at, DEPTH_POINTS);
        let far = ashore(self.radius(angle)) + 9 + size;
        let (x, y) = self.place(angle, far);
        let ring: Vec<Point> = (0..ISLET_POINTS)
            .map(|i| {
                let (angle, radius) = (fraction(i, ISLET_POINTS), size + dice.below(4));
                (
                    x + ((radius * cos(angle)) >> 10),
                    y + ((radius * sin(angle)) >> 10),
                )
            })
            .collect();
        for (aside, less) in [(0, 0), (1, 8), (DEPTH_POINTS - 1, 8)] {
            let pushed = &mut depth[((at + aside) % DEPTH_POINTS) as usize];
            *pushed = (*pushed).max(far + size - less);
        }
        closed(&ring)
    }
}

fn ashore(radius: i32) -> i32 {
    radius.clamp(COAST.0, COAST.1)
}

/// The `i`th of `n` equal parts of a turn, which has 256.
fn fraction(i: i32, n: i32) -> i32 {
    i * 256 / n
}

/// Sine of `angle`/256 of a turn, times 1024, by Bhaskara's formula: no float, so no rounding of a
/// platform's own.
fn sin(angle: i32) -> i32 {
    let half = angle & 127;
    let p = half * (128 - half);
    let value = 4096 * p / (20480 - p);
    if angle & 255 < 128 { value } else { -value }
}

fn cos(angle: i32) -> i32 {
    sin(angle + 64)
}

/// A closed smooth line through the middles of the sides (a quadratic B-spline), in relative steps.
fn closed(points: &[Point]) -> String {
    let n = points.len();
    let middle = |p: Point, q: Point| ((p.0 + q.0) >> 1, (p.1 + q.1) >> 1);
    let mut at = middle(points[n - 1], points[0]);
    let mut path = format!("M{} {}q", at.0, at.1);
    for (i, &bend) in points.iter().enumerate() {
        let to = middle(bend, points[(i + 1) % n]);
        let steps = [bend.0 - at.0, bend.1 - at.1, to.0 - at.0, to.1 - at.1];
        for (k, step) in steps.into_iter().enumerate() {
            // A minus separates by itself, and so does the command.
            let gap = if step < 0 || (i, k) == (0, 0) {
                ""
            } else {
                " "
            };
            write!(path, "{gap}{step}").expect("a String takes all that is written");
        }
        at = to;
    }
    path + "z"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the designer's own drawing program gives.
    const DRAWN_BY_THE_DESIGNER: [(&str, &str); 3] = [
        (
            "infini",
            r#"<path class="deep" d="M169 66q10-1 16 13 6 14-3 37-8 24-32 36-24 12-46 8-22-4-33-6-11-2-21-15-10-13-12-30-1-17-5-25-4-8-1-20 3-12 16-23 13-11 30-15 18-3 39 8 21 11 31 22 11 11 21 10z"/><path class="shoal" d="M162 87q10 2 12 15 3 13-11 29-13 16-35 20-22 4-38-5-16-9-25-12-8-3-13-15-4-12-1-25 4-13 1-21-3-8 2-17 5-8 17-14 13-5 29-4 16 2 29 15 13 14 18 23 6 10 15 11z"/><path class="land t1" d="M158 99q11-4 10 5-1 10-9 20-7 11-16 17-9 6-16 9-6 4-22-2-16-5-22-18-6-13-10-14-4-1-11 6-7 7-11 0-3-7 8-21 11-14 15-18 4-4-3-9-7-4-13-9-6-5 3-10 9-4 20-5 12 0 17-2 5-2 11-2 7 1 14 4 8 3 11 19 4 16 1 24-2 8 5 9 7 1 18-3z"/><path class="mark" d="M78 112q10-26 22-26 12 0 22 26M90 108q5-10 10-10"/>"#,
        ),
        (
            "arn",
            r#"<path class="deep" d="M157 79q8 9 16 14 8 5 13 13 6 9-12 24-18 15-48 15-29 0-41 1-11 1-24-10-12-11-24-9-11 2-20-7-9-9 0-29 9-19 24-29 16-10 33-14 17-3 35 2 18 5 29 12 12 8 19 17z"/><path class="shoal" d="M148 90q5 8 11 14 7 6 10 13 3 8-16 17-19 9-43 4-23-5-33-5-9 0-16-10-6-10-18-11-11 0-17-8-5-8 7-22 13-14 28-20 16-5 30-6 15 0 27 6 13 6 19 13 7 8 11 15z"/><path class="land t1" d="M142 99q0 5 3 8 3 3 11 6 8 3 8 7 0 5-6 11-6 6-24 8-17 3-33-9-15-12-18-15-3-3-5-6-2-3-4-6-1-2-9-2-8 1-17 1-9 1-16 0-7 0-6-8 1-8 14-17 13-8 25-11 13-2 18-5 5-2 13-1 8 1 16 5 9 4 14 8 6 4 7 10 1 6 5 9 4 3 4 7zM75 114q2 4 0 6-2 3-6 4-4 1-5-3 0-3 0-7 1-4 5-4 4 1 6 4z"/><path class="mark" d="M86 112l14-25 14 25zM100 103v1"/>"#,
        ),
        (
            "",
            r#"<path class="deep" d="M95 31q18-7 31 1 14 8 22 22 8 14 12 31 5 18 0 33-4 16-13 19-8 3-16 7-8 5-21 11-12 7-28 5-15-2-28-15-13-13-14-27-1-14 5-23 6-8 10-19 4-10 13-24 9-14 27-21z"/><path class="shoal" d="M88 45q13-9 25-5 13 4 20 13 7 10 13 23 6 14 4 27-2 14-9 17-6 3-13 7-6 5-14 12-8 8-20 10-12 3-25-5-13-8-15-19-2-11 2-19 5-8 7-17 3-8 7-21 5-13 18-23z"/><path class="land t1" d="M88 50q9-10 15-8 6 2 12 5 7 4 9 10 3 6 9 11 7 6 10 15 3 9 3 16 1 8-6 9-6 1-10 3-3 3-7 5-3 2-5 6-2 4-6 9-4 6-10 10-5 4-15 5-9 1-14-3-5-4-14-12-8-8-4-13 5-5 12-8 8-2 8-6 1-4 0-10-1-5-2-14-1-8 2-14 4-6 13-16z"/><path class="mark" d="M100 118v-12M88 106l12-24 12 24z"/>"#,
        ),
    ];

    fn many_ids() -> impl Iterator<Item = String> {
        let strange = ["", "\0", "🏝️", "é", "\u{202e}<script>"].map(str::to_owned);
        (strange.into_iter())
            .chain(["x".repeat(10_000), "🏝️".repeat(2_500)])
            .chain((0..4_000).map(|n| format!("hoster-{n}")))
    }

    /// Every point of a path made by [`closed`], bends included.
    fn points(path: &str) -> Vec<Point> {
        let mut all = Vec::new();
        for ring in path.split_terminator('z') {
            let spaced = ring.replace('-', " -").replace(['M', 'q'], " ");
            let numbers: Vec<i32> = spaced
                .split_whitespace()
                .map(|n| n.parse().unwrap())
                .collect();
            let mut at = (numbers[0], numbers[1]);
            for step in numbers[2..].chunks(4) {
                all.push((at.0 + step[0], at.1 + step[1]));
                at = (at.0 + step[2], at.1 + step[3]);
                all.push(at);
            }
            assert_eq!(at, (numbers[0], numbers[1]), "{ring} is not closed");
        }
        all
    }

    #[test]
    fn an_island_is_the_designers_to_the_byte() {
        for (id, drawn) in DRAWN_BY_THE_DESIGNER {
            assert_eq!(body(id), drawn, "{id}");
        }
    }

    #[test]
    fn an_island_ashore_is_the_island_without_its_outer_depth_line() {
        let (_, drawn) = DRAWN_BY_THE_DESIGNER[0];
        assert!(drawn.ends_with(&land_only("infini")));
        assert!(!land_only("infini").contains("deep"));
    }

    #[test]
    fn no_island_leaves_its_canvas() {
        for id in many_ids() {
            let island = Island::of(&id);
            for path in [&island.land, &island.shoal, &island.deep] {
                for (x, y) in points(path) {
                    assert!(
                        (0..=SIDE).contains(&x) && (0..=SIDE).contains(&y),
                        "{id:.20}: {x} {y}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_island_takes_more_than_a_kilobyte() {
        assert!(many_ids().all(|id| body(&id).len() < 1_000));
    }

    #[test]
    fn two_hosters_have_two_coasts() {
        let coasts: std::collections::HashSet<_> =
            many_ids().map(|id| Island::of(&id).land).collect();
        assert_eq!(coasts.len(), many_ids().count());
    }
}
