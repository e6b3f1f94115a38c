//! Which of many islands a chart shows, and how they make room for each other.

use super::Patch;

/// Islands nearer to each other than this do not both come on the chart.
const CLOSEST: i32 = 42;
/// After so many rounds of pushing, whoever still has no room goes.
const ROUNDS: usize = 80;

/// An island with its label, as it asks for room: from its middle to each side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    /// Its middle.
    pub at: (i32, i32),
    /// To the left and to the right.
    pub half_width: i32,
    /// From the middle up.
    pub above: i32,
    /// From the middle down, to below the label.
    pub below: i32,
}

impl Body {
    pub fn patch(&self) -> Patch {
        let (x, y) = self.at;
        Patch {
            left: x - self.half_width,
            top: y - self.above,
            right: x + self.half_width,
            bottom: y + self.below,
        }
    }
}

/// Up to `most` of the points, each as far from the others as can be; the first is always one of
/// them, and of several in one place the first stands for all.
pub(super) fn pick(points: &[(i32, i32)], most: usize) -> Vec<usize> {
    let mut picked = Vec::new();
    let mut gaps = vec![i32::MAX; points.len()];
    while picked.len() < most {
        let farthest = (0..points.len()).max_by_key(|&at| (gaps[at], std::cmp::Reverse(at)));
        let Some(farthest) = farthest.filter(|&at| gaps[at] >= CLOSEST * CLOSEST) else {
            break;
        };
        picked.push(farthest);
        let (x, y) = points[farthest];
        for (gap, point) in gaps.iter_mut().zip(points) {
            *gap = (*gap).min((point.0 - x).pow(2) + (point.1 - y).pow(2));
        }
    }
    picked
}

/// Pushes bodies apart and into the frame, and says which of them then have room.
pub(super) fn make_room(bodies: &mut [Body], frame: &Patch) -> Vec<bool> {
    for _ in 0..ROUNDS {
        let mut is_quiet = true;
        for second in 1..bodies.len() {
            for first in 0..second {
                is_quiet &= !push_apart(bodies, first, second);
            }
        }
        for body in bodies.iter_mut() {
            keep_inside(body, frame);
        }
        if is_quiet {
            break;
        }
    }
    let mut taken = Vec::new();
    (bodies.iter())
        .map(|body| {
            let patch = body.patch();
            let has_room = patch.is_free_of(&taken) && patch.is_inside(frame);
            if has_room {
                taken.push(patch);
            }
            has_room
        })
        .collect()
}

/// Moves two that overlap along the shorter way out; whether they did.
fn push_apart(bodies: &mut [Body], first: usize, second: usize) -> bool {
    let (a, b) = (bodies[first], bodies[second]);
    if !a.patch().overlaps(&b.patch()) {
        return false;
    }
    let (dx, dy) = (b.at.0 - a.at.0, b.at.1 - a.at.1);
    let wide = a.half_width + b.half_width - dx.abs();
    let high = if dy < 0 {
        b.below + a.above
    } else {
        a.below + b.above
    } - dy.abs();
    // Half each, and what is odd on top, so that it ends.
    let step = |overlap: i32, apart: i32| (overlap / 2 + 1) * if apart < 0 { -1 } else { 1 };
    let (x, y) = if wide < high {
        (step(wide, dx), 0)
    } else {
        (0, step(high, dy))
    };
    bodies[first].at = (a.at.0 - x, a.at.1 - y);
    bodies[second].at = (b.at.0 + x, b.at.1 + y);
    true
}

fn keep_inside(body: &mut Body, frame: &Patch) {
    let (x, y) = body.at;
    // `max` and `min` rather than `clamp`: a body wider than the frame has no room, and no panic.
    body.at = (
        x.min(frame.right - body.half_width)
            .max(frame.left + body.half_width),
        y.min(frame.bottom - body.below).max(frame.top + body.above),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Patch = Patch {
        left: 0,
        top: 0,
        right: 500,
        bottom: 500,
    };

    fn body(x: i32, y: i32) -> Body {
        Body {
            at: (x, y),
            half_width: 36,
            above: 36,
            below: 42,
        }
    }

    #[test]
    fn of_two_in_one_place_the_first_is_picked() {
        assert_eq!(pick(&[(10, 10), (10, 10), (400, 10)], 18), [0, 2]);
        assert_eq!(pick(&[], 18), [0; 0]);
    }

    #[test]
    fn few_picked_from_many_are_the_far_apart_ones() {
        let line: Vec<_> = (0..100).map(|x| (x * 5, 0)).collect();
        assert_eq!(pick(&line, 3), [0, 99, 49]);
    }

    #[test]
    fn a_heap_of_islands_spreads_until_all_have_room() {
        let mut heap: Vec<_> = (0..12)
            .map(|n| body(180 + n % 4 * CLOSEST, 180 + n / 4 * CLOSEST))
            .collect();
        assert!(
            make_room(&mut heap, &FRAME)
                .into_iter()
                .all(|has_room| has_room)
        );
    }

    #[test]
    fn who_finds_no_room_is_told_so_and_the_rest_do_not_overlap() {
        let mut crowd: Vec<_> = (0..60)
            .map(|n| body(n % 10 * CLOSEST, n / 10 * CLOSEST))
            .collect();
        let room = make_room(&mut crowd, &FRAME);
        let patches: Vec<Patch> = (crowd.iter().zip(&room))
            .filter(|(_, room)| **room)
            .map(|(body, _)| body.patch())
            .collect();
        assert!(patches.len() > 8 && patches.len() < 60);
        for (at, patch) in patches.iter().enumerate() {
            assert!(patch.is_free_of(&patches[..at]) && patch.is_inside(&FRAME));
        }
    }
}
