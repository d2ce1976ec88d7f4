//! A PostgreSQL server of the test process's own, out of Debian's package `postgresql`: made when it is first asked
//! for, and gone with the process, however that ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::held_port::HeldPort;
use super::peers::{is_root, postgres_binaries};

/// Who logs in, over the socket without a password.
pub(crate) const USER: &str = "invite";
/// The password over TCP.
pub(crate) const PASSWORD: &str = "p@ss/w0rd s3cret";

/// Ends the server when its standard input ends, which is when the test process does.
const SCRIPT: &str = r#"
set -eu
bin=$1 port=$2
PGPASSWORD= PGDATA= && unset PGPASSWORD PGDATA
folder=$(mktemp -d /tmp/invite-postgres.XXXXXX)
cd "$folder"
trap '' INT
printf '%s' "$3" >password
"$bin/initdb" --pgdata=data --username=invite --pwfile=password --auth-local=trust --auth-host=scram-sha-256 \
	--encoding=UTF8 --locale=C.UTF-8 --no-sync >log 2>&1 || { cat log >&2; rm -rf "$folder"; exit 1; }
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE \
	-keyout data/server.key -out data/server.crt >log 2>&1 || { cat log >&2; rm -rf "$folder"; exit 1; }
chmod 600 data/server.key
"$bin/postgres" -D data -c ssl=on -k "$folder" -p "$port" -c listen_addresses=127.0.0.1 -c fsync=off \
	-c synchronous_commit=off -c full_page_writes=off -c max_connections=400 >log 2>&1 </dev/null &
server=$!
until "$bin/pg_isready" -q -h "$folder" -p "$port"; do
	kill -0 $server 2>/dev/null || { cat log >&2; rm -rf "$folder"; exit 1; }
	sleep 0.02
done
echo "$folder"
cat >/dev/null
kill -QUIT $server
wait $server || true
rm -rf "$folder"
"#;

/// A server, at a socket and at a port on loopback.
#[derive(Debug)]
pub(crate) struct Cluster {
    binaries: PathBuf,
    folder: PathBuf,
    pub(crate) port: u16,
    _held: HeldPort,
    _process: Child,
}

static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);

/// A shell that is not root's, which PostgreSQL refuses to be run by.
fn shell() -> Command {
    if !is_root() {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    command
}

impl Cluster {
    pub(crate) fn get() -> &'static Self {
        &CLUSTER
    }

    fn start() -> Self {
        let binaries = postgres_binaries().unwrap_or_else(|| {
            panic!("there is no PostgreSQL: install Debian's package postgresql, or run tests/run")
        });
        let held = HeldPort::new();
        let mut process = shell()
            .args(["-c", SCRIPT, "sh"])
            .arg(&binaries)
            .args([held.number.to_string().as_str(), PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = process.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut said = String::new();
            process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            process.wait().unwrap();
            panic!("PostgreSQL does not start: {said}");
        }
        Self {
            binaries,
            folder: line.trim().into(),
            port: held.number,
            _held: held,
            _process: process,
        }
    }

    /// Runs a command of SQL, in a database.
    pub(crate) fn sql(&self, database: &str, command: &str) -> String {
        let run = Command::new(self.binaries.join("psql"))
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                USER,
                "-d",
                database,
            ])
            .arg("-h")
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-c", command])
            .output()
            .unwrap();
        assert!(run.status.success(), "{command}: {run:?}");
        String::from_utf8(run.stdout).unwrap().trim().to_owned()
    }

    /// Makes an empty database that nobody else uses; answers its name.
    pub(crate) fn new_database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
        name
    }

    /// The address of a database over the socket, where no password is asked for.
    pub(crate) fn url(&self, database: &str) -> String {
        let folder = self.folder.display();
        format!(
            "postgres://{USER}@localhost:{}/{database}?host={folder}",
            self.port
        )
    }

    /// The certificate that it has over TCP, which nobody else knows.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("data/server.crt")
    }

    /// The address of a database over TCP, without the password that is asked for.
    pub(crate) fn url_over_tcp(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }
}
