//! A PostgreSQL server of the test process's own, from the system's packages, on a Unix socket in a temporary folder.
//!
//! A shell holds it and waits on its standard input: when the test process ends, however it ends, the input closes, and
//! the shell stops the server and removes the folder.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// How long the server may take to answer, on a machine that is busy with other things.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// The script of the shell: binaries' folder, data folder, and then the words that change the user.
const HOLD: &str = r#"
bin="$1"; data="$2"; shift 2
"$@" "$bin/postgres" -D "$data" -k "$data" -c listen_addresses= -c fsync=off -c max_connections=300 >"$data.log" 2>&1 &
read -r _
"$@" "$bin/pg_ctl" -D "$data" -m immediate stop
wait
rm -rf "$data" "$data.log"
"#;

pub struct Server {
    bin: PathBuf,
    data: PathBuf,
    user: Vec<String>,
    _shell: Child,
}

/// The server, started by the first test that wants it. Nothing where it is not installed.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref()
}

impl Server {
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.data.display())
    }

    pub fn create_database(&self, name: &str) {
        let made = self.command("createdb").arg(name).status().unwrap();
        assert!(made.success(), "createdb {name}: {made}");
    }

    fn command(&self, program: &str) -> Command {
        let mut command = command(&self.user, &self.bin.join(program));
        command.args(["-U", "postgres", "-h"]).arg(&self.data).stdin(Stdio::null());
        command
    }
}

fn start() -> Option<Server> {
    let Some(bin) = binaries() else {
        println!("skipped: no /usr/lib/postgresql/*/bin/initdb; install the package `postgresql` to run these tests");
        return None;
    };
    let user = server_user();
    let data = std::env::temp_dir().join(format!("vilokanam-indexer-postgres-{}", std::process::id()));
    let made = command(&user, &bin.join("initdb"))
        .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(&data)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success(), "initdb: {made}");
    let shell = Command::new("sh")
        .args(["-c", HOLD, "sh"])
        .args([&bin, &data])
        .args(if user.is_empty() { vec!["env".to_owned()] } else { user.clone() })
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server { bin, data, user, _shell: shell };
    wait_until_ready(&server);
    Some(server)
}

fn wait_until_ready(server: &Server) {
    let started = Instant::now();
    while !server.command("pg_isready").stdout(Stdio::null()).status().unwrap().success() {
        assert!(started.elapsed() < START_TIMEOUT, "PostgreSQL does not answer; see {}.log", server.data.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The newest installed version's binaries.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let found = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    found.filter(|bin| bin.join("initdb").exists()).max()
}

/// The server refuses to run as root: there it runs as its package's user. `setpriv` becomes the
/// server, where `runuser` would stay beside it.
fn server_user() -> Vec<String> {
    let id = Command::new("id").arg("-u").output().unwrap();
    let is_root = String::from_utf8_lossy(&id.stdout).trim() == "0";
    let words: &[&str] =
        if is_root { &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] } else { &[] };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn command(user: &[String], program: &Path) -> Command {
    let mut command = match user.split_first() {
        Some((first, rest)) => {
            let mut command = Command::new(first);
            command.args(rest).arg(program);
            command
        }
        None => Command::new(program),
    };
    // The server's user may not be allowed into the folder the tests run in.
    command.current_dir("/");
    command
}
