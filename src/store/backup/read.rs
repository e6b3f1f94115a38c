//! Reads a file line by line, and believes it once its last line agrees with all before.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use ring::digest::{Context, SHA256};
use serde::Deserialize;
use zstd::stream::read::Decoder;

use super::few::Few;
use super::{
    Cell, Contents, FORMAT, Header, MAX_LINE_BYTES, Mark, NotRestored, VERSION, hex, newest,
};

/// How far back zstd may look while it unpacks, as a power of two in bytes: the 8 MiB that RFC 8878 asks
/// every reader to allow, four times what is written.
const MAX_WINDOW_LOG: u32 = 23;

/// Reads a file to its end: what is in it, or why it cannot be restored.
pub fn check(file: impl Read) -> Result<Contents, NotRestored> {
    let mut reader = Reader::begin(file)?;
    while reader.line()?.is_some() {}
    Ok(reader.contents)
}

/// A line between the first and the last.
pub(super) enum Line {
    Table { name: String, columns: Vec<String> },
    Row(Vec<Cell>),
}

/// A file as it is read.
pub(super) struct Reader<'a, R: Read> {
    lines: BufReader<Decoder<'a, BufReader<R>>>,
    line: Vec<u8>,
    hash: Context,
    /// What was read so far.
    pub(super) contents: Contents,
}

/// What every version of the format says in its first line.
#[derive(Deserialize)]
struct Named {
    format: String,
    version: u64,
}

impl<R: Read> Reader<'_, R> {
    /// Reads the first line.
    pub(super) fn begin(file: R) -> Result<Self, NotRestored> {
        let mut unpacked = Decoder::new(file).map_err(NotRestored::Unreadable)?;
        let bounded = unpacked.window_log_max(MAX_WINDOW_LOG);
        bounded.map_err(NotRestored::Unreadable)?;
        let mut lines = BufReader::new(unpacked);
        let mut line = Vec::new();
        next_line(&mut lines, &mut line).map_err(|error| match error {
            // What does not even begin as ours is something else, not ours and changed.
            NotRestored::Changed => NotRestored::NoBackup,
            error => error,
        })?;
        let named: Named = serde_json::from_slice(&line).map_err(|_| NotRestored::NoBackup)?;
        if named.format != FORMAT {
            return Err(NotRestored::NoBackup);
        }
        if named.version != VERSION {
            return Err(NotRestored::OtherVersion(named.version));
        }
        let header: Header = serde_json::from_slice(&line).map_err(|_| NotRestored::Changed)?;
        if header.schema > newest() {
            return Err(NotRestored::NewerTables);
        }
        if header.revision < 0 {
            return Err(NotRestored::Changed);
        }
        let mut hash = Context::new(&SHA256);
        hash.update(&line);
        Ok(Self {
            lines,
            line,
            hash,
            contents: Contents::none_yet(&header),
        })
    }

    /// The next line; `None` once the file is known to be whole and as it was written.
    pub(super) fn line(&mut self) -> Result<Option<Line>, NotRestored> {
        next_line(&mut self.lines, &mut self.line)?;
        if self.line.starts_with(b"[") {
            let row: Few<Cell> =
                serde_json::from_slice(&self.line).map_err(|_| NotRestored::Changed)?;
            self.hash.update(&self.line);
            self.contents.rows += 1;
            return Ok(Some(Line::Row(row.0)));
        }
        let mark = serde_json::from_slice(&self.line).map_err(|_| NotRestored::Changed)?;
        match mark {
            Mark::Table { name, columns } => {
                self.hash.update(&self.line);
                self.contents.tables += 1;
                Ok(Some(Line::Table {
                    name,
                    columns: columns.0,
                }))
            }
            Mark::End { rows, sha256 } => {
                let is_whole = rows == self.contents.rows
                    && sha256 == hex(&self.hash.clone().finish())
                    && self.lines.fill_buf().is_ok_and(<[u8]>::is_empty);
                is_whole.then_some(None).ok_or(NotRestored::Changed)
            }
        }
    }
}

fn next_line(lines: &mut impl BufRead, line: &mut Vec<u8>) -> Result<(), NotRestored> {
    line.clear();
    let read = lines.take(MAX_LINE_BYTES as u64).read_until(b'\n', line);
    match read {
        Ok(_) if line.ends_with(b"\n") => Ok(()),
        Ok(MAX_LINE_BYTES) => Err(NotRestored::Changed),
        Ok(_) => Err(NotRestored::CutOff),
        Err(error) => Err(not_read(error)),
    }
}

fn not_read(error: io::Error) -> NotRestored {
    match error.kind() {
        ErrorKind::UnexpectedEof => NotRestored::CutOff,
        // What zstd cannot unpack; a disk that fails says which error of the system that is.
        _ if error.raw_os_error().is_none() => NotRestored::Changed,
        _ => NotRestored::Unreadable(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_line_has_a_longest_length() {
        let mut text = vec![b'a'; MAX_LINE_BYTES - 1];
        text.push(b'\n');
        let mut line = Vec::new();
        next_line(&mut &text[..], &mut line).unwrap();
        assert_eq!(line.len(), MAX_LINE_BYTES);
        text.insert(0, b'a');
        let refused = next_line(&mut &text[..], &mut line).unwrap_err();
        assert!(matches!(refused, NotRestored::Changed), "{refused:?}");
        assert_eq!(line.len(), MAX_LINE_BYTES, "no more of it was taken in");
    }

    #[test]
    fn what_wants_more_memory_to_be_unpacked_than_every_reader_has_is_not_read() {
        let refused = |window_log| {
            let header = Header {
                format: FORMAT.to_owned(),
                version: VERSION,
                schema: newest(),
                revision: 0,
                made_at: chrono::DateTime::UNIX_EPOCH,
            };
            let mut packing = zstd::Encoder::new(Vec::new(), 3).unwrap();
            packing.window_log(window_log).unwrap();
            serde_json::to_writer(&mut packing, &header).unwrap();
            packing.write_all(b"\n").unwrap();
            packing.flush().unwrap();
            check(&packing.finish().unwrap()[..]).unwrap_err()
        };
        let within = refused(MAX_WINDOW_LOG);
        assert!(matches!(within, NotRestored::CutOff), "{within:?}");
        let beyond = refused(MAX_WINDOW_LOG + 1);
        assert!(matches!(beyond, NotRestored::NoBackup), "{beyond:?}");
    }
}
