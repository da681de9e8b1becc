# SPDX-License-Identifier: BSL-1.0
"""The database that is migrated to, on the throwaway server that bench_with_server has started."""

import os
import subprocess
import sys
import urllib.parse


class Target:
    def __init__(self, settings):
        self.settings = dict(word.split("=", 1) for word in settings.replace("'", "").split())
        self.name = "migrated"

    def dsn(self, database=None):
        words = {**self.settings, "dbname": database or self.name}
        return " ".join(f"{key}={value}" for key, value in words.items())

    def url(self):
        """As pgloader wants it: the folder of the socket stands in place of the host."""
        user = urllib.parse.quote(self.settings["user"])
        return f"postgresql://{user}@unix:{self.settings['host']}:{self.settings['port']}/{self.name}"

    def environment(self):
        """Without what libpq would take from the surroundings."""
        return {key: value for key, value in os.environ.items() if not key.startswith("PG")}

    def ask(self, database, *statements):
        words = [word for statement in statements for word in ("-c", statement)]
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(database), *words],
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"psql: {done.stderr}")
        return done.stdout

    def make_empty(self):
        self.ask("postgres", f"drop database if exists {self.name} with (force)", f"create database {self.name}", "checkpoint")

    def count_rows(self):
        tables = self.ask(self.name, "select format('%I.%I', schemaname, tablename) from pg_tables"
                                     " where tablename ~ '^orders_[0-9]+$'").split()
        return sum(int(self.ask(self.name, f"select count(*) from {table}")) for table in tables)
