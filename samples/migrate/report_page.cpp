// SPDX-License-Identifier: BSL-1.0
// The report as one HTML page, without scripts and other files.
#include "report.hpp"

#include <cstdio>

namespace migrate {
namespace {

constexpr const char* style = R"(
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid #ddd; vertical-align: top; overflow-wrap: anywhere }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.equal { color: #106b21 } .different { color: #a40000; font-weight: 600 } .muted { color: #666 }
@media (prefers-color-scheme: dark) { body { background: #16181c; color: #e6e6e6 } th, td { border-color: #3a3d44 }
  .equal { color: #7ddc8f } .different { color: #ff8a80 } .muted { color: #a0a0a0 } }
)";

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string row_of(const table_report& t) {
    std::string verdict = "<span class=\"muted\">not compared</span>";
    if (t.is_compared) {
        verdict = t.differences.empty() ? "<span class=\"equal\">equal</span>" : "<span class=\"different\">different</span>";
    }
    std::string details;
    for (const difference& d : t.differences) {
        details += "<div class=\"different\">" + escaped((d.column.empty() ? "" : d.column + ", ") + d.what) + ": " +
                   escaped(d.source) + " at the source, " + escaped(d.target) + " at the target</div>";
    }
    for (const auto& r : t.replaced) {
        details += "<div>" + escaped(r.column) + ": " + std::to_string(r.count) + (r.count == 1 ? " value" : " values") +
                   " became NULL; the first: " + escaped(r.first) + "</div>";
    }
    for (const std::string& remark : t.remarks) {
        details += "<div class=\"muted\">" + escaped(remark) + "</div>";
    }
    return "<tr><td>" + escaped(t.source) + "</td><td>" + escaped(t.target) + "</td><td class=\"number\">" +
           std::to_string(t.rows) + "</td><td class=\"number\">" + std::to_string(t.columns) + "</td><td class=\"number\">" +
           std::to_string(t.sampled) + "</td><td>" + verdict + details + "</td></tr>\n";
}

} // namespace

std::string to_html(const report& r) {
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.1f s", r.seconds);
    const std::string title = escaped(r.title + " of " + r.source + " into " + r.target);
    std::string page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>" + title +
                       "</title>\n<style>" + style + "</style></head><body>\n<h1>" + title + "</h1>\n";
    page += r.is_equal() ? "<p class=\"equal\">No differences were found.</p>\n"
                         : "<p class=\"different\">Tables that differ: " + std::to_string(r.differing_tables()) + "</p>\n";
    page += "<p>" + std::to_string(r.tables.size()) + " tables, " + std::to_string(r.rows) + " rows, " + seconds +
            ", finished at " + escaped(r.time) + ".</p>\n";
    page += "<table><thead><tr><th>source</th><th>target</th><th>rows</th><th>columns</th><th>whole rows compared</th>"
            "<th>result</th></tr></thead><tbody>\n";
    for (const table_report& t : r.tables) {
        page += row_of(t);
    }
    page += "</tbody></table>\n";
    if (!r.notes.empty()) {
        page += "<h2>Left out or changed</h2>\n<table><tbody>\n";
        for (const note& n : r.notes) {
            page += "<tr><td>" + escaped(n.object) + "</td><td>" + escaped(n.text) + "</td></tr>\n";
        }
        page += "</tbody></table>\n";
    }
    return page + "</body></html>\n";
}

} // namespace migrate
