# SPDX-License-Identifier: BSL-1.0
"""Who is compared, and in what: peers, workloads and settings."""
import dataclasses
import glob
import json
import pathlib
import re
import subprocess

BUILD = pathlib.Path("build")
CLIENTS = BUILD / "release/bench/peers/cpp"
SCRIPTS = pathlib.Path("bench/peers")


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    title: str
    language: str
    command: tuple
    kind: str = "driver"  # or "by hand" or "tool": shown, but no driver
    folder: str = ""  # of what bench/peers/install and build say of it; the name unless given
    package: str = ""  # Debian's, for the version
    module: str = ""  # or that of npm
    callgrind: str = ""  # whether callgrind can run it: "fast", or "slow" for what is not worth the time in a quick run

    def place(self):
        return BUILD / "peers" / (self.folder or self.name)

    def missing(self):
        """Why it could not be installed or built, or nothing."""
        reason = self.place() / "missing"
        return reason.read_text(encoding="utf-8").strip() if reason.exists() else None

    def version(self):
        if self.module:
            return json.loads((self.place() / "node_modules" / self.module / "package.json").read_text())["version"]
        if self.name == "pgcoro":
            return re.search(r"project\(pgcoro VERSION ([\d.]+)", pathlib.Path("CMakeLists.txt").read_text())[1]
        if not self.package:
            return ""
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", self.package], check=True, capture_output=True,
                                 text=True).stdout
        return re.sub(r"^\d+:|[+~-][^-]*$", "", re.sub(r"\+ds.*|\+dfsg.*", "", version))


def cpp(client, *arguments):
    return (str(CLIENTS / client), *arguments)


def python(script):
    return ("python3", str(SCRIPTS / "python" / script))


def node(script):
    return ("node", str(SCRIPTS / "node" / script))


PEERS = (
    Peer("pgcoro", "**pgcoro**", "C++", cpp("peer_pgcoro"), callgrind="fast"),
    Peer("libpq", "libpq, synchronous", "C", cpp("peer_libpq", "sync"), "by hand", package="libpq5", callgrind="fast"),
    Peer("libpq-epoll", "libpq, epoll", "C", cpp("peer_libpq", "epoll"), "by hand", "libpq", "libpq5",
         callgrind="fast"),
    Peer("libpq-pipelined", "libpq, epoll and pipeline mode", "C", cpp("peer_libpq", "pipelined"), "by hand", "libpq", "libpq5",
         callgrind="fast"),
    Peer("rawsock", "a plain socket", "C++", cpp("peer_rawsock"), "by hand", callgrind="fast"),
    Peer("tokio-postgres", "tokio-postgres", "Rust", (str(BUILD / "cargo/release/peer_tokio_postgres"),),
         package="librust-tokio-postgres-dev", callgrind="fast"),
    Peer("pgx", "pgx", "Go", (str(BUILD / "peers/pgx/peer_pgx"),), package="golang-github-jackc-pgx-v5-dev", callgrind="fast"),
    Peer("asyncpg", "asyncpg, uvloop", "Python", python("peer_asyncpg.py"), package="python3-asyncpg", callgrind="slow"),
    Peer("psycopg", "psycopg", "Python", python("peer_psycopg.py"), package="python3-psycopg", callgrind="slow"),
    Peer("libpqxx", "libpqxx", "C++", cpp("peer_libpqxx"), package="libpqxx-dev", callgrind="fast"),
    Peer("drogon", "drogon's ORM client", "C++", cpp("peer_drogon"), package="libdrogon-dev", callgrind="fast"),
    Peer("soci", "SOCI", "C++", cpp("peer_soci"), package="libsoci-dev", callgrind="fast"),
    Peer("node-pg", "pg", "Node.js", node("peer_pg.js"), module="pg"),
    Peer("postgres.js", "postgres", "Node.js", node("peer_postgres.js"), module="postgres"),
    Peer("pgbench", "pgbench", "C", python("peer_pgbench.py"), "tool", package="postgresql-18"),
)


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    title: str
    unit: str
    units: int = 1  # in an operation, as the clients count them
    warmup: float = 0.3
    count: int = 0  # of rows; none: as many operations as fit into the time
    few: int = 500  # operations in the shorter of two runs that count instructions
    client: str = ""  # what the clients call it
    scram: bool = False
    writes: bool = False
    goal: float = 0  # what pgcoro's client CPU shall be at most, as a multiple of libpq's by hand


# Cold backends fault in the shared buffers and hide the driver: hence the long warm-up of those with several connections.
WARM = 6
WORKLOADS = (
    Workload("W1", "one connection, one query after the other", "query", goal=1.12),
    Workload("W2", "ten connections, ten tasks", "query", warmup=WARM, goal=1.22),
    Workload("W3", "64 tasks over four connections, a Sync each", "query", warmup=WARM, few=2000, goal=1.10),
    Workload("W3one", "64 tasks over one connection, a Sync each", "query", warmup=WARM, few=2000, goal=1.04),
    Workload("W4", "1 000 rows into structs", "row", units=1000, few=4, goal=1.04),
    Workload("W5", "1 M rows streamed", "row", count=1_000_000, few=10_000, goal=1.10),
    Workload("W5full", "1 M rows as one result", "row", count=1_000_000, few=10_000, goal=1.10),
    Workload("W6copy", "COPY of 1 M rows into a table", "row", count=1_000_000, few=10_000, writes=True, goal=1.10),
    Workload("W6insert", "100 000 prepared INSERTs", "row", count=100_000, few=5_000, writes=True, goal=1.10),
    Workload("W7", "batches of 100 prepared INSERTs", "row", few=10, writes=True, goal=1.10),
    Workload("W8", "connect, `select 1`, close", "connect", few=10, goal=1.30),
    Workload("W8scram", "the same with a password (SCRAM)", "connect", few=10, client="W8", scram=True, goal=1.30),
    Workload("W9", "a pool of ten under 1 000 tasks", "query", warmup=WARM, few=4000),
)

# Transport and cores; what all is run in, and what those that show only the transport are run in.
SETTINGS = (("unix", 1), ("unix", 2), ("tcp", 1), ("tls", 1))
SHOW_TRANSPORT = ("W1", "W3", "W4", "W5", "W8", "W9")
TRANSPORTS = {"unix": "Unix socket", "tcp": "TCP", "tls": "TLS"}


def named(all_of_them, names):
    """Those of a comma-separated list, in our order."""
    if names is None:
        return list(all_of_them)
    wanted = names.split(",")
    unknown = set(wanted) - {entry.name for entry in all_of_them}
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(entry.name for entry in all_of_them)}")
    return [entry for entry in all_of_them if entry.name in wanted]


def server_programs():
    return pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))[-1])
