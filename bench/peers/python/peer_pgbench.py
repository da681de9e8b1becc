# SPDX-License-Identifier: BSL-1.0
"""pgbench: what it can do of the workloads. It checks no values, and gives no percentiles or memory."""
import json
import re
import resource
import subprocess
import sys
import tempfile
import time

from client import BALANCE_SQL, EXIT_UNSUPPORTED, many_rows_sql, parse_options

QUERY = "\\set account random(1, 1000000)\n" + BALANCE_SQL.format(":account") + ";\n"


def pipeline(queries):
    return "\\startpipeline\n" + QUERY * queries + "\\endpipeline\n"


WORKLOADS = {  # how, script, options, operations per script
    "W1": ("-M prepared", QUERY, ["-M", "prepared", "-c1"], 1),
    "W2": ("-M prepared -c10", QUERY, ["-M", "prepared", "-c10"], 1),
    "W3": ("pipelines of 16, one Sync each", pipeline(16), ["-M", "prepared", "-c4"], 16),
    "W3one": ("pipelines of 64, one Sync each", pipeline(64), ["-M", "prepared", "-c1"], 64),
    "W4": ("-M prepared, decodes nothing", many_rows_sql(1000) + ";\n", ["-M", "prepared", "-c1"], 1),
    "W8": ("-C", "select 1;\n", ["-C", "-c1"], 1),
}


def run(options, how, script, arguments, operations):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        length = ["-t", str(options.count)] if options.count else ["-T", str(max(1, round(options.seconds)))]
        usage, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(["pgbench", "-n", "-j1", *arguments, *length, "-f", file.name, options.dsn], check=True,
                              capture_output=True, text=True)
        elapsed = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    number = lambda pattern: float(re.search(pattern, done.stdout)[1])
    operations *= number(r"actually processed: (\d+)")
    print(json.dumps({"how": how, "operations": operations, "seconds": elapsed,
                      "user_us": (after.ru_utime - usage.ru_utime) * 1e6, "system_us": (after.ru_stime - usage.ru_stime) * 1e6}))


def main():
    options = parse_options()
    if options.workload not in WORKLOADS:
        print(json.dumps({"unsupported": "not with pgbench's scripts"}))
        sys.exit(EXIT_UNSUPPORTED)
    run(options, *WORKLOADS[options.workload])


main()
