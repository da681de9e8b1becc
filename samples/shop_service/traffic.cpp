// SPDX-License-Identifier: BSL-1.0
#include "traffic.hpp"

namespace shop {
namespace {

std::size_t place(std::int64_t second, std::size_t places) noexcept { return static_cast<std::size_t>(second) % places; }

} // namespace

void traffic::add(std::int64_t second, std::chrono::nanoseconds duration, bool has_failed) noexcept {
    ++requests_;
    failures_ += has_failed ? 1 : 0;
    auto& c = counts_[place(second, counts_.size())];
    if (c.second != second) {
        c = {second, 0};
    }
    ++c.requests;
    auto& l = latencies_[place(second, latencies_.size())];
    if (l.second != second) {
        l = {second, {}};
    }
    l.histogram.add(duration);
}

std::uint32_t traffic::requests_in(std::int64_t second) const noexcept {
    const auto& c = counts_[place(second, counts_.size())];
    return c.second == second ? c.requests : 0;
}

void traffic::add_latencies(std::int64_t second, latency_histogram& to) const noexcept {
    const auto& l = latencies_[place(second, latencies_.size())];
    if (l.second == second) {
        to.add(l.histogram);
    }
}

traffic_report report_on(const std::vector<traffic>& threads, std::int64_t now) {
    traffic_report report;
    report.history.resize(traffic::minute);
    latency_histogram recent;
    for (const auto& t : threads) {
        report.requests += t.requests();
        report.failures += t.failures();
        for (std::int64_t i = 0; i < traffic::minute; ++i) {
            report.history[static_cast<std::size_t>(i)] += t.requests_in(now - traffic::minute + i);
        }
        for (std::int64_t i = 0; i <= traffic::quantile_seconds; ++i) {
            t.add_latencies(now - i, recent);
        }
    }
    std::uint64_t last = 0;
    for (std::int64_t i = traffic::minute - traffic::rate_seconds; i < traffic::minute; ++i) {
        last += report.history[static_cast<std::size_t>(i)];
    }
    report.per_second = static_cast<double>(last) / traffic::rate_seconds;
    report.p50_milliseconds = recent.quantile(0.5);
    report.p99_milliseconds = recent.quantile(0.99);
    return report;
}

} // namespace shop
