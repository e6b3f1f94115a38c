//! Answers that one edition has given, kept to be given again.

use bytes::Bytes;
use moka::sync::Cache;

use crate::domain::fingerprint::checksum;

/// So many bytes of answers are kept, those asked for last.
pub const MAX_KEPT_BYTES: u32 = 32 << 20;

/// What an entry costs beside what it holds, in bytes.
pub(super) const ENTRY_BYTES: usize = 256;

/// What was answered to questions in their normal form. An edition's answers go with it, so none is ever old.
pub struct Answers {
    kept: Cache<String, Answer>,
}

/// An answer as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its bytes.
    pub body: Bytes,
    /// Their checksum.
    pub checksum: u64,
}

impl Answer {
    fn of(body: Vec<u8>) -> Self {
        Self {
            checksum: checksum(&body),
            // No more than its bytes is kept.
            body: body.into_boxed_slice().into(),
        }
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self::of_at_most(MAX_KEPT_BYTES)
    }
}

impl Answers {
    fn of_at_most(bytes: u32) -> Self {
        let weight = |question: &String, answer: &Answer| {
            (question.len() + answer.body.len() + ENTRY_BYTES)
                .try_into()
                .unwrap_or(u32::MAX)
        };
        Self {
            kept: Cache::builder()
                .max_capacity(bytes.into())
                .weigher(weight)
                .build(),
        }
    }

    /// The answer to `question`, as it was given before or as `write` gives it now. A failure is not kept.
    pub fn get_or_write<E>(
        &self,
        question: String,
        write: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Answer, E> {
        if let Some(known) = self.kept.get(&question) {
            return Ok(known);
        }
        let answer = Answer::of(write()?);
        self.kept.insert(question, answer.clone());
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize) -> Result<Vec<u8>, ()> {
        Ok(vec![b' '; bytes])
    }

    #[test]
    fn a_question_is_answered_once_and_a_failure_is_tried_again() {
        let answers = Answers::default();
        assert!(answers.get_or_write("q".into(), || Err(())).is_err());
        let first = answers.get_or_write("q".into(), || answer(3));
        assert_eq!(answers.get_or_write("q".into(), || Err(())), first);
    }

    #[test]
    fn no_more_than_so_many_bytes_are_kept() {
        let answers = Answers::of_at_most(10_000);
        for number in 0..1_000 {
            answers
                .get_or_write(number.to_string(), || answer(1_000))
                .unwrap();
        }
        answers.kept.run_pending_tasks();
        assert!((1..=10_000).contains(&answers.kept.weighted_size()));
    }
}
