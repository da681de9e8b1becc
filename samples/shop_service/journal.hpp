// SPDX-License-Identifier: BSL-1.0
// What the page tells of mishaps: the last errors, and the slowest statements. Thread-safe.
#pragma once

#include <pgcoro/observer.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace shop {

struct logged_error {
    std::chrono::system_clock::time_point at;
    int status = 0;
    std::string route; ///< "GET /products/{id}": without what the client put in
    std::string what;
};

/// The last errors, the newest first. Each is also a line on standard error.
class error_journal {
public:
    static constexpr std::size_t most = 20;
    void add(logged_error error);
    std::vector<logged_error> last() const;

private:
    mutable std::mutex mutex_;
    std::deque<logged_error> errors_;
};

struct slow_statement {
    std::string name;
    std::string sql;
    std::uint64_t fingerprint = 0;
    double milliseconds = 0;
};

/// The statements that took longest, each with its longest time, the slowest first.
class slow_statements final : public pgcoro::observer {
public:
    static constexpr std::size_t most = 10;
    explicit slow_statements(std::chrono::milliseconds threshold) : threshold_(threshold) {}

    void on_statement_end(const pgcoro::statement_event& e) noexcept override;
    std::vector<slow_statement> list() const;

private:
    void add(const pgcoro::statement_event& e, std::chrono::nanoseconds duration);

    const std::chrono::milliseconds threshold_;
    mutable std::mutex mutex_;
    std::vector<slow_statement> entries_;
};

} // namespace shop
