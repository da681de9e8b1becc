// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include <algorithm>
#include <iomanip>
#include <map>
#include <sstream>

namespace bench {
namespace {

constexpr int name_width = 40;

spread spread_of_costs(const std::vector<cost>& costs, double cost::* member) {
    std::vector<double> values;
    std::transform(costs.begin(), costs.end(), std::back_inserter(values), [&](const cost& c) { return c.*member; });
    return spread_of(std::move(values));
}

/// What a subject does, in words. Names without a shape of connections and queries in flight are listed.
std::string explained(const std::string& name) {
    static const std::map<std::string, std::string> listed = {
        {"libpq-sync", "libpq, PQexecPrepared"},
        {"asio-wait", "libpq, and Asio for the wait"},
        {"libpq-rows", "libpq, PQexecPrepared and a loop"},
        {"pgcoro-rows", "pgcoro, fetch<item>"},
        {"libpq-documents", "libpq, a loop over numeric, uuid, json"},
        {"pgcoro-documents", "pgcoro, fetch<document>"},
        {"pgcoro-1x1", "pgcoro, one coroutine"},
        {"pgcoro-insert-many", "execute_many, 100 inserts at once"},
        {"libpq-listen", "libpq, poll and PQnotifies"},
        {"pgcoro-listen", "listener, try_next"},
        {"pgcoro-listen-next", "listener, next alone"},
        {"libpq-changes", "libpq, PQgetCopyData"},
        {"pgcoro-changes", "replication_stream, as<changed>"},
        {"pg_recvlogical", "pg_recvlogical, wal2json"},
    };
    if (const auto found = listed.find(name); found != listed.end()) {
        return found->second;
    }
    const auto dash = name.rfind('-');
    const auto shape = name.substr(dash + 1);
    const auto connections = shape.substr(0, shape.find('x'));
    const auto in_flight = shape.substr(shape.find('x') + 1);
    if (name.starts_with("libpq-")) {
        return "libpq by hand, " + in_flight + " in flight over " + connections;
    }
    const auto kind = name.substr(0, dash);
    if (kind == "pgcoro-loader") {
        return "batch_loader, " + in_flight + " coroutines over " + connections;
    }
    if (kind == "pgcoro-writer") {
        return "batch_writer, " + in_flight + " coroutines over " + connections;
    }
    return (kind == "pgcoro-mux" ? "multiplexer" : kind) + ", " + in_flight + " coroutines over " + connections;
}

void print_row(std::ostream& out, const std::string& name, const std::vector<cost>& costs) {
    const spread cpu = spread_of_costs(costs, &cost::cpu_us);
    const spread wall = spread_of_costs(costs, &cost::wall_us);
    const int digits = cpu.median < 100 ? 2 : 0;
    out << "  " << std::left << std::setw(name_width) << explained(name) << std::right << std::setw(8)
        << fixed(cpu.median, digits) << "  " << std::left << std::setw(18) << range(cpu, digits) << std::right << std::setw(9)
        << fixed(1e6 / wall.median, 0) << '\n';
}

bool print_goal(std::ostream& out, const goal& g, const costs_by_name& costs) {
    const spread s = spread_of(ratios(g, costs));
    const bool cpu = g.of == goal::client_cpu;
    out << "    " << explained(g.ours) << ": " << (cpu ? "client CPU " : "queries per second ") << fixed(s.median, 2)
        << " times " << explained(g.theirs) << ' ' << range(s, 2);
    if (!g.limit) {
        out << '\n';
        return true;
    }
    const bool met = cpu ? s.median <= *g.limit : s.median >= *g.limit;
    out << "; goal: at " << (cpu ? "most " : "least ") << fixed(*g.limit, 2) << (met ? ", met" : ", MISSED") << '\n';
    return met;
}

} // namespace

std::string fixed(double value, int digits) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(digits) << value;
    return std::move(out).str();
}

std::string range(const spread& s, int digits) { return "(" + fixed(s.low, digits) + " to " + fixed(s.high, digits) + ")"; }

std::vector<double> ratios(const goal& g, const costs_by_name& costs) {
    const auto& ours = costs.at(g.ours);
    const auto& theirs = costs.at(g.theirs);
    std::vector<double> values;
    for (std::size_t round = 0; round != ours.size(); ++round) {
        values.push_back(g.of == goal::client_cpu ? ours[round].cpu_us / theirs[round].cpu_us
                                                  : theirs[round].wall_us / ours[round].wall_us);
    }
    return values;
}

bool print(std::ostream& out, const std::vector<block>& table, const costs_by_name& costs) {
    out << std::left << std::setw(name_width + 2) << "" << "client CPU in us (quartiles)  queries/s\n";
    bool all_met = true;
    for (const block& b : table) {
        out << b.title << '\n';
        for (const auto& name : b.subjects) {
            print_row(out, name, costs.at(name));
        }
        for (const goal& g : b.goals) {
            all_met = print_goal(out, g, costs) && all_met;
        }
    }
    return all_met;
}

} // namespace bench
