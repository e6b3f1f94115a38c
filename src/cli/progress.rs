//! How far a long work is, told to a terminal on one line; a pipe hears nothing.

use std::io::{self, IsTerminal};

/// How many things are done between two tellings: a terminal is slower than a disk.
const TELL_EVERY: u64 = 1_000;

/// How far it is.
pub(super) struct Progress {
    is_wanted: bool,
    told: u64,
}

impl Progress {
    /// Tells standard error, if that is a terminal and nobody asked for JSON.
    pub(super) fn on_terminal(json: bool) -> Self {
        Self {
            is_wanted: io::stderr().is_terminal() && !json,
            told: 0,
        }
    }

    /// Tells how many things are done by now.
    pub(super) fn tell(&mut self, done: u64, what: &str) {
        if self.is_wanted && done >= self.told + TELL_EVERY {
            eprint!("\r\x1b[K{done} {what} ");
            self.told = done;
        }
    }

    /// Leaves the line as it was.
    pub(super) fn end(self) {
        if self.told > 0 {
            eprint!("\r\x1b[K");
        }
    }
}
