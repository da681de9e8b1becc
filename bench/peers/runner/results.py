# SPDX-License-Identifier: BSL-1.0
"""What bench/peers/run has measured, read from its JSON: medians, quartiles and ratios."""
import json
import statistics

from catalog import PEERS, WORKLOADS


class Result:
    """A peer in a workload and a setting."""

    def __init__(self, entry, peer):
        self.peer = peer
        self.rounds = entry["rounds"] if "failed" not in entry else []
        self.how = entry.get("how")
        self.instructions = entry.get("instructions")
        self.cannot = entry.get("unsupported")
        self.failed = entry.get("failed")

    def values(self, name):
        return [r[name] for r in self.rounds if name in r]

    def median(self, name):
        values = self.values(name)
        return statistics.median(values) if values else None

    def quartiles(self, name):
        values = self.values(name)
        if len(values) < 2:
            return values[0], values[0]
        low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        return low, high

    def ratio(self, other, name="cpu_us"):
        """In each round, to the other in the same round; the median."""
        return statistics.median(ours / theirs for ours, theirs in zip(self.values(name), other.values(name)))


class Results:
    def __init__(self, path):
        document = json.loads(path.read_text(encoding="utf-8"))
        self.about = document["about"]
        peers = {peer.name: peer for peer in PEERS}
        self.by_key = {}
        for entry in document["results"]:
            key = (entry["workload"], entry["transport"], entry["cores"])
            self.by_key.setdefault(key, []).append(Result(entry, peers[entry["peer"]]))
        self.workloads = [w for w in WORKLOADS if any(key[0] == w.name for key in self.by_key)]
        self.peers = [peer for peer in PEERS if any(r.peer is peer for all_ in self.by_key.values() for r in all_)]

    def all(self, workload, transport="unix", cores=1):
        """Of every peer: first those with the least client CPU, last those that cannot."""
        found = self.by_key.get((workload.name, transport, cores), [])
        return sorted(found, key=lambda r: (not r.rounds, r.median("cpu_us") or 0))

    def measured(self, workload, transport="unix", cores=1):
        return [r for r in self.all(workload, transport, cores) if r.rounds]

    def of(self, name, workload, transport="unix", cores=1):
        return next((r for r in self.measured(workload, transport, cores) if r.peer.name == name), None)

    def drivers(self, workload, transport="unix", cores=1):
        return [r for r in self.measured(workload, transport, cores) if r.peer.kind == "driver"]

    def libpq(self, workload, transport="unix", cores=1):
        """The way to use libpq by hand that costs the least."""
        return next((r for r in self.measured(workload, transport, cores) if r.peer.name.startswith("libpq") and
                     r.peer.kind == "by hand"), None)
