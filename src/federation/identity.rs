//! What this node is: founded once by `archipelago init`, read back at every start.

use ring::digest::{SHA256, digest};

use super::chance;
use super::signature::PrivateKey;
use crate::domain::hoster::Hoster;
use crate::domain::text::Name;
use crate::domain::word::worded;
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::activitypub::proof;
use crate::formats::webfinger::MAX_USERNAME_CHARS;
use crate::store::{self, LocalActor, NewAssertionKey, NewKey, Store};
use chrono::{DateTime, Utc};

/// Bytes of chance in a token: nobody guesses 32.
const TOKEN_BYTES: usize = 32;

/// Whose node it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A hoster's.
    Hoster,
    /// A collective's.
    Collective,
    /// A directory's: it has no subject beside the node itself.
    Directory,
}

worded!(Kind {
    Hoster = "hoster",
    Collective = "collective",
    Directory = "directory",
});

impl Kind {
    /// Whose node these actors are.
    pub fn of(local: &[LocalActor]) -> Self {
        match local.iter().map(|actor| actor.role).max() {
            Some(Local::Hoster) => Self::Hoster,
            Some(Local::Collective) => Self::Collective,
            Some(Local::Node) | None => Self::Directory,
        }
    }
}

/// Why a name before the `@` was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Other programs would not find it.
    #[error(
        "a name before the @ has 1 to {MAX_USERNAME_CHARS} letters a-z, digits and _, and between them also . and -"
    )]
    Characters,
    /// The node's own actor has it.
    #[error("the node itself is called by the host's name: choose another")]
    Host,
}

/// Checks a name before the `@` for a node of this kind at `addresses`: what Mastodon and others take
/// for one, and no other actor of the node has.
pub fn check_username(
    username: &str,
    kind: Kind,
    addresses: &Addresses,
) -> Result<(), UsernameError> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let fits = (1..=MAX_USERNAME_CHARS).contains(&username.len())
        && username.starts_with(is_word)
        && username.ends_with(is_word)
        && username
            .chars()
            .all(|c| is_word(c) || matches!(c, '.' | '-'));
    let home = addresses.home();
    let is_host = username.eq_ignore_ascii_case(home.host_str().unwrap_or_default());
    match (fits, kind) {
        (false, _) => Err(UsernameError::Characters),
        (true, Kind::Hoster | Kind::Collective) if is_host => Err(UsernameError::Host),
        (true, _) => Ok(()),
    }
}

/// Who founds a node, and where.
#[derive(Debug, Clone)]
pub struct Founder {
    /// Every address it will mint.
    pub addresses: Addresses,
    /// Whose node it is.
    pub kind: Kind,
    /// The name before the `@`.
    pub username: String,
    /// The name people read.
    pub name: Name,
    /// The hoster whose node it is; `None` for other kinds.
    pub hoster: Option<Hoster>,
}

/// What the one who manages a node proves it with; shown once, and kept by its hash alone.
pub struct Token(String);

impl Founder {
    /// Founds the node in a store. `None` if it is something already, which stays as it was.
    pub async fn found(
        &self,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<Option<Token>, store::Error> {
        let subject = match self.kind {
            Kind::Hoster => Some(Local::Hoster),
            Kind::Collective => Some(Local::Collective),
            Kind::Directory => None,
        };
        let mut actors = Vec::new();
        for role in [Some(Local::Node), subject].into_iter().flatten() {
            let is_subject = Some(role) == subject || subject.is_none();
            let actor = LocalActor {
                role,
                id: self.addresses.actor(role),
                // The node of a hoster is called after its host, as servers' own actors are.
                username: match is_subject {
                    true => self.username.clone(),
                    false => self
                        .addresses
                        .home()
                        .host_str()
                        .unwrap_or_default()
                        .to_owned(),
                },
                name: self.name.clone(),
                created_at: now,
                updated_at: now,
            };
            actors.push((actor, new_key(&self.addresses, role, 1)));
        }
        let token = Token::generate();
        let founded = store
            .found(&actors, self.hoster.as_ref(), &token.hash(), now)
            .await?;
        Ok(founded.then_some(token))
    }
}

/// A new key of one of ours.
pub(super) fn new_key(addresses: &Addresses, role: Local, number: u32) -> NewKey {
    let (private_pem, public_pem) = PrivateKey::generate();
    NewKey {
        id: addresses.key(role, number),
        number,
        public_pem,
        private_pem,
    }
}

/// A new key of one of ours that signs documents.
pub(super) fn new_assertion_key(
    addresses: &Addresses,
    role: Local,
    number: u32,
) -> NewAssertionKey {
    let (private_pem, multibase) = proof::generate();
    NewAssertionKey {
        id: addresses.assertion_key(role, number),
        number,
        private_pem,
        multibase,
    }
}

/// Gives each of ours a key that signs documents, unless it has one.
pub(super) async fn keep_assertion_keys(
    store: &Store,
    addresses: &Addresses,
    local: &[LocalActor],
    now: DateTime<Utc>,
) -> Result<(), store::Error> {
    for actor in local {
        if store.assertion_keys(actor.role).await?.is_empty() {
            let key = new_assertion_key(addresses, actor.role, 1);
            store
                .keep_first_assertion_key(actor.role, &key, now)
                .await?;
        }
    }
    Ok(())
}

impl Token {
    /// A new one.
    pub fn generate() -> Self {
        Self(hex(&chance::bytes::<TOKEN_BYTES>()))
    }

    /// What somebody says is a token.
    pub fn said(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The token itself, to be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the store keeps of it.
    pub fn hash(&self) -> String {
        // A token is as random as a key, so one round of hashing is enough.
        hex(digest(&SHA256, self.0.as_bytes()).as_ref())
    }
}

/// Bytes in hexadecimal, in small letters.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_what_others_find_and_not_the_hosts() {
        let addresses = Addresses::of("https://hoster.example/".parse().unwrap());
        let check_username = |username: &str, kind| check_username(username, kind, &addresses);
        for username in ["asso", "a", "_", "a.b-c_d", "Asso2"] {
            assert_eq!(check_username(username, Kind::Hoster), Ok(()), "{username}");
        }
        let long = "a".repeat(MAX_USERNAME_CHARS + 1);
        for username in ["", "é", "a b", ".a", "a-", "a@b", "a\u{0}", &long] {
            let refused = check_username(username, Kind::Directory);
            assert_eq!(refused, Err(UsernameError::Characters), "{username}");
        }
        let host = |kind| check_username("Hoster.Example", kind);
        assert_eq!(host(Kind::Collective), Err(UsernameError::Host));
        assert_eq!(host(Kind::Directory), Ok(()));
    }
}
