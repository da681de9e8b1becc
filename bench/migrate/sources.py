# SPDX-License-Identifier: BSL-1.0
"""The same tables in SQLite, MariaDB and PostgreSQL: eleven columns of the usual types, a key, an index, a foreign key."""

import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import time

TABLES = 20

COLUMNS = """id integer not null primary key, customer_id integer not null, status varchar(20) not null,
    total decimal(12,2) not null, weight double precision, is_paid {boolean} not null, placed_at {timestamp} not null,
    shipped_on date, name varchar(80) not null, note text, big bigint not null"""

# g is the number of the row. Every tenth note is NULL; the others have about 60 characters.
VALUES = """g, g % 1000 + 1, case g % 4 when 0 then 'new' when 1 then 'paid' when 2 then 'shipped' else 'returned' end,
    g % 100000 + 0.25, g / 7.0, {boolean}, {timestamp}, {date}, {name}, case when g % 10 = 0 then null else {note} end,
    g * 1000000007"""
NOTE = "'what the customer of order ' || g || ' has written, and more'"


def per_table(rows):
    return rows // TABLES


class Source:
    tables = TABLES

    def __init__(self, scratch, rows, target):
        self.scratch = pathlib.Path(scratch)
        self.rows = per_table(rows) * TABLES
        self.target = target

    def __enter__(self):
        self.fill()
        return self

    def __exit__(self, *_):
        self.remove()

    def statements(self, columns, values, numbers):
        """The SQL that makes and fills the tables. `numbers` is where g comes from."""
        yield "create table customers (id integer not null primary key, name varchar(40) not null)"
        yield f"insert into customers select g, 'customer ' from {numbers(1000)}"
        for i in range(TABLES):
            yield f"create table orders_{i} ({columns}, foreign key (customer_id) references customers (id))"
            yield f"insert into orders_{i} select {values} from {numbers(per_table(self.rows))}"
            yield f"create index orders_{i}_placed_at on orders_{i} (placed_at)"


class SqliteSource(Source):
    kind = "sqlite"
    title = f"SQLite {sqlite3.sqlite_version}"

    def fill(self):
        self.file = self.scratch / "source.sqlite"
        with sqlite3.connect(self.file) as db:
            columns = COLUMNS.format(boolean="boolean", timestamp="datetime")
            values = VALUES.format(boolean="g % 2", timestamp="datetime(1700000000 + g * 60, 'unixepoch')",
                                   date="date(1700000000 + g * 3600, 'unixepoch')", name="'order number ' || g", note=NOTE)
            numbers = "(with recursive s(g) as (select 1 union all select g + 1 from s where g < {}) select g from s)"
            for statement in self.statements(columns, values, numbers.format):
                db.execute(statement)

    def remove(self):
        self.file.unlink()

    def for_pgcoro(self):
        return f"sqlite:{self.file}"

    def for_pgloader(self):
        return f"sqlite://{self.file}"


class PostgresSource(Source):
    kind = "postgres"
    title = "PostgreSQL"

    def fill(self):
        self.target.ask("postgres", "drop database if exists source", "create database source")
        columns = COLUMNS.format(boolean="boolean", timestamp="timestamp")
        values = VALUES.format(boolean="g % 2 = 0", timestamp="timestamp '2023-11-14' + g * interval '1 minute'",
                               date="date '2023-11-14' + (g / 24)::int", name="'order number ' || g", note=NOTE)
        self.target.ask("source", *self.statements(columns, values, "generate_series(1, {}::bigint) g".format), "vacuum analyze")

    def remove(self):
        self.target.ask("postgres", "drop database source")

    def dsn(self):
        return self.target.dsn("source")

    def for_pgcoro(self):
        return self.dsn()


class MariadbSource(Source):
    kind = "mariadb"
    title = "MariaDB"

    def fill(self):
        self.folder = self.scratch / "mariadb"
        self.folder.mkdir()
        self.scratch.chmod(0o711)
        as_user = {}
        if os.geteuid() == 0:
            as_user = {"user": "nobody"}
            shutil.chown(self.folder, "nobody")
        self.socket = self.folder / "socket"
        common = ["--no-defaults", f"--datadir={self.folder / 'data'}"]
        subprocess.run(["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
                       check=True, capture_output=True, **as_user)
        self.server = subprocess.Popen(
            ["/usr/sbin/mariadbd", *common, f"--socket={self.socket}", f"--pid-file={self.folder / 'pid'}", "--skip-networking",
             "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=1G", f"--log-error={self.folder / 'log'}"],
            stderr=subprocess.DEVNULL, **as_user)
        self.wait_until_ready()
        columns = COLUMNS.format(boolean="boolean", timestamp="datetime")
        values = VALUES.format(boolean="g % 2", timestamp="timestamp '2023-11-14 00:00:00' + interval g minute",
                               date="date '2023-11-14' + interval g div 24 day", name="concat('order number ', g)",
                               note="concat('what the customer of order ', g, ' has written, and more')")
        filling = self.statements(columns, values, "(select seq as g from seq_1_to_{}) s".format)
        self.client(";\n".join(["create database source", "use source", *filling, ""]))

    def client(self, script):
        subprocess.run(["mariadb", "--no-defaults", f"--socket={self.socket}", "-u", "root"], input=script, check=True,
                       capture_output=True, text=True)

    def wait_until_ready(self):
        for _ in range(600):
            if self.server.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            try:
                return self.client("select 1;")
            except subprocess.CalledProcessError:
                time.sleep(0.1)
        raise RuntimeError("MariaDB does not accept connections")

    def remove(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait()
        shutil.rmtree(self.folder)

    def for_pgcoro(self):
        return f"mariadb://root@/source?socket={self.socket}"

    def for_pgloader(self):
        return f"mysql://root@unix:{self.socket}:3306/source"
