//! A snapshot as a packed file: written once, whoever asks for it, and handed out in pieces.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::Mutex;

/// How long a snapshot is handed out before a newer one is written, at least: what changed since is told
/// apart from it. One that took long to write is handed out longer.
pub const RENEW_AFTER: Duration = Duration::from_secs(60);
/// How much of the time may go into writing snapshots: a tenth.
const REST: u32 = 10;
/// How much of a file is read at once, in bytes.
pub const PIECE_BYTES: usize = 64 * 1024;

/// A packed snapshot on the disk; it goes when nobody reads it any more.
pub struct Kept {
    file: File,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// A name for what it holds.
    pub tag: String,
    written: Instant,
    took: Duration,
}

/// The one that is handed out.
#[derive(Default)]
pub(super) struct Shelf {
    kept: RwLock<Option<Arc<Kept>>>,
    /// Held by whoever writes the next one.
    writing: Mutex<()>,
}

impl Kept {
    /// Packs what is written into a file that has no name.
    pub fn pack(
        tag: String,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Self> {
        let began = Instant::now();
        let file = tempfile::tempfile()?;
        let packing = GzEncoder::new(BufWriter::new(&file), Compression::best());
        let mut packing = BufWriter::with_capacity(PIECE_BYTES, packing);
        write(&mut packing)?;
        let packing = packing.into_inner().map_err(|error| error.into_error())?;
        packing.finish()?.flush()?;
        Ok(Self {
            bytes: file.metadata()?.len(),
            file,
            tag,
            written: Instant::now(),
            took: began.elapsed(),
        })
    }

    /// The piece that begins at a byte; empty at the end. Waits for the disk.
    pub fn piece(&self, at: u64) -> io::Result<Bytes> {
        let mut piece = vec![0; PIECE_BYTES];
        let read = self.file.read_at(&mut piece, at)?;
        piece.truncate(read);
        Ok(piece.into())
    }

    fn is_young(&self) -> bool {
        self.written.elapsed() < RENEW_AFTER.max(self.took * REST)
    }
}

impl Shelf {
    /// The snapshot of this tag, or an older one where it is young or somebody writes the next; else it is
    /// written. Where there is none yet, all wait for the first.
    pub(super) async fn get<E>(
        &self,
        tag: &str,
        write: impl AsyncFnOnce() -> Result<Kept, E>,
    ) -> Result<Arc<Kept>, E> {
        let good = |kept: &Arc<Kept>| kept.tag == tag || kept.is_young();
        if let Some(kept) = self.kept().filter(good) {
            return Ok(kept);
        }
        let _writing = match (self.writing.try_lock(), self.kept()) {
            (Ok(writing), _) => writing,
            (Err(_), Some(older)) => return Ok(older),
            (Err(_), None) => self.writing.lock().await,
        };
        // Somebody may have written it meanwhile.
        if let Some(kept) = self.kept().filter(good) {
            return Ok(kept);
        }
        let kept = Arc::new(write().await?);
        let mut shelf = self
            .kept
            .write()
            .expect("nobody panics while swapping an Arc");
        *shelf = Some(Arc::clone(&kept));
        Ok(kept)
    }

    fn kept(&self) -> Option<Arc<Kept>> {
        self.kept
            .read()
            .expect("nobody panics while swapping an Arc")
            .clone()
    }
}
