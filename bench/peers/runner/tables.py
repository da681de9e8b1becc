# SPDX-License-Identifier: BSL-1.0
"""The tables of the document."""
from catalog import SETTINGS, TRANSPORTS

NONE = "—"


def figure(value):
    """Three digits that count, or all of a larger number."""
    if value is None:
        return NONE
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.{1 if value >= 10 else 2 if value >= 1 else 3}f}"


def mebibytes(kib):
    return NONE if kib is None else figure(kib / 1024)


def table(head, rows):
    """Text on the left, numbers on the right."""
    lines = ["| " + " | ".join(title.lstrip(">") for title in head) + " |",
             "|" + "|".join("---:" if title.startswith(">") else "---" for title in head) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def summary(results):
    rows = []
    for workload in results.workloads:
        ours, drivers = results.of("pgcoro", workload), results.drivers(workload)
        if not ours:
            continue
        others = [r for r in drivers if r is not ours]
        libpq = results.libpq(workload)
        row = [f"[{workload.name}](#{workload.name.lower()}): {workload.title}", figure(ours.median("cpu_us")),
               f"{drivers.index(ours) + 1} of {len(drivers)}"]
        row += [others[0].peer.title, figure(others[0].median("cpu_us")), figure(ours.ratio(others[0]))] if others else [NONE] * 3
        rows.append(row + against_goal(ours.ratio(libpq) if libpq else None, workload.goal))
    head = ["workload", ">pgcoro, us", ">place", "best other driver", ">its us", ">ratio to it", ">ratio to libpq", ">goal"]
    return table(head, rows)


def against_goal(ratio, goal):
    """A goal that is missed is bold."""
    if ratio is None:
        return [NONE, NONE]
    missed = goal and ratio > goal
    return [f"**{figure(ratio)}**" if missed else figure(ratio), f"{goal:.2f}" if goal else NONE]


def not_first(results):
    """The names of the workloads where another driver takes less client CPU."""
    return [w.name for w in results.workloads if results.of("pgcoro", w) and results.drivers(w)[0].peer.name != "pgcoro"]


def one_core(results, workload):
    libpq = results.libpq(workload)
    rows = []
    for r in results.all(workload):
        if not r.rounds:
            rows.append([r.peer.title, f"cannot: {r.cannot}" if r.cannot else f"failed: {r.failed}"] + [NONE] * 7)
            continue
        low, high = r.quartiles("cpu_us")
        rows.append([
            r.peer.title, r.how, f"{figure(r.median('cpu_us'))} ({figure(low)} to {figure(high)})",
            figure(r.ratio(libpq)) if libpq else NONE, figure(r.instructions), figure(r.median("per_second")),
            figure(r.median("p50_us")), figure(r.median("p99_us")), mebibytes(r.median("peak_kib")),
        ])
    unit = workload.unit
    return table(["client", "how", f">client CPU, us per {unit}", ">ratio to libpq", f">instructions per {unit}",
                  f">{unit_plural(unit)} per second", ">p50, us", ">p99, us", ">peak, MiB"], rows)


def unit_plural(unit):
    return {"query": "queries"}.get(unit, unit + "s")


def other_settings(results, workload):
    """Client CPU and throughput where server and client have a core each, and by TCP and TLS."""
    settings = [s for s in SETTINGS if s != ("unix", 1) and results.measured(workload, *s)]
    if not settings:
        return []
    head, rows = ["client"], []
    for transport, cores in settings:
        name = TRANSPORTS[transport] if cores == 1 else "two cores"
        head += [f">{name}: us", f">per second", ">p99, us"]
    for r in results.measured(workload):
        row = [r.peer.title]
        for setting in settings:
            there = results.of(r.peer.name, workload, *setting)
            row += [figure(there.median(name)) if there else NONE for name in ("cpu_us", "per_second", "p99_us")]
        rows.append(row)
    return table(head, rows)


def versions(results):
    rows = []
    for peer in results.peers:
        rows.append([peer.title, peer.language, results.about["versions"].get(peer.name, "not installed"),
                     {"driver": "driver", "by hand": "by hand, for comparison", "tool": "tool, for comparison"}[peer.kind]])
    return table(["client", "language", "version", "kind"], rows)
