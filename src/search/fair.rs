//! Equals take turns: within a band of score the order changes from day to day.
//!
//! Popularity is never an input here. The weighted draw behind `/go` will live here too.

/// Where a service stands among its equals on a day (days since 1970); higher comes first. `seed` is
/// the [`fingerprint`](crate::domain::fingerprint::fingerprint) of its identifier.
/// SplitMix64's finaliser over seed and day, so that tomorrow's order tells nothing about today's.
pub fn turn(seed: u64, day: i64) -> u32 {
    let mut mixed = seed.wrapping_add((day as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 32) as u32
}

/// The band of a score: services in one band are equals. Four bands to each halving of the score,
/// so equals differ by less than a quarter; 0 for a score of 0.
pub fn band(score: f32) -> u32 {
    // A positive float's bits grow with its value; sign and exponent plus two bits of the mantissa remain.
    score.max(0.0).to_bits() >> 21
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fingerprint::fingerprint;

    #[test]
    fn a_band_holds_scores_that_differ_by_less_than_a_quarter() {
        for score in [0.9_f32, 0.5, 0.11, 0.004] {
            assert_ne!(band(score), band(score / 1.25));
            assert!(band(score) > band(score / 1.25));
        }
        assert_eq!(band(0.52), band(0.5));
        assert_eq!(band(0.0), 0);
        assert_eq!(band(-1.0), 0);
    }

    #[test]
    fn over_a_year_each_of_ten_equals_is_first_about_as_often() {
        let ids: Vec<String> = (0..10).map(|n| format!("hoster-{n}-pad")).collect();
        let mut first = [0; 10];
        for day in 20_000..20_365 {
            let winner = (0..10)
                .max_by_key(|n| turn(fingerprint(ids[*n].as_bytes()), day))
                .unwrap();
            first[winner] += 1;
        }
        assert!(
            first.iter().all(|times| (20..=55).contains(times)),
            "{first:?}"
        );
    }
}
