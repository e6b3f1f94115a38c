//! Input that is nearly right: changed in few places, by chance that can be had again.

use serde_json::{Map, Value};

/// The most changes made to one input.
const MAX_CHANGES: usize = 4;
/// The longest input that mangling makes, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// What readers look for, and what is near a limit.
const WORDS: [&str; 24] = [
    "",
    "0",
    "-1",
    "1e308",
    "9007199254740993",
    "null",
    "true",
    "\u{202e}",
    "\u{0}",
    "é\u{301}",
    "\"",
    "\\",
    "\r\n",
    "%00",
    "https://a.example/",
    "https://[::1]:0/",
    "acct:a@b.example",
    "2026-02-30",
    "2026-11-30T08:00:00Z",
    "fr",
    "FR",
    "xn--",
    "*.a.example",
    "\u{feff}",
];

/// Chance with a seed: splitmix64.
pub struct Chance(pub u64);

impl Chance {
    /// The chance that an input has, so that a failure comes again with it.
    pub fn of(input: &[u8]) -> Self {
        let mix = |sum: u64, byte: &u8| sum.wrapping_mul(31).wrapping_add(u64::from(*byte));
        Self(input.iter().fold(1, mix))
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }
}

/// The input with a few changes: to the JSON below its first line, where there is some, or to its bytes.
pub fn input(input: &[u8], chance: &mut Chance) -> Vec<u8> {
    let start = match input.first() {
        Some(b'{' | b'[') => 0,
        _ => input
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1),
    };
    let json = serde_json::from_slice::<Value>(&input[start..]).ok();
    match json.filter(|_| chance.below(3) > 0) {
        Some(mut json) => {
            value(&mut json, chance);
            [&input[..start], json.to_string().as_bytes()].concat()
        }
        None => bytes(input, chance),
    }
}

/// Mangles what a fuzzer holds, one time in three; `None` leaves it to the fuzzer.
pub fn in_place(data: &mut [u8], size: usize, most: usize, seed: u32) -> Option<usize> {
    if !seed.is_multiple_of(3) {
        return None;
    }
    let mangled = input(&data[..size], &mut Chance(u64::from(seed)));
    let room = data
        .get_mut(..mangled.len())
        .filter(|room| room.len() <= most)?;
    room.copy_from_slice(&mangled);
    Some(mangled.len())
}

/// Bytes with a few changes.
pub fn bytes(input: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=chance.below(MAX_CHANGES) {
        let at = chance.below(bytes.len() + 1);
        let end = at + chance.below(bytes.len() - at + 1).min(chance.below(64) + 1);
        match chance.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 if at < bytes.len() => bytes[at] = chance.below(256) as u8,
            2 => drop(bytes.splice(at..end, std::iter::empty())),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = chance.below(bytes.len() + 1);
                drop(bytes.splice(to..to, piece));
            }
            4 => bytes.truncate(at),
            _ => drop(bytes.splice(at..end, chance.word().bytes())),
        }
    }
    bytes.truncate(MAX_BYTES);
    bytes
}

/// A value of JSON with a few changes.
pub fn value(value: &mut Value, chance: &mut Chance) {
    for _ in 0..=chance.below(MAX_CHANGES) {
        change(value, chance);
    }
}

/// Goes down by chance, and changes what it comes to.
fn change(value: &mut Value, chance: &mut Chance) {
    let goes_on = chance.below(5) > 0;
    match value {
        Value::Object(fields) if goes_on && !fields.is_empty() => {
            let at = chance.below(fields.len());
            if let Some((_, inner)) = fields.iter_mut().nth(at) {
                change(inner, chance);
            }
        }
        Value::Array(items) if goes_on && !items.is_empty() => {
            let at = chance.below(items.len());
            change(&mut items[at], chance);
        }
        Value::Object(fields) => change_fields(fields, chance),
        Value::Array(items) => match chance.below(3) {
            0 => items.push(plain(chance)),
            1 => drop(items.pop()),
            _ => items.extend(items.clone()),
        },
        Value::String(text) if goes_on => {
            *text = String::from_utf8_lossy(&bytes(text.as_bytes(), chance)).into_owned();
        }
        other => *other = plain(chance),
    }
}

fn change_fields(fields: &mut Map<String, Value>, chance: &mut Chance) {
    let name = |fields: &Map<String, Value>, chance: &mut Chance| {
        let at = chance.below(fields.len().max(1));
        fields.keys().nth(at).cloned().unwrap_or_default()
    };
    let (one, other) = (name(fields, chance), name(fields, chance));
    match chance.below(4) {
        0 => drop(fields.remove(&one)),
        1 => drop(fields.insert(chance.word().to_owned(), plain(chance))),
        2 => drop(fields.insert(one, plain(chance))),
        _ => {
            let taken = fields.get(&other).cloned().unwrap_or_default();
            fields.insert(one, taken);
        }
    }
}

fn plain(chance: &mut Chance) -> Value {
    match chance.below(7) {
        0 => Value::Null,
        1 => Value::from(chance.below(2) == 0),
        2 => Value::from(chance.below(usize::MAX) as i64),
        3 => Value::from(f64::from_bits(chance.below(usize::MAX) as u64)),
        4 => Value::Array(vec![Value::from(chance.word())]),
        5 => Value::Object(Map::new()),
        _ => Value::from(chance.word()),
    }
}
