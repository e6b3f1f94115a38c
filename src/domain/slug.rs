//! Identifiers that stand in an address: `/fr/hosters/adminforge`.

use utoipa::openapi::schema::ObjectBuilder;

use super::described::text;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an identifier has 1 to {max} of the characters a-z, 0-9, '-', '.' and '_' and begins with a letter or digit", max = MAX_SLUG_BYTES)]
pub struct SlugError;

/// The longest identifier, in bytes: a host name (253) and a little more.
pub const MAX_SLUG_BYTES: usize = 300;

/// How an identifier is described.
pub(super) fn description() -> ObjectBuilder {
    text()
        .pattern(Some(r"^[a-z0-9][a-z0-9._-]*$"))
        .max_length(Some(MAX_SLUG_BYTES))
}

pub(super) fn check(text: &str) -> Result<(), SlugError> {
    let begins_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let holds_well = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b));
    if begins_well && holds_well && text.len() <= MAX_SLUG_BYTES {
        Ok(())
    } else {
        Err(SlugError)
    }
}

/// Declares an identifier type of its own, so that a hoster's is never taken for a need's.
macro_rules! slug_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an identifier; see [`SlugError`](crate::domain::slug::SlugError) for what is refused.
            pub fn parse(text: &str) -> Result<Self, $crate::domain::slug::SlugError> {
                $crate::domain::slug::check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The identifier as it stands in an address.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::domain::slug::SlugError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $crate::domain::slug::check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        $crate::domain::described::described!($name: $crate::domain::slug::description());
    };
}
pub(super) use slug_type;

#[cfg(test)]
mod tests {
    use super::*;

    slug_type!(
        /// Any identifier.
        Id
    );

    #[test]
    fn host_names_and_kebab_case_are_identifiers() {
        for text in [
            "adminforge",
            "zaclys-framadate",
            "pad.example.org",
            "0bin",
            "a_b",
        ] {
            assert_eq!(Id::parse(text).map(String::from).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_could_break_an_address_is_refused() {
        let long = "a".repeat(MAX_SLUG_BYTES + 1);
        for text in [
            "",
            "-a",
            ".",
            "../etc",
            "a/b",
            "A",
            "é",
            "a b",
            "a?b",
            long.as_str(),
        ] {
            assert_eq!(Id::parse(text), Err(SlugError), "{text}");
        }
    }
}
