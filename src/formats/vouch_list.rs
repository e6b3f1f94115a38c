//! `/.well-known/archipelago-vouches`: the vouches that a hoster without node wants to be known by.
//!
//! ```text
//! # Our collectives say so:
//! https://collective.example/ap/vouches/1837582634
//! ```
//!
//! Text with the address of a vouch on each line; lines that begin with `#` are for people.

use url::Url;

use crate::domain::text::Link;

/// Where it lies on the hoster's own site.
pub const PATH: &str = "/.well-known/archipelago-vouches";
/// How much of it is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// How many vouches are read of it: more than any hoster has.
pub const MAX_VOUCHES: usize = 200;

/// The addresses in such a file, in their order; what is no address is passed over, for there is nobody to
/// tell.
pub fn read(bytes: &[u8]) -> Vec<Url> {
    let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
    let text = String::from_utf8_lossy(bytes);
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let said = lines.filter(|line| !line.starts_with('#'));
    let addresses = said.filter_map(|line| Some(Link::parse(line).ok()?.as_url().clone()));
    addresses.take(MAX_VOUCHES).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::anything;

    #[test]
    fn each_line_is_the_address_of_a_vouch_and_the_rest_is_for_people() {
        let read = read(
            "\u{feff}# Who vouches for us\r\nhttps://collective.example/ap/vouches/1\r\n\r\n  \
             https://other.example/ap/vouches/2  \n#https://a.example/3\nnot an address\n\
             ftp://a.example/4\nhttps://a.example/5 and more\n"
                .as_bytes(),
        );
        let read: Vec<_> = read.iter().map(Url::as_str).collect();
        assert_eq!(
            read,
            [
                "https://collective.example/ap/vouches/1",
                "https://other.example/ap/vouches/2",
                "https://a.example/5%20and%20more"
            ]
        );
    }

    #[test]
    fn so_much_is_read_and_no_more() {
        let lines = |lines| "https://a.example/1\n".repeat(lines);
        assert_eq!(read(lines(MAX_VOUCHES + 1).as_bytes()).len(), MAX_VOUCHES);
        let late = format!("{}\nhttps://a.example/1", "#".repeat(MAX_BYTES));
        assert!(read(late.as_bytes()).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_does_harm(bytes in anything::bytes(), text in anything::text()) {
            read(&bytes);
            read(text.as_bytes());
        }
    }
}
