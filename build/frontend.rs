//! The site's script and style sheet, built into `$OUT_DIR/frontend` for `include_bytes!`.
//!
//! Only npm is called, and only when something of the front end changed. `FRONTEND_DIST=path` takes a build made elsewhere, for
//! machines without Node.js.
//!
//! Two builds at once (two target directories, an editor's beside a terminal's) take turns: each holds a lock on the folder
//! `frontend` while it installs and builds, and looks at `node_modules` only once it has it. Inside one target directory cargo
//! takes care of that by itself. `make` takes the same lock.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

/// What the rest of the crate embeds.
const EXPECTED: &[&str] = &[
    "site.js",
    "map.js",
    "manage.js",
    "widget.js",
    "site.css",
    "day.css",
    "night.css",
    "land.svg",
];

/// Leaves the built files in `$OUT_DIR/frontend`, or ends the build with one sentence that says what to do.
pub fn build() {
    let out = PathBuf::from(variable("OUT_DIR")).join("frontend");
    println!("cargo::rerun-if-env-changed=FRONTEND_DIST");
    let frontend = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("frontend");
    let result = match env::var_os("FRONTEND_DIST").filter(|path| !path.is_empty()) {
        Some(dist) => copy_from(Path::new(&dist), &out),
        None => build_here(&frontend, &out),
    };
    if let Err(sentence) = result.and_then(|()| check(&out)) {
        println!("cargo::error={sentence}");
        process::exit(1);
    }
}

fn build_here(frontend: &Path, out: &Path) -> Result<(), String> {
    for input in [
        "src",
        "build",
        "widget/src",
        "locales",
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "tsconfig.json",
    ] {
        println!("cargo::rerun-if-changed={}", frontend.join(input).display());
    }
    // Where a folder cannot be locked (Windows), two builds at once are on their own.
    let _turn = File::open(frontend).and_then(|folder| folder.lock().map(|()| folder));
    if is_stale(frontend) {
        npm(frontend, &["ci", "--no-audit", "--no-fund"])?;
    }
    let Some(out) = out.to_str() else {
        return Err("The path of the target directory is not UTF-8.".to_owned());
    };
    let build = ["run", "build", "--", "--outDir", out, "--emptyOutDir"];
    npm(frontend, &build)
}

/// npm writes this file last: it is missing after an interrupted install, and older once the lock file changes.
fn is_stale(frontend: &Path) -> bool {
    let modified = |path| fs::metadata(frontend.join(path))?.modified();
    match (
        modified("node_modules/.package-lock.json"),
        modified("package-lock.json"),
    ) {
        (Ok(installed), Ok(locked)) => installed < locked,
        _ => true,
    }
}

fn npm(frontend: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program)
        .args(arguments)
        .current_dir(frontend)
        .stdin(Stdio::null())
        .output()
        .map_err(not_started)?;
    if output.status.success() {
        return Ok(());
    }
    // Cargo shows a build script's standard error when it fails.
    eprint!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let command = arguments.join(" ");
    Err(format!(
        "`npm {command}` failed in {}; what it said is shown with this.",
        frontend.display()
    ))
}

fn not_started(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "The pages need npm to be built: install Node.js 20.19 or newer with npm \
            (nodejs.org), or set FRONTEND_DIST to a folder with what `npm run build` makes elsewhere."
            .to_owned(),
        _ => format!("npm could not be started: {error}."),
    }
}

fn copy_from(dist: &Path, out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", dist.display());
    let copy = || {
        let _ = fs::remove_dir_all(out);
        copy_folder(dist, out)
    };
    copy().map_err(|error| {
        format!(
            "FRONTEND_DIST={} could not be copied: {error}.",
            dist.display()
        )
    })
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn check(out: &Path) -> Result<(), String> {
    match EXPECTED.iter().find(|name| !out.join(name).is_file()) {
        Some(name) => Err(format!(
            "The front end's build left no {name} in {}.",
            out.display()
        )),
        None => Ok(()),
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name} for build scripts"))
}
