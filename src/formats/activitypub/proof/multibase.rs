//! Keys and signatures as texts: base58-btc behind a `z` (Controlled Identifiers 1.0 §2.4).

/// The bytes of a public key of Ed25519 (RFC 8032 §5.1.5).
const KEY_BYTES: usize = 32;
/// What stands before such a key: `ed25519-pub`, 0xed, as a varint (Multicodec).
const ED25519: [u8; 2] = [0xed, 0x01];
/// What stands before a text in base58-btc.
const BASE58: char = 'z';
/// The longest text that is read, in characters: a signature takes 88 at most, and the `z`.
const MAX_CHARS: usize = 89;

/// Exactly `N` bytes.
pub(super) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.strip_prefix(BASE58)?;
    if text.len() >= MAX_CHARS {
        return None;
    }
    let mut bytes = [0; N];
    let length = bs58::decode(text).onto(&mut bytes).ok()?;
    (length == N).then_some(bytes)
}

pub(super) fn encode(bytes: &[u8]) -> String {
    let text = bs58::encode(bytes).into_string();
    format!("{BASE58}{text}")
}

/// The key in a Multikey of Ed25519.
pub(super) fn public_key(text: &str) -> Option<[u8; KEY_BYTES]> {
    let bytes: [u8; ED25519.len() + KEY_BYTES] = decode(text)?;
    bytes.strip_prefix(&ED25519)?.try_into().ok()
}

/// The Multikey of a key of Ed25519.
pub(super) fn multikey(public_key: &[u8]) -> String {
    encode(&[&ED25519, public_key].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

    #[test]
    fn a_key_is_written_as_it_was_read() {
        assert_eq!(multikey(&public_key(KEY).unwrap()), KEY);
        assert!(multikey(&[0; KEY_BYTES]).starts_with("z6Mk"));
    }

    #[test]
    fn a_key_of_another_kind_or_length_is_none() {
        let of = |prefix: &[u8], length: usize| encode(&[prefix, &vec![7; length]].concat());
        assert!(public_key(&of(&ED25519, KEY_BYTES)).is_some());
        let (x25519, secret, p256) = ([0xec, 0x01], [0x80, 0x26], [0x80, 0x24]);
        for other in [
            of(&ED25519, KEY_BYTES - 1),
            of(&ED25519, KEY_BYTES + 1),
            of(&x25519, KEY_BYTES),
            of(&secret, KEY_BYTES),
            of(&p256, KEY_BYTES + 1),
            of(&[], KEY_BYTES),
            KEY.to_lowercase(),
            KEY.replace('z', "u"),
            KEY[1..].to_owned(),
            format!("{KEY} "),
            String::new(),
            "z".to_owned(),
            "z0OIl".to_owned(),
            format!("z{}", "1".repeat(100_000)),
        ] {
            assert_eq!(public_key(&other), None, "{other}");
        }
    }

    #[test]
    fn a_signature_that_begins_with_zeros_keeps_its_length() {
        let mut bytes = [9; 64];
        bytes[..3].fill(0);
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
        assert_eq!(decode::<63>(&encode(&bytes)), None);
        assert_eq!(encode(&[0xff; 64]).len(), MAX_CHARS);
        assert_eq!(decode(&encode(&[0xff; 64])), Some([0xff; 64]));
    }
}
