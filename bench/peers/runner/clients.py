# SPDX-License-Identifier: BSL-1.0
"""Runs one client once."""
import json
import os
import re
import subprocess

UNSUPPORTED = 3
TIMEOUT = 300


class Unsupported(Exception):
    """The client says that it cannot do it, and why."""


class Failed(Exception):
    """The client has failed; the end of what it said."""


def environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return dict(kept, TZ="UTC", PYTHONDONTWRITEBYTECODE="1")


def absolute(command):
    """Clients run in their peer's folder."""
    return [os.path.abspath(word) if "/" in word and os.path.exists(word) else word for word in command]


def pin_to(core, policy):
    return ["chrt", "--batch" if policy == os.SCHED_BATCH else "--other", "0", "taskset", "-c", str(core)]


def run(peer, workload, dsn, options, prefix):
    """What the client has measured, and what it and its `prefix` have said."""
    command = list(prefix) + absolute(peer.command) + [workload.client or workload.name, "--dsn", dsn]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    try:
        done = subprocess.run(command, cwd=peer.place(), env=environment(), capture_output=True, text=True, timeout=TIMEOUT,
                              check=False)
    except subprocess.TimeoutExpired as slow:
        raise Failed(f"takes longer than {TIMEOUT} s") from slow
    said = done.stdout.strip().splitlines()
    if done.returncode == UNSUPPORTED:
        raise Unsupported(json.loads(said[-1])["unsupported"])
    if done.returncode != 0 or not said:
        raise Failed((done.stderr.strip().splitlines() or ["says nothing"])[-1][:200])
    return json.loads(said[-1]), done.stderr


def sample(measured, workload):
    """What is kept of a run: costs per unit."""
    units = measured["operations"] * workload.units
    kept = {
        "cpu_us": (measured["user_us"] + measured["system_us"]) / units,
        "user_us": measured["user_us"] / units,
        "per_second": units / measured["seconds"],
    }
    for name in ("p50_us", "p99_us", "peak_kib"):
        if measured.get(name):
            kept[name] = measured[name]
    return {name: round(value, 4 if value < 100 else 1) for name, value in kept.items()}


def instructions(peer, workload, dsn):
    """User-space instructions per unit, by callgrind. A run with few operations is taken from one with many."""
    counts = []
    for operations in (workload.few, workload.few * 4):
        _, said = run(peer, workload, dsn, {"count": operations, "warmup": 0},
                      ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"))
        counts.append(int(re.search(r"Collected : (\d+)", said)[1]))
    return round((counts[1] - counts[0]) / (workload.few * 3 * workload.units))
