//! Writes a snapshot record by record, so that no directory is too large for it.

use std::io::{self, Write};

use chrono::NaiveDate;
use serde_json::Value;

use super::{Kind, Record};
use crate::formats::archipelago::VERSION;
use crate::formats::canonical;

/// A snapshot half written.
pub struct Writer<W> {
    out: W,
    /// What is signed.
    signed: String,
    /// The kinds that were begun.
    begun: usize,
    /// Whether a record of the kind in hand was written.
    has_any: bool,
}

impl<W: Write> Writer<W> {
    /// Begins a document of a day, of records of which this state was signed.
    pub fn begin(mut out: W, as_of: NaiveDate, signed: &Value) -> io::Result<Self> {
        write!(out, "{{\"archipelago\":{VERSION},\"as_of\":\"{as_of}\"")?;
        Ok(Self {
            out,
            signed: canonical::of(signed),
            begun: 0,
            has_any: false,
        })
    }

    /// Adds a record; they have to come in the order of kinds and ids.
    pub fn add(&mut self, record: &Record) -> io::Result<()> {
        self.reach(record.kind as usize + 1)?;
        if self.has_any {
            self.out.write_all(b",")?;
        }
        self.has_any = true;
        self.out.write_all(record.text.as_bytes())
    }

    /// Ends the document.
    pub fn end(mut self) -> io::Result<W> {
        self.reach(Kind::ALL.len())?;
        self.out.write_all(b"]}")?;
        Ok(self.out)
    }

    /// Ends the kinds before, and begins those up to one.
    fn reach(&mut self, wanted: usize) -> io::Result<()> {
        while self.begun < wanted {
            if self.begun > Kind::Hoster as usize {
                self.out.write_all(b"]")?;
            }
            let kind = Kind::ALL[self.begun];
            if kind == Kind::Vouch {
                write!(self.out, ",\"signed\":{}", self.signed)?;
            }
            // The choices are one record and no list.
            let list = if kind == Kind::Choices { "" } else { "[" };
            write!(self.out, ",\"{}\":{list}", kind.word())?;
            self.begun += 1;
            self.has_any = false;
        }
        Ok(())
    }
}
