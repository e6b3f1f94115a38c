//! Reads within bounds, whatever comes and however it was packed.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::MAX_RECORD_BYTES;

/// How much is read at once.
pub(super) const BUFFER: usize = 64 * 1024;

/// What is beyond one of the limits, as the reader says it.
pub(super) const TOO_LARGE: &str = "too large";
pub(super) const TOO_LARGE_A_RECORD: &str = "too large a record";

/// Reads no more than a document may have, and no more than a record may have since the last one: what is
/// one record is held in memory.
pub(super) struct Bounded<R> {
    pub(super) inner: R,
    /// The bytes that a document may still have.
    pub(super) left: u64,
    /// The bytes that were read since the last record.
    pub(super) within: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other(TOO_LARGE))?;
        self.within.set(self.within.get() + read);
        // What is read ahead belongs to the next record.
        match self.within.get() > MAX_RECORD_BYTES + BUFFER {
            true => Err(io::Error::other(TOO_LARGE_A_RECORD)),
            false => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounded(left: u64, within: usize) -> Bounded<io::Repeat> {
        Bounded {
            inner: io::repeat(b' '),
            left,
            within: Rc::new(Cell::new(within)),
        }
    }

    #[test]
    fn no_more_is_read_than_a_document_and_a_record_may_have() {
        let mut bytes = [0; 100];
        assert!(bounded(100, 0).read(&mut bytes).is_ok());
        let error = bounded(99, 0).read(&mut bytes).unwrap_err();
        assert_eq!(error.to_string(), TOO_LARGE);
        let most = MAX_RECORD_BYTES + BUFFER;
        assert!(bounded(100, most - 100).read(&mut bytes).is_ok());
        let error = bounded(100, most - 99).read(&mut bytes).unwrap_err();
        assert_eq!(error.to_string(), TOO_LARGE_A_RECORD);
    }
}
