// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include "../report.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <stdexcept>

namespace bench::service {
namespace {

constexpr int name_width = 24;

spread spread_of_slices(const measured& m, double slice::* member) {
    std::vector<double> values;
    std::ranges::transform(m.rounds, std::back_inserter(values), [&](const slice& s) { return s.*member; });
    return spread_of(std::move(values));
}

double quantile(std::vector<double>& values, double share) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, at);
    return *at;
}

void print_row(std::ostream& out, const measured& m) {
    const auto cpu = spread_of_slices(m, &slice::cpu_us);
    out << "  " << std::left << std::setw(name_width) << m.name << std::right << std::setw(10)
        << fixed(spread_of_slices(m, &slice::requests_per_second).median, 0) << std::setw(10) << fixed(cpu.median, 1) << "  "
        << std::left << std::setw(20) << range(cpu, 1) << std::right << std::setw(9)
        << fixed(spread_of_slices(m, &slice::p50_ms).median, 2) << std::setw(9)
        << fixed(spread_of_slices(m, &slice::p99_ms).median, 2) << '\n';
}

bool print_goal(std::ostream& out, const report& all, const measured& m) {
    const auto values = requests_per_core(all, m);
    if (m.is_peer || values.empty() || !all.has_verdict) {
        return true;
    }
    const auto s = spread_of(values);
    const bool met = s.median >= goal;
    out << "    " << m.name << ": requests per core " << fixed(s.median, 2) << " times the peer's " << range(s, 2)
        << "; goal: at least " << fixed(goal, 2) << (met ? ", met" : ", MISSED") << '\n';
    return met;
}

std::size_t failed(const load_result& r) {
    std::size_t sum = 0;
    for (const auto& [status, times] : r.failures) {
        sum += times;
    }
    return sum;
}

double seconds(std::chrono::nanoseconds d) { return std::chrono::duration<double>(d).count(); }

} // namespace

slice slice_of(load_result result, std::chrono::nanoseconds cpu) {
    if (result.right == 0) {
        throw std::runtime_error("no request was answered");
    }
    const auto requests = static_cast<double>(result.right);
    slice s;
    s.requests_per_second = requests / seconds(result.duration);
    s.cpu_us = 1e6 * seconds(cpu) / requests;
    s.p50_ms = quantile(result.latencies_us, 0.5) / 1000;
    s.p99_ms = quantile(result.latencies_us, 0.99) / 1000;
    return s;
}

std::vector<double> requests_per_core(const report& all, const measured& ours) {
    const auto peer =
        std::ranges::find_if(all.measurements, [&](const measured& m) { return m.is_peer && m.asked == ours.asked; });
    std::vector<double> values;
    for (std::size_t i = 0; peer != all.measurements.end() && i != ours.rounds.size(); ++i) {
        values.push_back(peer->rounds[i].cpu_us / ours.rounds[i].cpu_us);
    }
    return values;
}

std::string describe_failures(const load_result& r) {
    std::string text = std::to_string(failed(r));
    const char* between = ": ";
    for (const auto& [status, times] : r.failures) {
        text += between + std::to_string(times) + (status == 0 ? " without a response" : " with " + std::to_string(status));
        between = ", ";
    }
    return text;
}

bool print(std::ostream& out, const report& all) {
    out << all.setting << std::left << std::setw(name_width + 2) << ""
        << "requests/s   CPU for one in us (quartiles)   p50 ms   p99 ms\n";
    bool all_met = true;
    for (const auto asked : all_endpoints) {
        out << title_of(asked) << '\n';
        for (const auto& m : all.measurements) {
            if (m.asked == asked) {
                print_row(out, m);
            }
        }
        for (const auto& m : all.measurements) {
            all_met = (m.asked != asked || print_goal(out, all, m)) && all_met;
        }
    }
    for (const auto& o : all.outages) {
        out << o.name << ", " << o.restarts << " restarts of the server: " << o.result.right << " right answers, "
            << o.false_answers << " false ones; failed " << describe_failures(o.result) << "; longest time without an answer "
            << fixed(seconds(o.result.longest_gap), 1) << " s\n";
    }
    return all_met;
}

std::string markdown(const report& all) {
    std::ostringstream out;
    out << "| | requests/s | CPU for one, µs | p50, ms | p99, ms | requests per core, times the peer's |\n"
           "|---|---:|---:|---:|---:|---:|\n";
    for (const auto& m : all.measurements) {
        const auto ratios = requests_per_core(all, m);
        out << "| `" << title_of(m.asked) << "`, " << (m.is_peer ? m.name : "**" + m.name + "**") << " | "
            << fixed(spread_of_slices(m, &slice::requests_per_second).median, 0) << " | "
            << fixed(spread_of_slices(m, &slice::cpu_us).median, 1) << " | "
            << fixed(spread_of_slices(m, &slice::p50_ms).median, 2) << " | "
            << fixed(spread_of_slices(m, &slice::p99_ms).median, 2) << " | "
            << (m.is_peer || ratios.empty() ? "" : fixed(spread_of(ratios).median, 2) + ' ' + range(spread_of(ratios), 2))
            << " |\n";
    }
    out << "\n| while the server restarts | restarts | right answers | false answers | requests that failed | longest time "
           "without an answer, s |\n|---|---:|---:|---:|---|---:|\n";
    for (const auto& o : all.outages) {
        out << "| " << o.name << " | " << o.restarts << " | " << o.result.right << " | " << o.false_answers << " | "
            << describe_failures(o.result) << " | " << fixed(seconds(o.result.longest_gap), 1) << " |\n";
    }
    std::istringstream lines(all.setting);
    for (std::string line; std::getline(lines, line);) {
        out << "\n- " << line;
    }
    return std::move(out).str() + '\n';
}

bar_chart chart(const report& all) {
    bar_chart made{"Requests per second of the service's CPU time", {}};
    for (const auto& m : all.measurements) {
        const double per_core = 1e6 / spread_of_slices(m, &slice::cpu_us).median;
        made.bars.push_back({title_of(m.asked) + ", " + m.name, per_core, fixed(per_core, 0), !m.is_peer});
    }
    return made;
}

std::string fill_in(const std::string& document, const std::string& content) {
    const std::string begin = "<!-- bench_service: results -->\n";
    const std::string end = "<!-- bench_service: end of results -->\n";
    const auto from = document.find(begin);
    const auto to = document.find(end);
    if (from == std::string::npos || to == std::string::npos || to < from) {
        throw std::runtime_error("the document does not have the lines\n" + begin + end);
    }
    return document.substr(0, from + begin.size()) + content + document.substr(to);
}

} // namespace bench::service
