// SPDX-License-Identifier: BSL-1.0
// What the tests of the plans of slow statements share: a table, and a threshold of zero, so that all statements are slow.
#pragma once

#include "support/judge.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/slow_query_plans.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::test {

inline bool plan_has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class slow_query_plans_test : public ::testing::Test {
protected:
    slow_query_plans_test() {
        judge_.value("drop table if exists planned; drop type if exists colour; create type colour as enum ('red', 'green'); "
                     "create table planned (id int8 primary key, name text, tint colour, tags text[]); "
                     "insert into planned select i, 'name ' || i from generate_series(1, 1000) i; analyze planned");
        options_.slow_after = std::chrono::nanoseconds::zero();
    }

    connect_config config() const {
        connect_config config(shared_server().dsn());
        config.application_name(application_);
        return config;
    }

    /// Runs `body` with an observed connection, and then waits until so many plans were made.
    void explain(std::size_t expected, const std::function<task<>(connection&)>& body) {
        explain_with(config(), expected, body);
    }
    void explain_with(connect_config explaining, std::size_t expected, const std::function<task<>(connection&)>& body) {
        asio::io_context loop(1);
        run(loop, [&]() -> task<> {
            plans_ = std::make_shared<slow_query_plans>(loop.get_executor(), explaining, options_);
            connect_config observed(shared_server().dsn());
            observed.observe(plans_);
            BOOST_OUTCOME_CO_TRY(auto c, co_await connect(observed));
            BOOST_OUTCOME_CO_TRY(co_await body(c));
            const auto have_come = [&] { return plans_->last().size() >= expected; };
            co_await until_true(have_come);
            last_ = plans_->last();
            plans_->close();
            co_return success();
        });
        EXPECT_EQ(last_.size(), expected);
        last_.resize(expected);
    }

    /// The sessions that explain: of this test only, for those of others may not be gone yet.
    std::string sessions() const { return " from pg_stat_activity where application_name = '" + application_ + "'"; }

    slow_query_plans_options options_;
    std::shared_ptr<slow_query_plans> plans_;
    std::vector<slow_query_plan> last_;

private:
    static inline int tests_ = 0;
    std::string application_ = "explains for test " + std::to_string(++tests_);

protected:
    libpq_session judge_{shared_server().dsn()};
};

} // namespace pgcoro::test
