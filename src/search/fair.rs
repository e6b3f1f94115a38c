//! Equals take turns: within a band of score the order changes from day to day and from place to place, and who
//! has more room is first more often.
//!
//! By the day alone one hoster would be first for a whole country until midnight; without room the smallest would
//! be first as often as the largest. Popularity is never an input here. The weighted draw behind `/go` is
//! [`draw`](super::draw)'s.

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

    /// Where a service stands among its equals; higher comes first. `seed` is the
    /// [`fingerprint`](crate::domain::fingerprint::fingerprint) of its identifier. With twice the `room` it is
    /// first twice as often: an order drawn without replacement (Efraimidis and Spirakis, 2006).
    pub fn of(self, seed: u64, room: f32) -> u32 {
        let number = mixed(seed ^ self.0);
        // The upper 24 bits, as many as a float holds: above 0 and below 1.
        let chance = ((number >> 40) as f32 + 0.5) / (1_u32 << 24) as f32;
        // How long it waits; a positive float's bits grow with its value.
        let wait = -chance.ln() / room;
        u32::MAX - wait.max(0.0).to_bits()
    }
}

/// A number that looks like chance and is the same for the same seed: the first of SplitMix64.
pub fn mixed(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The band of a score: services in one band are equals. One band to each halving of the score, which is what a
/// hundred kilometres make, so equals differ by less than half; 0 for a score of 0. In narrower bands hardly
/// anybody has an equal, and whoever is nearest to a large town is first there every day, however small
/// (`benches/fairness.rs`).
pub fn band(score: f32) -> u32 {
    // A positive float's bits grow with its value; sign and exponent remain.
    score.max(0.0).to_bits() >> 23
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
    fn a_band_holds_scores_that_differ_by_less_than_half() {
        for score in [0.9_f32, 0.5, 0.11, 0.004] {
            assert_eq!(band(score), band(score / 2.0) + 1);
        }
        assert_eq!(band(0.9), band(0.5));
        assert_eq!(band(0.0), 0);
        assert_eq!(band(-1.0), 0);
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
    fn with_twice_the_room_one_is_first_twice_as_often() {
        let days = (0..6_000).map(|day| Turns::new(day, None));
        let first = first(&[1.0, 2.0, 4.0, 8.0], days);
        for (times, expected) in first.iter().zip([400, 800, 1_600, 3_200]) {
            let off = f64::from(*times) / f64::from(expected);
            assert!((0.85..1.15).contains(&off), "{first:?}");
        }
    }
}
