//! Chance that is the same everywhere: for drawings, which must not change between two visits.
//!
//! Not for what must be fair or secret.

/// Dice that fall alike wherever they are seeded with the same text.
pub struct Dice(u32);

impl Dice {
    /// Seeds with the FNV-1a hash of the text's bytes.
    pub fn seeded_with(text: &str) -> Self {
        let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        // Xorshift would stay at 0.
        Self(if hash == 0 { 0x9e37_79b9 } else { hash })
    }

    /// From 0 to `n` - 1. `n` is positive.
    pub fn below(&mut self, n: i32) -> i32 {
        // Xorshift with Marsaglia's triple 13, 17, 5; its low bits are the weaker ones.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 8) as i32 % n
    }

    /// From -`n` to `n`.
    pub fn around(&mut self, n: i32) -> i32 {
        self.below(2 * n + 1) - n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_throws_the_same_numbers() {
        let throws = |text| {
            let mut dice = Dice::seeded_with(text);
            [0; 6].map(|_| dice.below(100))
        };
        assert_eq!(throws("kaz"), throws("kaz"));
        assert_ne!(throws("kaz"), throws("arn"));
    }

    #[test]
    fn a_throw_stays_in_its_range_and_reaches_both_ends() {
        let mut dice = Dice::seeded_with("");
        let throws: Vec<i32> = (0..1_000).map(|_| dice.around(3)).collect();
        assert_eq!(throws.iter().min(), Some(&-3));
        assert_eq!(throws.iter().max(), Some(&3));
    }
}
