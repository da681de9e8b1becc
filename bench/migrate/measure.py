# SPDX-License-Identifier: BSL-1.0
"""Migrates the same 20 tables by several programs in turn, into an empty database each time."""

import argparse
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from sources import MariadbSource, PostgresSource, SqliteSource
from target import Target

BARE = "pgcoro-migrate, without validation and statistics" # as much as pgloader and pg_restore do
UNCHECKED = "pgcoro-migrate, without validation" # as much as pgcopydb does, which analyzes the tables, too
CHECKED = "pgcoro-migrate"
FLOOR = "pg_restore of a finished dump" # what the target alone takes: nothing is read from the source, nothing is converted


def measure(command, environment):
    """Wall-clock seconds, and CPU seconds of the program with all that it started; its output, if it fails."""
    with tempfile.TemporaryFile() as output:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment,
                                   shell=isinstance(command, str))
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            sys.exit(f"{command} ended with {process.returncode}:\n{output.read().decode(errors='replace')[-4000:]}")
    return seconds, usage.ru_utime + usage.ru_stime


def programs(source, target, build, scratch):
    """What is compared, by its name: commands that migrate `source` into the database `target.name`."""
    pgcoro = [f"{build}/samples/migrate/pgcoro-migrate", "run", source.for_pgcoro(), "--target", target.dsn(), "--jobs", "4"]
    found = {BARE: pgcoro + ["--no-validate", "--no-analyze"], UNCHECKED: pgcoro + ["--no-validate"], CHECKED: pgcoro}
    if source.kind == "postgres":
        dump = scratch / "dump"
        found["pgcopydb"] = ["pgcopydb", "clone", "--source", source.dsn(), "--target", target.dsn(), "--no-acl", "--no-owner",
                             "--table-jobs", "4", "--index-jobs", "4", "--dir", str(scratch / "pgcopydb"), "--restart"]
        found["pg_dump, pg_restore"] = (f"rm -rf {dump} && pg_dump -Fd -j 4 -Z 0 -f {dump} -d {shlex.quote(source.dsn())}"
                                        f" && pg_restore -j 4 --no-owner -d {shlex.quote(target.dsn())} {dump}")
    else:
        script = scratch / "pgloader.load"
        script.write_text(f"LOAD DATABASE FROM {source.for_pgloader()} INTO {target.url()}\n"
                          "WITH workers = 4, concurrency = 1, include drop, create tables, create indexes, "
                          "reset sequences, foreign keys, prefetch rows = 10000;\n") # else its heap is too small
        found["pgloader"] = ["pgloader", "--no-ssl-cert-verification", "--root-dir", str(scratch / "pgloader"), str(script)]
    return found


def restore(source, target, compared, scratch):
    """A command that loads what pgcoro-migrate makes of `source`, from files that are there already."""
    dump = scratch / "finished_dump"
    target.make_empty()
    measure(compared[UNCHECKED], target.environment())
    shutil.rmtree(dump, ignore_errors=True)
    measure(["pg_dump", "-Fd", "-j", "4", "-Z", "0", "--exclude-schema=pgcoro_migrate", "-f", str(dump), "-d", target.dsn()],
            target.environment())
    return ["pg_restore", "-j", "4", "--no-owner", "-d", target.dsn(), str(dump)]


def compare(source, target, arguments, scratch):
    compared = programs(source, target, arguments.build, scratch)
    compared[FLOOR] = restore(source, target, compared, scratch)
    seen = {name: [] for name in compared}
    for round_number in range(arguments.rounds):
        order = list(compared) if round_number % 2 == 0 else list(reversed(compared))
        for name in order:
            target.make_empty()
            shutil.rmtree(scratch / "pgcopydb", ignore_errors=True)
            seen[name].append(measure(compared[name], target.environment()))
            rows = target.count_rows()
            if rows != source.rows:
                sys.exit(f"{name}: {rows} rows instead of {source.rows}")
    return seen


def spread(values, form):
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def print_table(source, seen):
    print(f"\nFrom {source.title}: {source.rows} rows in {source.tables} tables; medians (lowest to highest)\n")
    print("| program | seconds | rows per second | client CPU, seconds |\n|---|---:|---:|---:|")
    for name, rounds in seen.items():
        seconds = [r[0] for r in rounds]
        print(f"| {name} | {spread(seconds, '.1f')} | {source.rows / statistics.median(seconds):.0f} "
              f"| {spread([r[1] for r in rounds], '.1f')} |")


def print_verdicts(seen):
    """The goals are ratios of rows per second, of runs that follow one another."""
    def ratio(one, other):
        return statistics.median(b[0] / a[0] for a, b in zip(seen[one], seen[other]))

    print()
    for ours, peer, goal in ((BARE, "pgloader", 3.0), (UNCHECKED, "pgcopydb", 1.0), (BARE, "pg_dump, pg_restore", 1.0)):
        if peer in seen:
            times = ratio(ours, peer)
            print(f"{times:.2f} times the rows per second of {peer} (goal: {goal:.1f}): {'met' if times >= goal else 'MISSED'}")
    if "pgloader" in seen:
        print(f"{FLOOR}: {ratio(FLOOR, 'pgloader'):.2f} times the rows per second of pgloader")
    times = ratio(UNCHECKED, CHECKED)
    print(f"With validation, {times:.2f} times the time without (goal: at most 1.5): {'met' if times <= 1.5 else 'MISSED'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--from", dest="sources", default="sqlite,mariadb,postgres")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pgcoro-migrate-bench.") as folder:
        scratch = pathlib.Path(folder)
        target = Target(os.environ["PGCORO_BENCH_UNIX"])
        for kind in arguments.sources.split(","):
            make = {"sqlite": SqliteSource, "mariadb": MariadbSource, "postgres": PostgresSource}[kind]
            with make(scratch, arguments.rows, target) as source:
                seen = compare(source, target, arguments, scratch)
                print_table(source, seen)
                print_verdicts(seen)
                sys.stdout.flush()


if __name__ == "__main__":
    main()
