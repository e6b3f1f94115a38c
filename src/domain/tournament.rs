//! A row of numbers, any stretch of which gives its smallest first, without being read through.
//!
//! A tournament tree: sixteen neighbours meet, their winners meet again, and so on. Finding the least of a
//! stretch asks some thirty numbers on each level; ten of a million cost a few microseconds.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// How many neighbours meet.
const GROUP: usize = 16;

/// Numbers, and who wins among their neighbours. Of equals the earlier wins.
#[derive(Default)]
pub struct Tournament {
    numbers: Vec<u32>,
    /// Of each whole group the index of its winner; then of each whole group of those, and so on.
    rounds: Vec<Vec<u32>>,
}

impl Tournament {
    /// Takes the numbers over and lets them meet; more than `u32::MAX` are never given.
    pub fn new(numbers: Vec<u32>) -> Self {
        let winner = |group: &[u32]| {
            let best = group.iter().min_by_key(|index| numbers[**index as usize]);
            *best.expect("a group is never empty")
        };
        let mut rounds = Vec::new();
        let mut entrants: Vec<u32> = (0..numbers.len() as u32).collect();
        while entrants.len() >= GROUP {
            entrants = entrants.chunks_exact(GROUP).map(winner).collect();
            rounds.push(entrants.clone());
        }
        Self { numbers, rounds }
    }

    /// The number at an index.
    pub fn number(&self, index: usize) -> u32 {
        self.numbers[index]
    }

    /// The indices within some stretches, the smallest number first. Where stretches overlap, an index comes
    /// once for each.
    pub fn in_order(
        &self,
        stretches: impl IntoIterator<Item = Range<usize>>,
    ) -> impl Iterator<Item = usize> {
        let contest = |stretch: Range<usize>| {
            let best = self.least(stretch.clone())?;
            Some(Reverse((
                self.numbers[best],
                best,
                stretch.start,
                stretch.end,
            )))
        };
        let mut ahead: BinaryHeap<_> = stretches.into_iter().filter_map(contest).collect();
        std::iter::from_fn(move || {
            let Reverse((_, best, start, end)) = ahead.pop()?;
            ahead.extend(contest(start..best));
            ahead.extend(contest(best + 1..end));
            Some(best)
        })
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let rounds = self.rounds.iter().map(Vec::capacity).sum::<usize>();
        (self.numbers.capacity() + rounds) * size_of::<u32>()
    }

    fn least(&self, Range { mut start, mut end }: Range<usize>) -> Option<usize> {
        let mut best: Option<(u32, usize)> = None;
        let mut meet = |index: usize| {
            let contender = (self.numbers[index], index);
            if best.is_none_or(|best| contender < best) {
                best = Some(contender);
            }
        };
        let mut numbers: Option<&[u32]> = None;
        for round in self.rounds.iter().map(Some).chain([None]) {
            let at = |place: usize| numbers.map_or(place, |round| round[place] as usize);
            // The whole groups within are met by their winners, in the next round.
            let whole = (start.div_ceil(GROUP), end / GROUP);
            let (Some(round), true) = (round, whole.0 < whole.1) else {
                (start..end).map(at).for_each(&mut meet);
                break;
            };
            (start..whole.0 * GROUP).map(at).for_each(&mut meet);
            (whole.1 * GROUP..end).map(at).for_each(&mut meet);
            (start, end) = whole;
            numbers = Some(round);
        }
        best.map(|(_, index)| index)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_stretch_gives_its_smallest_first_and_of_equals_the_earlier(
            numbers in proptest::collection::vec(0..50_u32, 0..2_000),
            cuts in (0..2_000_usize, 0..2_000_usize),
        ) {
            let (start, end) = (cuts.0.min(numbers.len()), cuts.1.min(numbers.len()));
            let tournament = Tournament::new(numbers.clone());
            let mut sorted: Vec<usize> = (start..end).collect();
            sorted.sort_by_key(|index| numbers[*index]);
            let stretch = start..end;
            let found: Vec<usize> = tournament.in_order([stretch]).collect();
            prop_assert_eq!(found, sorted);
        }
    }

    #[test]
    fn several_stretches_are_one_contest() {
        let tournament = Tournament::new((0..100).rev().collect());
        let first: Vec<usize> = tournament.in_order([3..5, 40..50]).take(3).collect();
        assert_eq!(first, [49, 48, 47]);
        assert_eq!(tournament.in_order([]).next(), None);
        let nothing = 0..0;
        assert_eq!(Tournament::new(Vec::new()).in_order([nothing]).next(), None);
    }
}
