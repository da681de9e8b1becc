// SPDX-License-Identifier: BSL-1.0
// Plays the same session again and again, with the line failing one byte later each time.
#pragma once

#include "reports.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/testing/fault_proxy.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace pgcoro::test {

/// What befalls the line.
enum class mishap { cut, reset, half_open, corrupt };

/// What a session does when it is connected: its work, and the limit of each statement.
using work = std::function<task<>(connection&, int id, std::chrono::milliseconds limit)>;

struct sweep_plan {
    sweep_plan() {}

    std::string name;
    /// How to reach the server; the host and the port are replaced.
    connect_config config;
    /// Whether bytes of the log-in are tried too, or only those after it.
    bool with_login = false;
    int rows_each = 1;
    work does;
    mishap what = mishap::cut;
    std::uint64_t stride = 1;
};

class sweep {
public:
    /// `host`, `port`: of the server, as in a connection string.
    sweep(sweep_plan plan, const std::string& host, std::uint16_t port);

    /// Runs all of it. Fails the test for what hangs, for errors that do not fit, and for reports that are not true.
    void run(libpq_session& judge);

private:
    struct point {
        bool upstream = false;
        std::uint64_t at = 0;
    };
    static constexpr std::size_t workers = 8;

    task<> measure(testing::fault_proxy& proxy);
    task<> play_all(testing::fault_proxy& proxy);
    task<> play(testing::fault_proxy& proxy, point p, int id);
    void judge_login(const error& why, point p);
    void judge_work(const result<>& outcome, point p, const testing::proxied_connection& line);
    testing::fault_script script_for(point p) const;
    connect_config config_for(const testing::fault_proxy& proxy) const;
    std::chrono::milliseconds limit() const;

    sweep_plan plan_;
    std::vector<testing::fault_proxy> proxies_;
    std::vector<point> points_;
    std::size_t next_ = 0;
    std::size_t struck_ = 0;
    std::size_t unharmed_ = 0;
    testing::proxied_connection connected_, finished_;
    reports told_;
    reports logins_;
};

} // namespace pgcoro::test
