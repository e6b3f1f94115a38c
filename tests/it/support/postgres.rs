//! PostgreSQL servers in temporary directories: one that all tests of this binary share, and others that a
//! test stops, kills and promotes as it likes.
//!
//! Statics are never dropped and a test may be killed, so a server is not ours to stop: a small
//! shell script owns it, waits until its standard input closes, which happens however we end, and
//! then stops the server and removes the directory.

use std::fs;
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use rustix::process::{Pid, Signal, kill_process};

/// `$1` is the directory of PostgreSQL's programs, `$2` makes the data, `$3` are options of the server. Says
/// where the server lives, or what went wrong.
const KEEPER: &str = r#"
trap '' PIPE
PATH="$1:$PATH"
home=$(mktemp -d "${TMPDIR:-/tmp}/archipelago-postgres-XXXXXX") || exit 1
cd "$home"
if eval "$2" >log 2>&1 && pg_ctl -D data -l log -w -s -o "-F -k '$home' $3" start >>log 2>&1
then echo "$home"
else tail -n 20 log
fi
exec >&- 2>&-
read -r _
pg_ctl -D data -s -m immediate stop
cd / && rm -rf "$home"
"#;
/// Makes the data of a server of its own.
const NEW: &str = "initdb -D data -U archipelago -A trust -E UTF8 --no-locale --no-sync";

/// A server, ended with its owner however that ends.
pub struct Server {
    home: PathBuf,
    options: String,
    /// Where it listens, if on TCP.
    address: SocketAddr,
    /// Its standard input is the sign that we live: it must not be closed before.
    _keeper: Child,
}

/// The address of the server that tests share, ending in a query to which a schema can be added.
pub fn url() -> &'static str {
    static SERVER: OnceLock<(Server, String)> = OnceLock::new();
    let (_, url) = SERVER.get_or_init(|| {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let options = "-c listen_addresses='' -c max_connections=300";
        let server = Server::start_over(NEW, options.to_owned(), nowhere);
        let home = server.home.display();
        let url = format!("postgres://archipelago@localhost/postgres?host={home}");
        (server, url)
    });
    url
}

impl Server {
    /// One that is a test's own and listens at an address.
    pub fn start_at(address: SocketAddr) -> Self {
        Self::start_over(NEW, on(address), address)
    }

    /// The same with its data in a folder, where everybody may make files.
    pub fn start_on(folder: &Path, address: SocketAddr) -> Self {
        let mut shell = as_lesser_user(Command::new("sh"));
        shell.env("TMPDIR", folder);
        Self::keep(shell, NEW, on(address), address)
    }

    /// One that lives in a network namespace and listens at an address there, to which it lets everybody in.
    pub fn start_in(namespace: &str, address: SocketAddr) -> Self {
        let make = format!("{NEW} && echo 'host all all 0.0.0.0/0 trust' >>data/pg_hba.conf");
        let mut shell = Command::new("ip");
        shell.args(["netns", "exec", namespace]);
        if let Some((user, group)) = lesser_user() {
            let (user, group) = (format!("--reuid={user}"), format!("--regid={group}"));
            shell.args(["setpriv", &user, &group, "--clear-groups"]);
        }
        shell.arg("sh").env("TMPDIR", "/tmp");
        Self::keep(shell, &make, on(address), address)
    }

    /// A standby that keeps up with a primary, and listens at an address.
    pub fn standby_of(primary: &Self, address: SocketAddr) -> Self {
        let port = primary.address.port();
        let copy = format!(
            "pg_basebackup -D data -R -c fast \
             -d 'host=127.0.0.1 port={port} user=archipelago application_name=standby'"
        );
        Self::start_over(&copy, on(address), address)
    }

    fn start_over(make: &str, options: String, address: SocketAddr) -> Self {
        Self::keep(as_lesser_user(Command::new("sh")), make, options, address)
    }

    fn keep(mut shell: Command, make: &str, options: String, address: SocketAddr) -> Self {
        let mut keeper = shell
            .args(["-c", KEEPER, "keeper"])
            .arg(programs())
            .args([make, &options])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A group of its own, so that Ctrl-C ends us and not the one who cleans up.
            .process_group(0)
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut output = keeper.stdout.take().unwrap();
        output.read_to_string(&mut said).unwrap();
        let home = said.trim();
        assert!(
            home.starts_with('/') && !home.contains('\n'),
            "PostgreSQL did not start:\n{said}"
        );
        Self {
            home: home.into(),
            options,
            address,
            _keeper: keeper,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgres://archipelago@{}/postgres", self.address)
    }

    /// The same by its socket, which is reached from every network.
    pub fn url_by_socket(&self) -> String {
        let (home, port) = (self.home.display(), self.address.port());
        format!("postgres://archipelago@localhost:{port}/postgres?host={home}")
    }

    /// Kills its first process, as a crash does.
    pub fn kill(&self) {
        let file = self.home.join("data/postmaster.pid");
        let text = fs::read_to_string(file).unwrap();
        let id = text.lines().next().unwrap().parse().unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::KILL).unwrap();
    }

    /// Ends it without a word to anybody.
    pub fn stop_at_once(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// Starts it again over what it left.
    pub fn start_again(&self) {
        let options = format!("-F -k '{}' {}", self.home.display(), self.options);
        self.control(&["-l", "log", "-w", "-o", &options, "start"]);
    }

    /// Makes a standby a primary.
    pub fn promote(&self) {
        self.control(&["-w", "promote"]);
    }

    fn control(&self, arguments: &[&str]) {
        let done = as_lesser_user(Command::new(programs().join("pg_ctl")))
            .args(["-D", "data", "-s"])
            .args(arguments)
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status();
        assert!(done.unwrap().success(), "pg_ctl {arguments:?}");
    }
}

/// The options of a server that listens on a port.
fn on(address: SocketAddr) -> String {
    let (host, port) = (address.ip(), address.port());
    format!("-c listen_addresses={host} -c port={port} -c max_connections=100")
}

fn as_lesser_user(mut command: Command) -> Command {
    if let Some((user, group)) = lesser_user() {
        command.uid(user).gid(group).env("TMPDIR", "/tmp");
    }
    command
}

/// The directory with `initdb` and `pg_ctl`. A link in PATH leads to the one with both.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path)
        .filter_map(|directory| fs::canonicalize(directory.join("initdb")).ok())
        .filter_map(|program| Some(program.parent()?.to_owned()));
    let installed = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")));
    let found = in_path
        .chain(installed)
        .find(|directory| directory.join("initdb").exists() && directory.join("pg_ctl").exists());
    found.expect(
        "PostgreSQL is needed for these tests: install it (apt-get install postgresql), so that \
         initdb and pg_ctl are in PATH or in /usr/lib/postgresql/*/bin",
    )
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
