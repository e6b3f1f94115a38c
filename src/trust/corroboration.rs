//! On how many paths that share nobody somebody is reached.
//!
//! Such paths, of at most three steps, are a flow in three layers around each actor `x`: anchors, those
//! next to an anchor, and those who vouch for `x`. A path over two who vouch for `x` is never needed,
//! since it can be cut short at the first; so every path of the flow is short enough, and the flow is
//! the number (Menger). Of longer paths it would not be: those of bounded length that share nobody are hard
//! to count (Itai, Perl and Shiloach 1982), which is why no policy reaches farther than three. It is looked for backwards, from `x` to the anchors, and ends at three.

use std::ops::Range;

use super::assess::Reached;
use super::marks::Marks;

/// More paths than these are not told apart.
const ENOUGH: u8 = 3;

/// Counts the paths to everybody who is reached, along the vouches that count (from, to), those of
/// actors nearer to the anchors first.
pub(super) fn corroborate(
    reached: &mut [Option<Reached>],
    depths: &[u8],
    counted: &[(u32, u32)],
    max_depth: u8,
) {
    let mut flow = Flow {
        vouchers: Vouchers::of(depths.len(), counted),
        depths,
        is_over_two: max_depth > 2,
        vouches_for_it: Marks::new(depths.len()),
        on_a_path: Marks::new(depths.len()),
        before: vec![0; depths.len()],
        entered: Marks::new(depths.len()),
        entered_from: vec![0; depths.len()],
        left: Marks::new(depths.len()),
        left_from: vec![0; depths.len()],
        open: Vec::new(),
    };
    for (actor, reached) in (0..).zip(reached) {
        if let Some(reached) = reached.as_mut().filter(|reached| reached.depth > 0) {
            reached.corroboration = flow.paths_to(actor);
        }
    }
}

/// Who vouches for whom, the nearest to an anchor first.
struct Vouchers {
    starts: Vec<u32>,
    from: Vec<u32>,
}

impl Vouchers {
    fn of(actors: usize, counted: &[(u32, u32)]) -> Self {
        let mut starts = vec![0_u32; actors + 1];
        for (_, to) in counted {
            starts[*to as usize + 1] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut next = starts.clone();
        let mut from = vec![0; counted.len()];
        for (voucher, to) in counted {
            let place = &mut next[*to as usize];
            from[*place as usize] = *voucher;
            *place += 1;
        }
        Self { starts, from }
    }

    fn range_for(&self, actor: u32) -> Range<usize> {
        self.starts[actor as usize] as usize..self.starts[actor as usize + 1] as usize
    }
}

/// A flow from one actor back to the anchors. Each actor has an entry, on the side of the one that is
/// asked about, and an exit; a path goes from entry to exit, and takes the actor for itself.
struct Flow<'a> {
    vouchers: Vouchers,
    depths: &'a [u8],
    /// Whether two may stand between an anchor and the actor.
    is_over_two: bool,
    vouches_for_it: Marks,
    on_a_path: Marks,
    /// Of who is on a path: who comes before, seen from the actor that is asked about.
    before: Vec<u32>,
    /// Entries and exits that this search came to, and from whom; from itself means through.
    entered: Marks,
    entered_from: Vec<u32>,
    left: Marks,
    left_from: Vec<u32>,
    open: Vec<Door>,
}

#[derive(Clone, Copy)]
enum Door {
    Entry(u32),
    Exit(u32),
}

impl Flow<'_> {
    fn paths_to(&mut self, actor: u32) -> u8 {
        let vouchers = &self.vouchers.from[self.vouchers.range_for(actor)];
        let most = vouchers.len().min(ENOUGH.into()) as u8;
        // An anchor that vouches for it is best used so: in whatever paths, it can take that place.
        let anchors = vouchers
            .iter()
            .take(most.into())
            .take_while(|voucher| self.depths[**voucher as usize] == 0)
            .count() as u8;
        if most == 1 || anchors == most {
            return most;
        }
        self.vouches_for_it.clear();
        for voucher in vouchers {
            self.vouches_for_it.insert(*voucher);
        }
        self.on_a_path.clear();
        let more = (anchors..most).take_while(|_| self.find_another(actor));
        anchors + more.count() as u8
    }

    /// Looks for one path more, which may send those found before other ways.
    fn find_another(&mut self, actor: u32) -> bool {
        self.entered.clear();
        self.left.clear();
        self.left.insert(actor);
        self.open.clear();
        self.open.push(Door::Exit(actor));
        while let Some(door) = self.open.pop() {
            match door {
                Door::Exit(at) => self.go_on_from(at, actor),
                Door::Entry(at) if self.on_a_path.contains(at) => {
                    let before = self.before[at as usize];
                    self.leave(before, at);
                }
                Door::Entry(at) if self.depths[at as usize] == 0 => {
                    self.take(at, actor);
                    return true;
                }
                Door::Entry(at) => self.leave(at, at),
            }
        }
        false
    }

    fn go_on_from(&mut self, at: u32, actor: u32) {
        if at != actor && self.on_a_path.contains(at) {
            self.enter(at, at);
        }
        let passes_another = self.is_over_two && self.vouches_for_it.contains(at);
        for position in self.vouchers.range_for(at) {
            let next = self.vouchers.from[position];
            let depth = self.depths[next as usize];
            let fits = if at == actor {
                depth > 0
            } else if depth > u8::from(passes_another) {
                break;
            } else {
                next != actor && !self.vouches_for_it.contains(next)
            };
            let is_there = self.on_a_path.contains(next) && self.before[next as usize] == at;
            if fits && !is_there {
                self.enter(next, at);
            }
        }
    }

    fn enter(&mut self, at: u32, from: u32) {
        if self.entered.insert(at) {
            self.entered_from[at as usize] = from;
            self.open.push(Door::Entry(at));
        }
    }

    fn leave(&mut self, at: u32, from: u32) {
        if self.left.insert(at) {
            self.left_from[at as usize] = from;
            self.open.push(Door::Exit(at));
        }
    }

    /// Takes the path that was found to an anchor, and gives up what it undoes.
    fn take(&mut self, anchor: u32, actor: u32) {
        self.on_a_path.insert(anchor);
        let mut door = Door::Entry(anchor);
        loop {
            door = match door {
                Door::Entry(at) => {
                    let from = self.entered_from[at as usize];
                    if from == at {
                        self.on_a_path.remove(at);
                    } else {
                        self.before[at as usize] = from;
                    }
                    if from == actor {
                        return;
                    }
                    Door::Exit(from)
                }
                Door::Exit(at) => {
                    let from = self.left_from[at as usize];
                    if from == at {
                        self.on_a_path.insert(at);
                    }
                    Door::Entry(from)
                }
            };
        }
    }
}
