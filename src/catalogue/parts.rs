//! Parts of answers that one edition has written, kept to stand in other answers.

use std::sync::Arc;

use moka::sync::Cache;

use super::answers::ENTRY_BYTES;
use crate::domain::localized::Language;

/// So many bytes of parts are kept, those needed last.
pub const MAX_KEPT_BYTES: u32 = 16 << 20;

/// What was written of services. An edition's parts go with it, so none is ever old.
pub struct Parts {
    kept: Cache<Whose, Arc<Part>>,
}

/// Of what a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Whose {
    /// The service, by its position in the edition.
    pub service: usize,
    /// The need it answers, by its position in the taxonomy.
    pub need: usize,
    /// The language it is told in.
    pub language: Language,
}

/// What is the same of a service in every answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its facts, as members of an object of JSON.
    pub facts: Box<[u8]>,
    /// The reasons that lie in itself, as items of an array of JSON.
    pub reasons: Box<[u8]>,
}

impl Default for Parts {
    fn default() -> Self {
        let bytes = |part: &Arc<Part>| part.facts.len() + part.reasons.len() + ENTRY_BYTES;
        Self {
            kept: Cache::builder()
                .max_capacity(MAX_KEPT_BYTES.into())
                .weigher(move |_, part| bytes(part).try_into().unwrap_or(u32::MAX))
                .build(),
        }
    }
}

impl Parts {
    /// A part as it was written before, or as `write` writes it now.
    pub fn get_or_write(&self, whose: Whose, write: impl FnOnce() -> Part) -> Arc<Part> {
        if let Some(known) = self.kept.get(&whose) {
            return known;
        }
        let part = Arc::new(write());
        self.kept.insert(whose, Arc::clone(&part));
        part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_once_and_no_more_bytes_are_kept_than_may_be() {
        let parts = Parts::default();
        let whose = |service| Whose {
            service,
            need: 0,
            language: Language::French,
        };
        let part = |bytes| Part {
            facts: vec![b' '; bytes].into(),
            reasons: Box::default(),
        };
        let first = parts.get_or_write(whose(0), || part(3));
        assert_eq!(parts.get_or_write(whose(0), || part(4)), first);
        for service in 0..200 {
            parts.get_or_write(whose(service), || part(1 << 20));
        }
        parts.kept.run_pending_tasks();
        assert!((1..=u64::from(MAX_KEPT_BYTES)).contains(&parts.kept.weighted_size()));
    }
}
