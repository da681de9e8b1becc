# SPDX-License-Identifier: BSL-1.0
"""The command line of a client, the measurement and its line of JSON: as in ../cpp/client.hpp. And the rows that are inserted."""
import argparse
import asyncio
import datetime
import json
import random
import re
import resource
import sys
import time
from array import array

BALANCE_SQL = "select abalance from pgbench_accounts where aid = {}"
INSERT_SQL = "insert into bench_insert (id, quantity, price, name, created_at) values ({}, {}, {}, {}, {})"
COLUMNS = ["id", "quantity", "price", "name", "created_at"]
BATCH_SIZE = 100
EXIT_UNSUPPORTED = 3

now = time.perf_counter
_KEPT_LATENCIES = 100_000
_START = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("workload")
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--warmup", type=float, default=0.3)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--count", type=int, default=0)
    return parser.parse_args()


class Measurement:
    """The measured part of a run. Keeps the latest latencies."""

    def __init__(self, options):
        self.options = options
        self.phase = "warming up"
        self.latest = array("d")
        self.began = now()

    def begin(self):
        self.phase = "measuring"
        self.operations = self.latencies = 0
        self.latest = array("d")
        self.usage = resource.getrusage(resource.RUSAGE_SELF)
        self.began = now()

    def end(self, operations):
        self.elapsed = now() - self.began
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self.user_us = (usage.ru_utime - self.usage.ru_utime) * 1e6
        self.system_us = (usage.ru_stime - self.usage.ru_stime) * 1e6
        self.operations = operations
        self.phase = "over"

    def done(self, began, operations=1):
        """An operation that began at `began` has completed, or a batch of some. Gives whether to go on."""
        at = now()
        if self.phase == "over":
            return False
        if self.phase == "warming up":
            if not self.options.count and at - self.began < self.options.warmup:
                return True
            self.begin()
            if not self.options.count:
                return True
        if self.latencies < _KEPT_LATENCIES:
            self.latest.append(at - began)
        else:
            self.latest[self.latencies % _KEPT_LATENCIES] = at - began
        self.latencies += 1
        self.operations += operations
        count = self.options.count
        over = self.latencies >= count if count else at - self.began >= self.options.seconds
        if over:
            self.end(self.operations)
        return not over

    def print(self, how):
        ordered = sorted(self.latest)
        quantile = lambda q: ordered[int(q * (len(ordered) - 1))] * 1e6 if ordered else 0
        with open("/proc/self/status", encoding="utf-8") as status:
            peak_kib = int(re.search(r"VmHWM:\s*(\d+)", status.read())[1])
        print(json.dumps({"how": how, "operations": self.operations, "seconds": self.elapsed, "user_us": self.user_us,
                          "system_us": self.system_us, "p50_us": quantile(0.5), "p99_us": quantile(0.99), "peak_kib": peak_kib}))


def run_client(workloads):
    """`workloads`: by name what the client does, in words, and a function or a coroutine function for it. No function: it
    cannot, for that reason."""
    options = parse_options()
    how, function = workloads[options.workload]
    if function is None:
        print(json.dumps({"unsupported": how}))
        sys.exit(EXIT_UNSUPPORTED)
    measurement = Measurement(options)
    if asyncio.iscoroutinefunction(function):
        import uvloop
        uvloop.run(function(options, measurement))
    else:
        function(options, measurement)
    measurement.print(how)


def random_account():
    return random.randrange(1, 1_000_001)


def check(condition, what):
    if not condition:
        raise RuntimeError(what)


def check_balance(account, balance):
    check(balance == account % 1000, "another balance")


def make_item(i):
    """The values of row number `i` of `bench_rows`, and of what is inserted."""
    return (i, i % 1_000_003, i * 0.37, f"row text number {i} 0123456789abcdef",
            _START + datetime.timedelta(microseconds=i * 1_234_567))


def make_items(first, count):
    return (make_item(i) for i in range(first, first + count))


def many_rows_sql(rows):
    return f"select {', '.join(COLUMNS)} from bench_rows limit {rows}"


def check_sum(rows, total):
    check(total == rows * (rows + 1) // 2, "other rows")
