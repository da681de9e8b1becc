// SPDX-License-Identifier: BSL-1.0
// A server with wal_level = logical, and consumers of its changes.
#pragma once

#include "support/judge.hpp"
#include "support/started.hpp"

#include <pgcoro/or_unchanged.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/replication.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>
#include <pgcoro/types.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pgcoro::test {

inline testing::server_options logical_server(std::map<std::string, std::string> settings = {}) {
    testing::server_options options;
    options.settings = std::move(settings);
    options.settings.emplace("wal_level", "logical");
    options.settings.emplace("max_prepared_transactions", "10");
    options.settings.emplace("wal_sender_timeout", "20s");
    options.settings.emplace("max_wal_senders", "20");
    options.settings.emplace("max_replication_slots", "20");
    return options;
}

/// One for all tests of the program that leave it running.
inline testing::ephemeral_server& logical_server_of_all() {
    static testing::ephemeral_server server = testing::ephemeral_server::create(logical_server()).value();
    return server;
}

template <class... Names>
replication_options quick_stream(const Names&... publications) {
    replication_options options;
    options.publications = std::vector<std::string>{publications...};
    options.backoff.initial = std::chrono::milliseconds(1);
    options.backoff.maximum = std::chrono::milliseconds(20);
    return options;
}

/// The next event of that kind; others are skipped.
template <class Event>
asio::awaitable<Event> next_of(replication_stream& s) {
    for (;;) {
        auto event = co_await s.next();
        if (!event) {
            ADD_FAILURE() << error_of(event).describe();
            co_return Event();
        }
        if (auto* const found = std::get_if<Event>(&event.value())) {
            co_return std::move(*found);
        }
    }
}

class replication_test : public ::testing::Test {
protected:
    replication_test() {
        const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
        name_ = std::string(test->test_suite_name()) + "_" + test->name();
        name_ = name_.substr(name_.size() > 50 ? name_.size() - 50 : 0);
        sql("set client_min_messages = error; drop publication if exists p; drop schema public cascade; create schema public");
    }
    ~replication_test() override {
        sql("select pg_terminate_backend(active_pid, 20000) from pg_replication_slots where active_pid is not null");
        sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots");
    }

    static connect_config config() { return connect_config(logical_server_of_all().dsn()); }
    void sql(const std::string& script) {
        const std::string answer = judge_.value(script);
        EXPECT_TRUE(answer.size() <= 8 || !answer.starts_with("<error> ")) << script << "\n" << answer;
    }
    const std::string& slot() const { return name_; }

    /// Runs `body` with the stream of a new slot.
    void with_stream(const replication_options& options, const std::function<task<>(replication_stream&)>& body,
                     const slot_options& how = {}) {
        run([&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
            BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot(), how));
            BOOST_OUTCOME_CO_TRY(auto stream, co_await c.start(slot(), options));
            BOOST_OUTCOME_CO_TRY(co_await body(stream));
            co_return co_await stream.stop();
        });
    }

    libpq_session judge_{logical_server_of_all().dsn()};

private:
    std::string name_;
};

} // namespace pgcoro::test
