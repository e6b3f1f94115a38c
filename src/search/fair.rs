//! Equals take turns: within a band of score the order changes from day to day and from place to place, and who
//! is better or has more room is first more often.
//!
//! By score alone, whoever is nearest to a large town would be first there for ever, however small; by the day
//! alone one hoster would be first for a whole country until midnight. Popularity is never an input here. How
//! fair this is, `benches/fairness.rs` measures. The weighted draw behind `/go` is [`draw`](super::draw)'s.

use crate::domain::place::Cell;

/// The turns of one day, seen from one place or from nowhere.
#[derive(Debug, Clone, Copy)]
pub struct Turns(u64);

impl Turns {
    /// On a day, in days since 1970.
    pub fn new(day: i64, from: Option<Cell>) -> Self {
        let place = from.map_or(0, Cell::number);
        Self(mixed((day as u64) ^ mixed(place)))
    }

    /// The lot a service draws: above 0 and below 1. `seed` is the
    /// [`fingerprint`](crate::domain::fingerprint::fingerprint) of its identifier.
    #[inline]
    pub fn lot(self, seed: u64) -> f32 {
        lot(mixed(seed ^ self.0))
    }

    /// Where a service of some [`weight`] stands among its equals; higher comes first: an order drawn without
    /// replacement (Efraimidis and Spirakis, 2006).
    #[inline]
    pub fn of(self, seed: u64, weight: f32) -> u32 {
        turn(-self.lot(seed).ln() / weight)
    }

    /// Whether a service of some [`weight`] may have drawn a lot that makes it wait no longer than `wait`, looked at
    /// quickly.
    #[inline]
    pub fn may_wait(self, seed: u64, weight: f32, wait: f32) -> bool {
        // More than rounding here and in `of` can be wrong by.
        const SLACK: f32 = 1.0 + 1e-5;
        // How much a lot lacks to 1 is less than the negative of its logarithm.
        1.0 - self.lot(seed) <= weight * wait * SLACK
    }
}

fn lot(number: u64) -> f32 {
    // The upper 23 bits and a half: as many as a float holds, so none becomes 1.
    ((number >> 41) as f32 + 0.5) / (1_u32 << 23) as f32
}

/// The room each of so many counts as, so that together they come first as often as one with all of it.
pub fn shared(room: f32, among: u32) -> f32 {
    // What weighs one so-many-th.
    room / (among.max(1) as f32).cbrt().powi(2)
}

/// The least that anything weighs: what takes nobody still takes turns, and no product of weights vanishes.
const LEAST_WEIGHT: f32 = 1e-24;

/// How often one whose room times score is `pull` comes first, against others. People read on from the first: of
/// five they read, the last still has a tenth of them, whatever it weighs. So what pulls twice as much is first
/// nearly three times as often.
#[inline]
pub fn weight(pull: f32) -> f32 {
    (pull * pull.sqrt()).max(LEAST_WEIGHT)
}

/// The turn of who waits so long: a positive float's bits grow with its value.
#[inline]
fn turn(wait: f32) -> u32 {
    u32::MAX - wait.min(f32::MAX).to_bits()
}

/// How long who has a turn waits.
#[inline]
pub fn wait(turn: u32) -> f32 {
    f32::from_bits(u32::MAX - turn)
}

/// What becomes of a turn if the pull is `factor` times as much.
#[inline]
pub fn turn_by(turn_before: u32, factor: f32) -> u32 {
    match factor {
        1.0 => turn_before,
        _ => turn(wait(turn_before) / weight(factor)),
    }
}

/// A number that looks like chance and is the same for the same seed: the first of SplitMix64.
#[inline]
pub fn mixed(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// How many halvings of a score, words left aside, make a band. One is what a hundred kilometres make. With one
/// to a band hardly anybody has an equal, and who is fit but far from towns is never seen; the weights keep what
/// is near, and made for the need, in front as a rule.
const HALVINGS: u32 = 5;

/// The band of a score: services in one band are equals, and no turn lifts one into a higher band. One band to
/// each halving of how well the words match, and one to each five halvings of `rest`: way in,
/// nearness, availability, freshness. Whether a suite answers counts in the turn only.
#[inline]
pub fn band(text: f32, rest: f32) -> u32 {
    // The exponent of a positive float: all from ½ up to 1 is one halving.
    const TOP: u32 = 126;
    let halvings = |factor: f32| (factor.max(0.0).to_bits() >> 23).min(TOP);
    halvings(text) + (halvings(rest) + HALVINGS - 1 - TOP % HALVINGS) / HALVINGS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fingerprint::fingerprint;
    use crate::domain::place::Coordinates;

    /// How often each of some equals with so much room is first.
    fn first(rooms: &[f32], turns: impl Iterator<Item = Turns>) -> Vec<u32> {
        let mut first = vec![0; rooms.len()];
        for turns in turns {
            let turn = |n: &usize| {
                let id = format!("hoster-{n}-pad");
                turns.of(fingerprint(id.as_bytes()), weight(rooms[*n]))
            };
            first[(0..rooms.len()).max_by_key(turn).unwrap()] += 1;
        }
        first
    }

    #[test]
    fn a_band_holds_words_that_match_by_less_than_half_and_the_rest_down_to_a_thirty_second() {
        for text in [0.9_f32, 0.5, 0.11, 0.004] {
            assert_eq!(band(text, 0.3), band(text / 2.0, 0.3) + 1);
        }
        assert_eq!(band(0.9, 0.3), band(0.51, 0.3));
        for rest in [0.9_f32, 0.03, 1e-8] {
            assert_eq!(band(1.0, rest), band(1.0, rest / 32.0) + 1);
        }
        assert_eq!(band(1.0, 1.0), band(1.0, 0.032));
        assert!(band(0.0, 0.0) < band(0.1, 1e-16) && band(-1.0, -1.0) == band(0.0, 0.0));
    }

    #[test]
    fn over_a_year_each_of_ten_equals_is_first_about_as_often() {
        let days = (20_000..20_365).map(|day| Turns::new(day, None));
        let first = first(&[1.0; 10], days);
        assert!(
            first.iter().all(|times| (20..=55).contains(times)),
            "{first:?}"
        );
    }

    #[test]
    fn on_one_day_each_of_ten_equals_is_first_somewhere() {
        let cells = (0..400).map(|step| {
            let at = Coordinates::new(
                42.0 + f64::from(step % 20) / 2.0,
                f64::from(step / 20) / 2.0,
            );
            Turns::new(20_000, Some(Cell::of(at.unwrap())))
        });
        let first = first(&[1.0; 10], cells);
        assert!(
            first.iter().all(|times| (20..=65).contains(times)),
            "{first:?}"
        );
    }

    #[test]
    fn who_pulls_more_is_first_more_often_as_weighed() {
        let days = (0..6_000).map(|day| Turns::new(day, None));
        let pulls = [1.0, 2.0, 4.0];
        let all: f32 = pulls.map(weight).iter().sum();
        for (times, pull) in first(&pulls, days).iter().zip(pulls) {
            let off = *times as f32 / (6_000.0 * weight(pull) / all);
            assert!((0.85..1.15).contains(&off), "{pull}: {off}");
        }
    }

    #[test]
    fn ten_services_that_share_a_room_come_first_as_often_as_one_that_has_it() {
        let days = (0..6_000).map(|day| Turns::new(day, None));
        let mut pulls = vec![shared(3.0, 10); 10];
        pulls.push(3.0);
        let first = first(&pulls, days);
        assert!((2_700..3_300).contains(&first[10]), "{first:?}");
    }

    #[test]
    fn every_lot_is_above_0_and_below_1_and_the_greatest_comes_first() {
        for number in [0, 1 << 41, u64::MAX >> 1, u64::MAX - (1 << 41), u64::MAX] {
            let lot = lot(number);
            assert!(0.0 < lot && lot < 1.0, "{number}: {lot}");
        }
        let by_lot = |number: u64| turn(-lot(number).ln() / weight(1.0));
        assert!(by_lot(u64::MAX) > by_lot(u64::MAX - (1 << 41)));
        assert!(turn(f32::INFINITY) < turn(1e30));
    }

    #[test]
    fn who_may_not_wait_so_short_a_time_has_a_later_turn_and_a_turn_is_known_for_another_pull() {
        let turns = Turns::new(20_000, None);
        for seed in 0..2_000 {
            let bar = turns.of(mixed(seed), weight(0.7));
            for (other, pull) in [(seed + 1, 0.01), (seed + 2, 0.7), (seed + 3, 40.0)] {
                let of_other = turns.of(other, weight(pull));
                assert!(turns.may_wait(other, weight(pull), wait(bar)) || of_other < bar);
                assert!(turns.may_wait(other, weight(pull), wait(of_other)));
                let by_factor = wait(turn_by(of_other, 0.35));
                let anew = wait(turns.of(other, weight(0.35 * pull)));
                assert!((by_factor / anew - 1.0).abs() < 1e-5);
            }
        }
        // It tells something: of a thousand that pull a hundredth, hardly any can be before one in the middle.
        let may = |seed: &u64| turns.may_wait(*seed, weight(0.01), std::f32::consts::LN_2);
        assert!((0..1_000).filter(may).count() < 10);
    }

    #[test]
    fn what_takes_nobody_and_is_nowhere_still_takes_turns() {
        let least = weight(0.0) * weight(0.1 * 0.35 * 1e-7);
        let turn_on = |day: i64, seed| Turns::new(day, None).of(seed, least);
        let days_first = (0..1_000).filter(|day| turn_on(*day, 1) > turn_on(*day, 2));
        assert!((400..600).contains(&days_first.count()));
        let most = (0..100_000).map(|seed| wait(turn_on(1, seed)));
        assert!(most.fold(0.0, f32::max) < f32::MAX);
    }
}
