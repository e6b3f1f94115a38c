//! What needs root or more time: `make faults` and `make partition`.

mod faked_clock;
mod held_file;
mod networks;
mod partition;
mod silent_names;
mod small_disk;

use std::fs;
use std::os::unix::fs::MetadataExt;

/// Fails where we are not root: who asks for these tests wants them run.
fn needs_root() {
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    assert!(
        is_root,
        "only root may mount file systems and make network namespaces: run this as root"
    );
}
