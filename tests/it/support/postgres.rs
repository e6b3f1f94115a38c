//! One PostgreSQL server for this test binary, in a temporary directory, taken away with it.
//!
//! Statics are never dropped and a test may be killed, so the server is not ours to stop: a small
//! shell script owns it, waits until its standard input closes, which happens however we end, and
//! then stops the server and removes the directory.

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// `$1` is the directory of PostgreSQL's programs. Says where the socket is, or what went wrong.
const KEEPER: &str = r#"
trap '' PIPE
home=$(mktemp -d "${TMPDIR:-/tmp}/archipelago-postgres-XXXXXX") || exit 1
cd "$home"
if "$1/initdb" -D data -U archipelago -A trust -E UTF8 --no-locale --no-sync >log 2>&1 &&
   "$1/pg_ctl" -D data -l log -w -s -o "-F -k '$home' -c listen_addresses='' -c max_connections=300" start >>log 2>&1
then echo "$home"
else tail -n 20 log
fi
exec >&- 2>&-
read -r _
"$1/pg_ctl" -D data -s -m immediate stop
cd / && rm -rf "$home"
"#;

struct Server {
    url: String,
    /// Its standard input is the sign that we live: it must not be closed before.
    _keeper: Child,
}

/// The server's address, ending in a query to which a schema can be added.
pub fn url() -> &'static str {
    static SERVER: OnceLock<Server> = OnceLock::new();
    &SERVER.get_or_init(start).url
}

fn start() -> Server {
    let programs = programs().expect(
        "PostgreSQL is needed for these tests: install it (apt-get install postgresql), so that \
         initdb and pg_ctl are in PATH or in /usr/lib/postgresql/*/bin",
    );
    let mut command = Command::new("sh");
    command
        .args(["-c", KEEPER, "keeper"])
        .arg(programs)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A group of its own, so that Ctrl-C ends us and not the one who cleans up.
        .process_group(0);
    if let Some((user, group)) = lesser_user() {
        command.uid(user).gid(group).env("TMPDIR", "/tmp");
    }
    let mut keeper = command.spawn().unwrap();
    let mut said = String::new();
    let mut output = keeper.stdout.take().unwrap();
    output.read_to_string(&mut said).unwrap();
    let home = said.trim();
    assert!(
        home.starts_with('/') && !home.contains('\n'),
        "PostgreSQL did not start:\n{said}"
    );
    Server {
        url: format!("postgres://archipelago@localhost/postgres?host={home}"),
        _keeper: keeper,
    }
}

/// The directory with `initdb` and `pg_ctl`. A link in PATH leads to the one with both.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path)
        .filter_map(|directory| fs::canonicalize(directory.join("initdb")).ok())
        .filter_map(|program| Some(program.parent()?.to_owned()));
    let installed = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")));
    in_path
        .chain(installed)
        .find(|directory| directory.join("initdb").exists() && directory.join("pg_ctl").exists())
}

/// PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`.
fn lesser_user() -> Option<(u32, u32)> {
    let we_are_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !we_are_root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let mut fields = users
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields.first() == Some(&name))?
            .into_iter()
            .skip(2)
            .map(str::parse);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    };
    let found = ids("postgres").or_else(|| ids("nobody"));
    Some(found.expect("as root, the tests need a user postgres or nobody"))
}
