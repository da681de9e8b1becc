// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include "sums_json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cstdio>

namespace migrate {
namespace {

namespace json = boost::json;

std::string decimal(double number, const char* unit) {
    char text[64];
    std::snprintf(text, sizeof text, "%.1f%s", number, unit);
    return text;
}

std::string describe(const difference& d) {
    return (d.column.empty() ? "" : "column " + d.column + ", ") + d.what + ": source " + d.source + ", target " + d.target;
}

std::string verdict(const table_report& t) {
    if (!t.is_compared) {
        return "not compared";
    }
    return t.differences.empty() ? "equal" : "DIFFERENT";
}

std::string conclusion(const report& r) {
    const auto compared = std::ranges::count_if(r.tables, &table_report::is_compared);
    if (compared == 0) {
        return "no tables were compared";
    }
    if (const std::size_t wrong = r.differing_tables(); wrong != 0) {
        return "tables that differ: " + std::to_string(wrong) + " of " + std::to_string(compared);
    }
    return "tables compared: " + std::to_string(compared) + ", all equal";
}

std::string summary_line(const report& r) {
    std::string text = std::to_string(r.tables.size()) + " tables, " + std::to_string(r.rows) + " rows";
    if (r.bytes != 0) {
        text += ", " + decimal(static_cast<double>(r.bytes) / 1e6, " MB");
    }
    return text + " in " + decimal(r.seconds, " s");
}

json::array to_json(const std::vector<difference>& differences) {
    json::array all;
    for (const difference& d : differences) {
        all.push_back(json::object{{"column", d.column}, {"what", d.what}, {"source", d.source}, {"target", d.target}});
    }
    return all;
}

json::object to_json(const table_report& t) {
    json::array remarks;
    for (const std::string& text : t.remarks) {
        remarks.emplace_back(text);
    }
    return {{"source", t.source},
            {"target", t.target},
            {"rows", t.rows},
            {"columns", t.columns},
            {"compared", t.is_compared},
            {"equal", t.is_compared && t.differences.empty()},
            {"sampled_rows", t.sampled},
            {"earlier_run", t.is_from_earlier_run},
            {"differences", to_json(t.differences)},
            {"replaced_values", to_json(t.replaced)},
            {"remarks", std::move(remarks)}};
}

} // namespace

bool report::is_equal() const { return differing_tables() == 0; }

std::size_t report::differing_tables() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(tables, [](const table_report& t) { return !t.differences.empty(); }));
}

std::uint64_t report::replaced_values() const {
    std::uint64_t count = 0;
    for (const table_report& t : tables) {
        for (const auto& r : t.replaced) {
            count += r.count;
        }
    }
    return count;
}

std::string to_text(const report& r) {
    std::size_t width = 5;
    for (const table_report& t : r.tables) {
        width = std::max(width, t.target.size());
    }
    std::string text;
    for (const table_report& t : r.tables) {
        char rows[32];
        std::snprintf(rows, sizeof rows, "%12llu rows   ", static_cast<unsigned long long>(t.rows));
        text += t.target + std::string(width - t.target.size(), ' ') + rows + verdict(t);
        if (t.sampled != 0) {
            text += ", " + std::to_string(t.sampled) + " rows compared as a whole";
        }
        text += t.is_from_earlier_run ? ", copied by an earlier run\n" : "\n";
        for (const difference& d : t.differences) {
            text += "    " + describe(d) + "\n";
        }
        for (const auto& v : t.replaced) {
            text += "    column " + v.column + ": " + std::to_string(v.count) + (v.count == 1 ? " value" : " values") +
                    " became NULL; the first: " + v.first + "\n";
        }
        for (const std::string& remark : t.remarks) {
            text += "    " + remark + "\n";
        }
    }
    if (!r.notes.empty()) {
        text += "left out or changed:\n";
        for (const note& n : r.notes) {
            text += "    " + n.object + ": " + n.text + "\n";
        }
    }
    return text + r.title + " of " + r.source + " into " + r.target + ": " + summary_line(r) + "; " + conclusion(r) + "\n";
}

json::object to_json(const report& r) {
    json::array tables;
    for (const table_report& t : r.tables) {
        tables.push_back(to_json(t));
    }
    json::array notes;
    for (const note& n : r.notes) {
        notes.push_back(json::object{{"object", n.object}, {"note", n.text}});
    }
    return {{"what", r.title},
            {"source", r.source},
            {"target", r.target},
            {"finished", r.time},
            {"seconds", r.seconds},
            {"rows", r.rows},
            {"bytes", r.bytes},
            {"equal", r.is_equal()},
            {"differing_tables", r.differing_tables()},
            {"replaced_values", r.replaced_values()},
            {"tables", std::move(tables)},
            {"notes", std::move(notes)}};
}

} // namespace migrate
