# SPDX-License-Identifier: BSL-1.0
"""Lets changes pile up in a slot, and measures how long they take to arrive at the target, for each program in turn."""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

TABLES = """
    create table accounts (id integer primary key, balance bigint not null, changed timestamptz not null default now(), note text);
    create table finished (id integer primary key);
"""

# Five changes of two rows in each transaction: pgcoro-sync combines changes of one row.
SMALL = """
    do $$ begin
        for i in 1..{transactions} loop
            insert into accounts (id, balance, note) values (2 * i, i, 'opened'), (2 * i + 1, i, null);
            update accounts set balance = balance + 1 where id in (2 * i, 2 * i + 1);
            update accounts set note = 'changed twice', balance = balance * 2 where id = 2 * i;
            commit;
        end loop;
    end $$;
"""

# Five changes of five rows in each transaction, of which nothing can be combined.
ROWS = "insert into accounts (id, balance, note) select g, g, 'opened' from generate_series(0, 5 * {transactions} - 1) g; analyze accounts"
UPDATES = """
    do $$ begin
        for i in 0..{transactions} - 1 loop
            update accounts set balance = balance + 1 where id between 5 * i and 5 * i + 4;
            commit;
        end loop;
    end $$;
"""
INSERTS = """
    do $$ begin
        for i in 0..{transactions} - 1 loop
            insert into accounts (id, balance, note) select 5 * i + g, g, 'opened' from generate_series(0, 4) g;
            commit;
        end loop;
    end $$;
"""

# As many changes as {transactions} small transactions have, in five.
BIG = """
    insert into accounts (id, balance, note) select g, g, 'opened' from generate_series(1, {transactions}) g;
    update accounts set balance = balance + 1;
    insert into accounts (id, balance, note) select g, g, null from generate_series({transactions} + 1, 2 * {transactions}) g;
    update accounts set balance = balance * 2, note = 'changed twice' where id <= {transactions};
    delete from accounts where id <= {transactions};
"""

# The rows that are there before, the changes, and the goal.
WORKLOADS = {
    "small transactions that change rows several times": ("", SMALL, 1.5),
    "small transactions that update different rows": (ROWS, UPDATES, 1.5),
    "small transactions that insert": ("", INSERTS, 1.5),
    "big transactions": ("", BIG, 0.9),
}


class Server:
    def __init__(self, settings):
        self.dsn = settings.replace("'", "") # nothing in it needs quotes

    def ask(self, *statements):
        words = [word for statement in statements for word in ("-c", statement)]
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.dsn, *words], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"psql: {done.stderr}")
        return done.stdout.strip()


class Subscription:
    """PostgreSQL's own."""
    name = "CREATE SUBSCRIPTION"

    def __init__(self, source, target, _):
        self.source, self.target = source, target

    def prepare(self):
        self.target.ask(f"create subscription bench connection '{self.source.dsn}' publication bench with (enabled = false, copy_data = false,"
                        " create_slot = false, slot_name = 'bench_own')")
        self.source.ask("select pg_create_logical_replication_slot('bench_own', 'pgoutput')")

    def start(self):
        self.target.ask("alter subscription bench enable")

    def stop(self):
        self.target.ask("alter subscription bench disable", "drop subscription bench")
        return 0


class PgcoroSync:
    name = "pgcoro-sync"

    def __init__(self, source, target, build):
        self.program = str(pathlib.Path(build) / "samples/sync/pgcoro-sync")
        self.servers = ["--source", source.dsn, "--target", f"t={target.dsn}", "--name", "bench"]

    def prepare(self):
        self.call("init", "--publication", "bench", "--no-copy")

    def start(self):
        self.process = subprocess.Popen([self.program, "run", *self.servers, "--publication", "bench"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            sys.exit(f"pgcoro-sync ended with {self.process.returncode}")
        self.call("drop")
        return usage.ru_utime + usage.ru_stime

    def call(self, command, *words):
        done = subprocess.run([self.program, command, *self.servers, *words], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"pgcoro-sync {command}: {done.stdout}{done.stderr}")


READER = "pg_recvlogical, which applies nothing"


def measure_source(source, rows, changes):
    """Seconds that the source needs to send the changes to somebody who throws them away, and the CPU seconds of that somebody."""
    source.ask("drop table if exists accounts, finished", TABLES, rows)
    source.ask("drop publication if exists bench", "create publication bench for table accounts, finished")
    source.ask("select pg_create_logical_replication_slot('bench_read', 'pgoutput')")
    source.ask(changes, "checkpoint")
    command = ["pg_recvlogical", "-d", source.dsn, "--slot", "bench_read", "--start", "--no-loop", "-f", "/dev/null", "-o", "proto_version=1",
               "-o", "publication_names=bench", "--endpos", source.ask("select pg_current_wal_lsn()")]
    begin = time.monotonic()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"pg_recvlogical ended with {os.waitstatus_to_exitcode(status)}")
    source.ask("select pg_drop_replication_slot('bench_read')")
    return seconds, usage.ru_utime + usage.ru_stime


SUMS = "select count(*), sum(balance), count(note), sum(id::bigint) from accounts"


def measure(program, source, target, rows, changes):
    """Seconds until the last change has arrived, and the CPU seconds of the program."""
    for server in (source, target):
        server.ask("drop table if exists accounts, finished", TABLES, rows)
    source.ask("drop publication if exists bench", "create publication bench for table accounts, finished")
    program.prepare()
    source.ask(changes, "insert into finished values (1)", "checkpoint")
    target.ask("checkpoint")
    begin = time.monotonic()
    program.start()
    waiting = "do $$ begin while not exists (select from finished) loop perform pg_sleep(0.01); commit; end loop; end $$"
    target.ask("set statement_timeout = '10min'", waiting)
    seconds = time.monotonic() - begin
    if source.ask(SUMS) != target.ask(SUMS):
        sys.exit(f"{program.name}: source and target differ")
    cpu = program.stop()
    source.ask("select pg_drop_replication_slot(slot_name) from pg_replication_slots")
    return seconds, cpu


def spread(values, form):
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--transactions", type=int, default=40_000, help="small ones; the big ones have as many changes")
    arguments = parser.parse_args()
    source, target = Server(os.environ["PGCORO_BENCH_SOURCE"]), Server(os.environ["PGCORO_BENCH_UNIX"])
    programs = [kind(source, target, arguments.build) for kind in (Subscription, PgcoroSync)]
    changes = 5 * arguments.transactions
    for title, (rows, script, goal) in WORKLOADS.items():
        texts = [text.format(transactions=arguments.transactions) for text in (rows, script)]
        seen = {p.name: [] for p in programs} | {READER: []}
        for number in range(arguments.rounds):
            for program in programs if number % 2 == 0 else reversed(programs):
                seen[program.name].append(measure(program, source, target, *texts))
            seen[READER].append(measure_source(source, *texts))
        print(f"\n{changes} changes in {title}; medians (lowest to highest)\n")
        print("| applied by | seconds | changes per second | client CPU, us per change |\n|---|---:|---:|---:|")
        for name, rounds in seen.items():
            seconds = [r[0] for r in rounds]
            cpu = "" if rounds[0][1] == 0 else spread([r[1] * 1e6 / changes for r in rounds], ".2f")
            print(f"| {name} | {spread(seconds, '.2f')} | {changes / statistics.median(seconds):.0f} | {cpu} |")
        own, ours = (seen[p.name] for p in programs)
        times = statistics.median(a[0] / b[0] for a, b in zip(own, ours))
        at_most = statistics.median(a[0] / b[0] for a, b in zip(own, seen[READER]))
        print(f"\nThe source sends {at_most:.2f} times as many changes per second as the subscription applies.")
        print(f"{times:.2f} times the subscription's changes per second (goal: {goal}): {'met' if times >= goal else 'MISSED'}", flush=True)


if __name__ == "__main__":
    main()
