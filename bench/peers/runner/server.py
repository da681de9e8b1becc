# SPDX-License-Identifier: BSL-1.0
"""A PostgreSQL server of its own, with the tables of the workloads. Ends with the `with` statement."""
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile

from catalog import server_programs

SETTINGS = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "jit": "off",
    "shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "1h", "max_connections": "60",
    "synchronize_seqscans": "off",  # or a scan begins where the one before stopped, at other rows
    "timezone": "UTC", "listen_addresses": "127.0.0.1", "ssl": "on", "password_encryption": "scram-sha-256",
}
HBA = """\
local all bench trust
local all bench_scram scram-sha-256
host all bench 127.0.0.1/32 trust
host all bench_scram 127.0.0.1/32 scram-sha-256
"""
COLUMNS = "(id int8 not null, quantity int4 not null, price float8 not null, name text not null, created_at timestamptz not null)"
TABLES = f"""
create table pgbench_accounts (aid int not null, bid int, abalance int, filler char(84)) with (fillfactor = 100);
insert into pgbench_accounts select i, (i - 1) / 100000 + 1, i % 1000, '' from generate_series(1, 1000000) i;
alter table pgbench_accounts add primary key (aid);
create table bench_rows {COLUMNS};
insert into bench_rows select i, i % 1000003, i * 0.37, 'row text number ' || i || ' 0123456789abcdef',
    '2024-01-01Z'::timestamptz + i * interval '1234567 microseconds' from generate_series(1, 1000000) i;
create unlogged table bench_insert {COLUMNS};
create role bench_scram login password 'not-a-secret';
vacuum analyze;
checkpoint;
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self):
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.getuid() == 0 else None
        self.programs = server_programs()
        self.port = free_port()

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pgcoro-peers."))
        try:
            self.folder.chmod(0o755)
            if self.user:
                account = pwd.getpwnam(self.user)
                os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if (self.folder / "data/postmaster.pid").exists():
            self.run("pg_ctl", "stop", "-D", "data", "-m", "immediate", "-s")
        shutil.rmtree(self.folder)

    def run(self, program, *arguments):
        path = self.programs / program
        done = subprocess.run([path if path.exists() else program, *arguments], cwd=self.folder, user=self.user, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}")

    def start(self):
        self.run("initdb", "-D", "data", "-U", "bench", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        self.run("openssl", "req", "-new", "-x509", "-days", "30", "-nodes", "-subj", "/CN=localhost", "-out", "data/server.crt",
                 "-keyout", "data/server.key")
        settings = dict(SETTINGS, port=self.port, unix_socket_directories=self.folder)
        with open(self.folder / "data/postgresql.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        (self.folder / "data/pg_hba.conf").write_text(HBA, encoding="utf-8")
        self.run("pg_ctl", "start", "-D", "data", "-w", "-s", "-l", "log")
        self.query(TABLES)

    def query(self, sql):
        return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", self.dsn("unix")], input=sql, text=True, check=True,
                              stdout=subprocess.PIPE).stdout.strip()

    def dsn(self, transport, scram=False):
        host = self.folder if transport == "unix" else "127.0.0.1"
        account = "user=bench_scram password=not-a-secret" if scram else "user=bench"
        mode = "require" if transport == "tls" else "disable"
        return f"host={host} port={self.port} {account} dbname=postgres sslmode={mode}"

    def pin_to(self, core, policy):
        """Keeps all its processes on one core."""
        pid = int((self.folder / "data/postmaster.pid").read_text(encoding="utf-8").split()[0])
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
        for process in (pid, *map(int, children)):
            try:
                os.sched_setaffinity(process, {core})
                os.sched_setscheduler(process, policy, os.sched_param(0))
            except ProcessLookupError:
                pass  # a backend that has just ended
