// SPDX-License-Identifier: BSL-1.0
#include "ledger.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <unordered_map>

namespace bench::service {
namespace {

std::int64_t key_of(const world_row& row) { return std::int64_t{row.id} * (rows_of_world + 1) + row.number; }

using counts = std::unordered_map<std::int64_t, std::size_t>;

counts count(std::span<const world_row> rows) {
    counts made;
    for (const auto& row : rows) {
        ++made[key_of(row)];
    }
    return made;
}

std::int32_t number(std::string_view text) {
    std::int32_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size() || value < 1 || value > rows_of_world) {
        throw std::runtime_error("not a row of world: " + std::string(text));
    }
    return value;
}

} // namespace

std::vector<world_row> read_rows(std::string_view printed) {
    std::vector<world_row> rows;
    while (!printed.empty()) {
        const auto end = printed.find('\n');
        const auto line = printed.substr(0, end);
        const auto bar = line.find('|');
        if (bar == std::string_view::npos) {
            throw std::runtime_error("not a row of world: " + std::string(line));
        }
        rows.push_back({number(line.substr(0, bar)), number(line.substr(bar + 1))});
        printed.remove_prefix(end == std::string_view::npos ? printed.size() : end + 1);
    }
    return rows;
}

world_table read_table(std::string_view printed) {
    world_table table;
    const auto rows = read_rows(printed);
    for (const auto& row : rows) {
        table[row.id] = row.number;
    }
    for (std::int32_t id = 1; id <= rows_of_world; ++id) {
        if (table[id] == 0 || rows.size() != rows_of_world) {
            throw std::runtime_error("the table world does not have each of its rows once");
        }
    }
    return table;
}

bool ledger::add(const question& asked, std::string_view body) {
    auto rows = read_answer(asked, body);
    if (!rows) {
        return false;
    }
    if (asked.asked != endpoint::updates) {
        read_.insert(read_.end(), rows->begin(), rows->end());
        return true;
    }
    std::ranges::sort(*rows, {}, key_of);
    const auto repeated = std::ranges::unique(*rows);
    rows->erase(repeated.begin(), repeated.end());
    // Two numbers for one row: one of them at least is not what the table has.
    const auto same_id = [](const world_row& a, const world_row& b) { return a.id == b.id; };
    if (std::ranges::adjacent_find(*rows, same_id) != rows->end()) {
        return false;
    }
    acknowledged_.insert(acknowledged_.end(), rows->begin(), rows->end());
    return true;
}

std::size_t ledger::false_without_failures(const world_table& before, const world_table& after) const {
    const auto written = count(acknowledged_);
    std::vector<bool> is_written(rows_of_world + 1);
    for (const auto& row : acknowledged_) {
        is_written[static_cast<std::size_t>(row.id)] = true;
    }
    std::size_t wrong = 0;
    for (std::int32_t id = 1; id <= rows_of_world; ++id) {
        const bool is_right =
            is_written[static_cast<std::size_t>(id)] ? written.contains(key_of({id, after[id]})) : after[id] == before[id];
        wrong += is_right ? 0 : 1;
    }
    for (const auto& row : read_) {
        wrong += row.number == before[row.id] || written.contains(key_of(row)) ? 0 : 1;
    }
    return wrong;
}

std::size_t ledger::false_by_history(const world_table& before, std::span<const world_row> written) const {
    auto kept = count(written);
    std::size_t wrong = 0;
    for (const auto& row : read_) {
        wrong += row.number == before[row.id] || kept.contains(key_of(row)) ? 0 : 1;
    }
    for (const auto& [key, times] : count(acknowledged_)) {
        const auto found = kept.find(key);
        const auto there = found == kept.end() ? 0 : found->second;
        wrong += times > there ? times - there : 0;
    }
    return wrong;
}

} // namespace bench::service
