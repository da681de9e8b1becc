// SPDX-License-Identifier: BSL-1.0
// The report for a program: every round.
#include "report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace bench::service {
namespace {

namespace json = boost::json;

json::object json_of(const measured& m) {
    json::array rounds;
    for (const auto& s : m.rounds) {
        rounds.push_back(json::object{
            {"requests_per_second", s.requests_per_second}, {"cpu_us", s.cpu_us}, {"p50_ms", s.p50_ms}, {"p99_ms", s.p99_ms}});
    }
    return {{"request", title_of(m.asked)}, {"name", m.name}, {"is_peer", m.is_peer}, {"rounds", std::move(rounds)}};
}

json::object json_of(const outage& o) {
    json::object failures;
    for (const auto& [status, times] : o.result.failures) {
        failures[status == 0 ? "no response" : std::to_string(status)] = times;
    }
    return {{"name", o.name},
            {"restarts", o.restarts},
            {"right", o.result.right},
            {"false", o.false_answers},
            {"failures", std::move(failures)},
            {"longest_gap_s", std::chrono::duration<double>(o.result.longest_gap).count()}};
}

} // namespace

std::string json_text(const report& all) {
    json::object made{{"setting", all.setting}};
    auto& measurements = made["measurements"].emplace_array();
    for (const auto& m : all.measurements) {
        measurements.push_back(json_of(m));
    }
    auto& outages = made["outages"].emplace_array();
    for (const auto& o : all.outages) {
        outages.push_back(json_of(o));
    }
    return json::serialize(made) + '\n';
}

} // namespace bench::service
