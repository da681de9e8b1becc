# SPDX-License-Identifier: BSL-1.0
"""Bar charts: a panel for each workload, a bar for each peer."""
import html

from tables import figure

WIDTH, COLUMNS, MARGIN = 900, 2, 24
LABELS, VALUES, BAR, ROW, HEAD, GAP = 112, 74, 12, 19, 34, 22

STYLE = """\
    .paper { fill: #ffffff } .ink { fill: #1e293b } .axis { stroke: #94a3b8 }
    .ours { fill: #1d4ed8 } .driver { fill: #94a3b8 } .hand { fill: #cbd5e1 } .cut { stroke: #ffffff; stroke-width: 3 }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117 } .ink { fill: #e2e8f0 } .axis { stroke: #475569 }
      .ours { fill: #60a5fa } .driver { fill: #64748b } .hand { fill: #334155 } .cut { stroke: #0d1117 }
    }"""


class Panel:
    """Bars are drawn to scale up to `limit`; a longer one is cut there, and its number says how long it is."""

    def __init__(self, title, bars, limit):
        self.title, self.bars, self.limit = title, bars, limit  # bars: label, class, value

    def height(self):
        return HEAD + ROW * len(self.bars)

    def draw(self, x, y, width):
        longest = min(self.limit, max(value for _, _, value in self.bars))
        scale = (width - LABELS - VALUES) / longest
        left = x + LABELS
        yield f'<text class="ink" x="{x}" y="{y + 14}" font-weight="bold">{html.escape(self.title)}</text>'
        yield f'<line class="axis" x1="{left}" y1="{y + 24}" x2="{left}" y2="{y + self.height()}"/>'
        for number, (label, kind, value) in enumerate(self.bars):
            top = y + HEAD + ROW * number
            length = round(min(value, longest) * scale, 1)
            weight = ' font-weight="bold"' if kind == "ours" else ""
            yield f'<text class="ink" x="{left - 6}" y="{top + 10}" text-anchor="end"{weight}>{html.escape(label)}</text>'
            yield f'<rect class="{kind}" x="{left}" y="{top}" width="{length}" height="{BAR}"/>'
            if value > longest:
                cut = round(left + length - 14, 1)
                yield f'<line class="cut" x1="{cut}" y1="{top + BAR + 2}" x2="{cut + 6}" y2="{top - 2}"/>'
            yield f'<text class="ink" x="{left + length + 5:.1f}" y="{top + 10}"{weight}>{figure(value)}</text>'


def svg(title, panels):
    width = (WIDTH - MARGIN * (COLUMNS + 1)) / COLUMNS
    lines, y = [], 48
    for first in range(0, len(panels), COLUMNS):
        row = panels[first:first + COLUMNS]
        for column, panel in enumerate(row):
            lines += panel.draw(MARGIN + column * (width + MARGIN), y, width)
        y += max(panel.height() for panel in row) + GAP
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" '
            'font-family="DejaVu Sans, Verdana, sans-serif" font-size="12">',
            f"  <title>{html.escape(title)}</title>", "  <style>", STYLE, "  </style>",
            f'  <rect class="paper" width="{WIDTH}" height="{y}"/>',
            f'  <text class="ink" x="{MARGIN}" y="28" font-size="15" font-weight="bold">{html.escape(title)}</text>']
    return "\n".join(head + ["  " + line for line in lines] + ["</svg>"]) + "\n"


def panels(results, name, workloads, cores=1, best_first=1, cut_at=None, divisor=1):
    """`cut_at`: the longest bar that is drawn to scale, as a multiple of pgcoro's. Values are divided by `divisor`."""
    found = []
    for workload in workloads:
        measured = [r for r in results.measured(workload, "unix", cores) if r.median(name)]
        ours = next((r for r in measured if r.peer.name == "pgcoro"), None)
        if not measured:
            continue
        measured.sort(key=lambda r: best_first * r.median(name))
        bars = [(r.peer.name, "ours" if r is ours else "driver" if r.peer.kind == "driver" else "hand",
                 r.median(name) / divisor) for r in measured]
        limit = cut_at * ours.median(name) / divisor if cut_at and ours else float("inf")
        title = f"{workload.name}: {workload.title}".replace("`", "")
        found.append(Panel(title, bars, limit))
    return found
