// SPDX-License-Identifier: BSL-1.0
// An observer that writes down what it is told.
#pragma once

#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/listener_events.hpp>
#include <pgcoro/observer.hpp>
#include <pgcoro/pgcoro.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pgcoro::test {

/// What is left of a statement_event when it is gone.
struct seen_statement {
    call_kind kind{};
    std::string name, sql, database, user;
    std::size_t statements = 0;
    std::uint64_t fingerprint = 0;
    std::vector<std::uint32_t> types;
    std::string first_value;
    statement_event::duration waited{}, queued{}, on_wire{}, total{};
    std::uint64_t rows = 0, received = 0, sent = 0;
    error failure;
    bool retried = false, in_transaction = false, has_connection = false;
};

class recorder : public observer {
public:
    explicit recorder(bool with_values = false, bool with_bytes = false) : values_(with_values), bytes_(with_bytes) {}

    bool wants_values() const noexcept override { return values_; }
    bool wants_bytes() const noexcept override { return bytes_; }

    void on_statement_begin(const statement_event& e) noexcept override {
        const std::lock_guard lock(mutex_);
        ++begun;
        e.data() = this;
    }
    void on_statement_end(const statement_event& e) noexcept override {
        const std::lock_guard lock(mutex_);
        EXPECT_EQ(e.data(), this);
        seen_statement s;
        s.kind = e.kind();
        s.name = e.name();
        s.sql = e.sql();
        s.statements = e.statements();
        s.fingerprint = e.fingerprint();
        s.types.assign(e.parameter_types().begin(), e.parameter_types().end());
        s.first_value = e.value(0, 0);
        s.waited = e.waited();
        s.queued = e.queued();
        s.on_wire = e.on_wire();
        s.total = e.total();
        s.rows = e.rows();
        s.received = e.bytes_received();
        s.sent = e.bytes_sent();
        s.failure = e.failure();
        s.retried = e.is_retried();
        s.in_transaction = e.is_in_transaction();
        if (const auto* const c = e.connection()) {
            s.has_connection = true;
            s.database = c->database;
            s.user = c->user;
        }
        EXPECT_GE(s.waited.count(), 0);
        EXPECT_GE(s.queued.count(), 0);
        EXPECT_GE(s.on_wire.count(), 0);
        EXPECT_EQ(s.waited + s.queued + s.on_wire, s.total);
        statements.push_back(std::move(s));
    }
    void on_progress(const statement_event& e) noexcept override {
        const std::lock_guard lock(mutex_);
        progress.push_back(e.rows() + e.bytes_received() + e.bytes_sent());
    }
    void on_connect(const connect_event& e) noexcept override {
        const std::lock_guard lock(mutex_);
        connects.push_back(e.failure);
        connects_pool = e.pool;
    }
    void on_disconnect(const disconnect_event& e) noexcept override {
        const std::lock_guard lock(mutex_);
        disconnects.push_back(e.why);
    }
    void on_transaction_end(const transaction_event& e) noexcept override {
        const std::lock_guard lock(mutex_);
        transactions.push_back(std::string(to_string(e.outcome)) + " " + std::to_string(e.attempt));
    }
    bool wants_pool_events() const noexcept override { return true; }
    void on_pool_change(const pool_event& e) noexcept override {
        const std::lock_guard lock(mutex_);
        pool_name = e.name;
        EXPECT_EQ(e.before, last_counts);
        most_in_use = std::max(most_in_use, e.now.in_use);
        most_waiting = std::max(most_waiting, e.now.waiting);
        last_counts = e.now;
    }
    void on_acquire(const acquire_event& e) noexcept override {
        const std::lock_guard lock(mutex_);
        acquires.push_back(e.failure);
    }
    void on_release(const release_event&) noexcept override {
        const std::lock_guard lock(mutex_);
        ++releases;
    }
    void on_gap(const gap& g) noexcept override {
        const std::lock_guard lock(mutex_);
        gaps.push_back(g.channel);
    }

    /// The last statement that ended; one of no kind if none has.
    seen_statement last() const {
        EXPECT_FALSE(statements.empty());
        return statements.empty() ? seen_statement() : statements.back();
    }
    std::size_t count(call_kind kind) const {
        return static_cast<std::size_t>(
            std::count_if(statements.begin(), statements.end(), [&](const seen_statement& s) { return s.kind == kind; }));
    }

    std::size_t begun = 0;
    std::vector<seen_statement> statements;
    std::vector<std::uint64_t> progress;
    std::vector<error> connects, disconnects, acquires;
    std::string connects_pool;
    std::vector<std::string> transactions, gaps;
    std::string pool_name;
    std::size_t most_in_use = 0, most_waiting = 0, releases = 0;
    pool_counts last_counts;

private:
    const bool values_, bytes_;
    std::mutex mutex_;
};

inline connect_config observed_by(std::shared_ptr<observer> who) {
    connect_config config(shared_server().dsn());
    config.observe(std::move(who));
    return config;
}

} // namespace pgcoro::test
