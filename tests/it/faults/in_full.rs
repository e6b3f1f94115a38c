//! What needs root and more time: `make faults` and `make partition`.

mod faked_clock;
mod partition;
mod small_disk;

use std::fs;
use std::os::unix::fs::MetadataExt;

/// Whether we are root; if not, says that nothing is tried.
fn is_root() -> bool {
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !is_root {
        println!("skipped: only root may mount file systems and make network namespaces");
    }
    is_root
}
