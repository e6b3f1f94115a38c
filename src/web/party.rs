//! Who vouches and is vouched for, as pages name them: by name and host, with the page they have here.

use url::Url;

use super::locale::Locale;
use crate::catalogue::{Edition, Party};
use crate::domain::text::{Link, Name};
use crate::formats::activitypub::ids::collective_id;

/// One of them, by name.
pub struct Named {
    /// Its name; its host where nobody read one.
    pub name: String,
    /// Its host, where the name says something else: anybody may choose any name.
    pub host: Option<String>,
    /// Its page here, else its own.
    pub href: Option<String>,
}

/// Names one of them, see [`Named`].
pub fn named(party: &Party, edition: &Edition, l: &Locale) -> Named {
    let host = host(&party.address);
    let name = name(party);
    Named {
        host: Some(host).filter(|host| *host != name),
        href: page(party, edition, l),
        name,
    }
}

/// Its name; its host where nobody read one.
pub fn name(party: &Party) -> String {
    let name = party.name.as_ref().map(Name::to_string);
    name.unwrap_or_else(|| host(&party.address))
}

/// Its host, with its port if it has one.
pub fn host(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    match address.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The path of a collective's page, if it has one here.
pub fn collective_page(party: &Party, l: &Locale) -> Option<String> {
    let id = collective_id(&party.address).filter(|_| party.is_collective)?;
    Some(format!("/{}/collectives/{id}", l.code()))
}

fn page(party: &Party, edition: &Edition, l: &Locale) -> Option<String> {
    let hoster = party.hoster.map(|hoster| &edition.hosters[hoster].id);
    let here = hoster.map(|id| format!("/{}/hosters/{id}", l.code()));
    let is_listed = edition.blocked.of_url(&party.address).is_none();
    let collective = collective_page(party, l).filter(|_| is_listed);
    let own = || party.page.as_ref().map(Link::to_string);
    (collective.or(here).or_else(own)).or_else(|| link(&party.address))
}

/// An address as a link, where it can be one.
pub fn link(address: &Url) -> Option<String> {
    Some(Link::parse(address.as_str()).ok()?.to_string())
}

/// A word of a command, as a shell takes it: what is not plainly a word is quoted.
pub fn word_of_command(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/:._-%@+=,".contains(letter);
    match word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_a_command_names_can_be_pasted_into_a_shell() {
        let plain = "https://collective.example:8443/ap/vouches/4%20";
        assert_eq!(word_of_command(plain), plain);
        for (address, word) in [
            (
                "https://a.example/$(reboot)",
                "'https://a.example/$(reboot)'",
            ),
            ("https://a.example/?a&b;c", "'https://a.example/?a&b;c'"),
            ("https://a.example/'x'", r"'https://a.example/'\''x'\'''"),
        ] {
            assert_eq!(word_of_command(address), word);
        }
    }
}
