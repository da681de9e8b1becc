# SPDX-License-Identifier: BSL-1.0
"""Runs peers and workloads in turns, and writes what they have measured. bench/peers/run starts this in its Debian."""
import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess

import clients
from catalog import PEERS, SETTINGS, SHOW_TRANSPORT, WORKLOADS, named
from server import Server

QUICK = {"rounds": 3, "seconds": 0.5, "warmup": 1.0, "rows": 0.1}
OUTPUT = pathlib.Path("build/peer-results/peers.json")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bench/peers/run", description=__doc__)
    parser.add_argument("--peers", help="comma-separated; default: all")
    parser.add_argument("--workloads", help="comma-separated; default: all")
    parser.add_argument("--settings", help="comma-separated, such as unix1,tls1: transport and cores; default: all")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="that a workload is measured in a round, unless its rows are counted")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, shorter, and a tenth of the rows")
    parser.add_argument("--no-instructions", action="store_true", help="count none")
    parser.add_argument("--add", action="store_true", help="keep what the run before has measured of other peers, workloads "
                        "and settings: for a run in several parts")
    return parser.parse_args()


def cores_of(count):
    """Those of the client and of the server."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[min(count, len(usable)) - 1]


class Run:
    def __init__(self, arguments, about, server):
        self.arguments = arguments
        self.about = about
        self.server = server
        self.results = {}
        self.before = []

    def add_to(self, path):
        """Keeps what a run like this one has measured before; what is measured again is replaced."""
        before = json.loads(path.read_text(encoding="utf-8"))
        differing = [name for name in ("quick", "rounds", "seconds", "machine", "server")
                     if before["about"][name] != self.about[name]]
        if differing:
            raise SystemExit(f"cannot add to a run with other {', '.join(differing)}")
        self.about["versions"] = {**before["about"]["versions"], **self.about["versions"]}
        self.about["load_before"] = max(self.about["load_before"], before["about"]["load_before"])
        self.before = before["results"]

    def save(self):
        """After each workload: a run that is stopped has not been in vain. One result a line."""
        kept = [result for result in self.before if self.key(result) not in self.results]
        lines = ",\n".join("  " + json.dumps(result) for result in kept + list(self.results.values()))
        OUTPUT.parent.mkdir(parents=True, exist_ok=True)
        OUTPUT.write_text(f'{{"about": {json.dumps(self.about, indent=1)},\n"results": [\n{lines}\n]}}\n', encoding="utf-8")

    def options(self, workload):
        arguments = self.arguments
        if workload.count:
            return {"count": int(workload.count * (QUICK["rows"] if arguments.quick else 1))}
        warmup = min(workload.warmup, QUICK["warmup"]) if arguments.quick else workload.warmup
        return {"seconds": arguments.seconds, "warmup": warmup}

    def result(self, peer, workload, transport, cores):
        names = dict(workload=workload.name, transport=transport, cores=cores, peer=peer.name)
        return self.results.setdefault(self.key(names), dict(names, rounds=[]))

    @staticmethod
    def key(result):
        return result["workload"], result["transport"], result["cores"], result["peer"]

    def measure(self, peer, workload, transport, cores):
        """One peer, once. One that cannot is not asked again."""
        result = self.result(peer, workload, transport, cores)
        if "unsupported" in result or "failed" in result:
            return
        if peer.missing():
            result["failed"] = peer.missing()
            return
        client_core, server_core = cores_of(cores)
        # On a shared core, none that wakes up interrupts another: README.md says why.
        policy = os.SCHED_BATCH if client_core == server_core else os.SCHED_OTHER
        self.server.pin_to(server_core, policy)
        if workload.writes:
            self.server.query("truncate bench_insert")
        try:
            measured, _ = clients.run(peer, workload, self.server.dsn(transport, workload.scram), self.options(workload),
                                      clients.pin_to(client_core, policy))
            if workload.writes:
                self.check_written(measured, workload)
        except clients.Unsupported as cannot:
            result["unsupported"] = str(cannot)
        except clients.Failed as failure:
            result["failed"] = str(failure)
            print(f"  {peer.name}: {failure}", flush=True)
        else:
            result["how"] = measured["how"]
            result["rounds"].append(clients.sample(measured, workload))

    def check_written(self, measured, workload):
        rows, numbers = map(int, self.server.query("select count(*), count(distinct id) from bench_insert").split("|"))
        written = measured["operations"]
        if rows != numbers or (rows != written if workload.count else rows < written):
            raise clients.Failed(f"{rows} rows with {numbers} numbers are in the table, not {written}")

    def run(self, peers, workloads, settings):
        for transport, cores in settings:
            for workload in workloads:
                if transport != "unix" and workload.name not in SHOW_TRANSPORT and not self.arguments.workloads:
                    continue
                print(f"{datetime.datetime.now():%H:%M:%S} {workload.name}, {transport}, cores: {cores}", flush=True)
                for round_number in range(self.arguments.rounds):
                    # Every other round goes backwards, so that a drift of the machine favours no peer.
                    for peer in peers if round_number % 2 == 0 else reversed(peers):
                        self.measure(peer, workload, transport, cores)
                self.save()

    def count_instructions(self, peers, workloads):
        for workload in workloads:
            print(f"{datetime.datetime.now():%H:%M:%S} {workload.name}, instructions", flush=True)
            for peer in peers:
                result = self.result(peer, workload, "unix", 1)
                wanted = peer.callgrind == "fast" or peer.callgrind and not self.arguments.quick
                if not wanted or not result["rounds"]:
                    continue
                if workload.writes:
                    self.server.query("truncate bench_insert")
                try:
                    result["instructions"] = clients.instructions(peer, workload, self.server.dsn("unix", workload.scram))
                except clients.Failed as failure:
                    print(f"  {peer.name}: {failure}", flush=True)
            self.save()


def machine():
    cpu = re.search(r"model name\s*: (.+)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(encoding="utf-8"))
    return {"cpu": cpu[1] if cpu else os.uname().machine, "cores": len(os.sched_getaffinity(0)),
            "memory_gib": round(int(memory[1]) / 2**20), "kernel": os.uname().release}


def version_of_server(programs):
    said = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    return re.search(r"\d+(\.\d+)+", said)[0]


def main():
    arguments = parse_arguments()
    arguments.rounds = arguments.rounds or (QUICK["rounds"] if arguments.quick else 5)
    arguments.seconds = arguments.seconds or (QUICK["seconds"] if arguments.quick else 1.0)
    peers, workloads = named(PEERS, arguments.peers), named(WORKLOADS, arguments.workloads)
    settings = [s for s in SETTINGS if not arguments.settings or f"{s[0]}{s[1]}" in arguments.settings.split(",")]
    about = {
        "date": f"{datetime.datetime.now():%Y-%m-%d}", "machine": machine(), "quick": arguments.quick,
        "rounds": arguments.rounds, "seconds": arguments.seconds, "load_before": os.getloadavg()[0],
        "versions": {peer.name: peer.version() for peer in peers if not peer.missing()},
    }
    with Server() as server:
        about["server"] = version_of_server(server.programs)
        run = Run(arguments, about, server)
        if arguments.add:
            run.add_to(OUTPUT)
        run.run(peers, workloads, settings)
        if not arguments.no_instructions and ("unix", 1) in settings:
            run.count_instructions(peers, workloads)


if __name__ == "__main__":
    main()
