//! Files on their way to a disk: each is there whole, or as it was before.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::cli::Failure;
use crate::formats::chatonsinfos::File;

/// Writes a file in place of what is there.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let mut part: OsString = path.as_os_str().to_owned();
    part.push(".part");
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // Whatever was wrong is told below; what is half written is of no use.
        drop(fs::remove_file(&part));
    }
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// Writes files into a folder, which is made if there is none; says how many.
pub(super) fn write_folder(folder: &Path, files: &[File]) -> Result<usize, Failure> {
    for file in files {
        let path = folder.join(&file.path);
        let inner = path.parent().unwrap_or(folder);
        fs::create_dir_all(inner)
            .with_context(|| format!("cannot make the folder {}", inner.display()))?;
        write_file(&path, &file.text)?;
    }
    Ok(files.len())
}
