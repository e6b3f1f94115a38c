//! The id of a key: where it is found, and for whom it may speak.

use url::Url;

use super::Refused;
use crate::domain::text::MAX_LINK_BYTES;

/// Whether a key may speak for an actor: both are of one origin, so of one host's making. That the
/// actor's document lists the key is for the caller to look up.
pub fn key_belongs_to(key_id: &Url, actor: &Url) -> bool {
    key_id.origin() == actor.origin()
}

/// Reads the id of a key: an absolute http or https URL of at most [`MAX_LINK_BYTES`], without
/// a user's name or password.
pub(super) fn parse_key_id(text: &str) -> Result<Url, Refused> {
    let url = (text.len() <= MAX_LINK_BYTES).then(|| Url::parse(text).ok());
    url.flatten()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .ok_or(Refused::KeyId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_that_others_use_are_read() {
        for id in [
            "https://mastodon.example/users/alice#main-key",
            "https://gotosocial.example/users/alice/main-key",
            "http://localhost:8080/actor#main-key",
        ] {
            assert_eq!(parse_key_id(id).map(String::from).as_deref(), Ok(id));
        }
    }

    #[test]
    fn what_is_no_absolute_web_address_names_no_key() {
        let long = format!("https://a.example/{}", "x".repeat(MAX_LINK_BYTES));
        for id in [
            "",
            "Test",
            "/actor#main-key",
            "//a.example/actor",
            "acct:alice@a.example",
            "did:key:z6Mk",
            "file:///etc/passwd",
            "https://",
            "https://user@a.example/actor",
            "https://:secret@a.example/actor",
            &long,
        ] {
            assert_eq!(parse_key_id(id), Err(Refused::KeyId), "{id}");
        }
    }

    #[test]
    fn a_key_speaks_only_for_actors_of_its_own_origin() {
        let belongs = |key: &str, actor: &str| {
            key_belongs_to(&Url::parse(key).unwrap(), &Url::parse(actor).unwrap())
        };
        let key = "https://a.example/u/alice#main-key";
        assert!(belongs(key, "https://a.example/u/alice"));
        assert!(belongs(key, "https://A.EXAMPLE:443/u/bob"));
        for actor in [
            "https://b.example/u/alice",
            "http://a.example/u/alice",
            "https://a.example:8443/u/alice",
            "https://x.a.example/u/alice",
            "https://a.example./u/alice",
            "https://a.example@b.example/u/alice",
        ] {
            assert!(!belongs(key, actor), "{actor}");
        }
        assert!(!belongs("data:,", "data:,"));
    }
}
