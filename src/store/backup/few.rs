//! Lists of which a file of strangers cannot make long ones.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The most columns a table has: several times those of the widest. A list of nothing but commas would
/// else take up many times its own length.
const MAX_COLUMNS: usize = 100;

/// A list of something for each column; one of more than [`MAX_COLUMNS`] is not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Few<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(OneByOne(PhantomData))
    }
}

struct OneByOne<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneByOne<T> {
    type Value = Few<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of at most {MAX_COLUMNS}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Few<T>, A::Error> {
        let mut few = Vec::new();
        while let Some(one) = list.next_element()? {
            if few.len() == MAX_COLUMNS {
                return Err(Error::invalid_length(MAX_COLUMNS + 1, &self));
            }
            few.push(one);
        }
        Ok(Few(few))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_many_is_not_read() {
        let list = |length| format!("[{}]", vec!["0"; length].join(","));
        let most: Few<i64> = serde_json::from_str(&list(MAX_COLUMNS)).unwrap();
        assert_eq!(most.0.len(), MAX_COLUMNS);
        let more = serde_json::from_str::<Few<i64>>(&list(MAX_COLUMNS + 1));
        assert!(more.is_err());
    }
}
