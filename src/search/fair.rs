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

    /// Where a service stands among its equals; higher comes first. `pull` is its room times its score: an order
    /// drawn without replacement (Efraimidis and Spirakis, 2006), each weighing its pull to the power of 1.5.
    pub fn of(self, seed: u64, pull: f32) -> u32 {
        turn(-self.lot(seed).ln() / weight(pull))
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

/// How often one comes first, against others. People read on from the first: of five they read, the last still
/// has a tenth of them, whatever it weighs. So what pulls twice as much is first nearly three times as often.
fn weight(pull: f32) -> f32 {
    // Never so little that what follows from it is no number.
    (pull * pull.sqrt()).max(1e-37)
}

/// The turn of who waits so long: a positive float's bits grow with its value.
fn turn(wait: f32) -> u32 {
    u32::MAX - wait.min(f32::MAX).to_bits()
}

fn wait(turn: u32) -> f32 {
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

/// Who pulls at most so much and draws less than this has a lower turn than `turn`.
pub fn least_lot(turn: u32, most_pull: f32) -> f32 {
    // More than rounding here and in `of` can be wrong by.
    const SLACK: f32 = 1e-5;
    (-wait(turn) * weight(most_pull)).exp() * (1.0 - SLACK)
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
                turns.of(fingerprint(id.as_bytes()), rooms[*n])
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
    fn what_draws_less_than_the_least_lot_has_a_lower_turn_and_a_turn_is_known_for_another_pull() {
        let turns = Turns::new(20_000, None);
        for seed in 0..2_000 {
            let bar = turns.of(mixed(seed), 0.7);
            for (other, pull) in [(seed + 1, 0.01), (seed + 2, 0.7), (seed + 3, 40.0)] {
                let is_out = turns.lot(other) < least_lot(bar, pull);
                assert!(!is_out || turns.of(other, pull) < bar);
                let by_factor = wait(turn_by(turns.of(other, pull), 0.35));
                let anew = wait(turns.of(other, 0.35 * pull));
                assert!((by_factor / anew - 1.0).abs() < 1e-5);
            }
        }
        // It tells something: of a thousand that pull a hundredth, hardly any can be before one in the middle.
        let least = least_lot(turn(std::f32::consts::LN_2), 0.01);
        assert!((0..1_000).filter(|seed| turns.lot(*seed) >= least).count() < 10);
    }
}
