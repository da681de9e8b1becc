// SPDX-License-Identifier: BSL-1.0
// The snippets of the page on the query log and the plans of slow statements.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/query_log.hpp>
#include <pgcoro/query_log_json.hpp>
#include <pgcoro/slow_query_plans.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/src.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tutorial::expect;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

pgcoro::task<> use(pgcoro::connect_config config) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("select $1::int", 42).named("the_answer"));
    const auto failed = co_await db.execute("select 1 / $1::int", 0);
    expect(!failed);
    co_return pgcoro::success();
}

pgcoro::task<> echo(pgcoro::connect_config config) {
    std::stringbuf captured;
    auto* const before = std::clog.rdbuf(&captured);
    // [echo]
    pgcoro::query_log_options options;
    options.sql = pgcoro::query_log_sql::always;
    options.transactions = options.connections = true;
    config.observe(std::make_shared<pgcoro::query_log>(std::clog, options));
    // [/echo]
    const auto used = co_await use(config);
    std::clog.rdbuf(before);
    const auto text = captured.str();
    expect(has(text, "event=connect") && has(text, "name=the_answer") && has(text, "error=division_by_zero"));
    expect(has(text, "event=disconnect") && has(text, "parameters=int4"));
    co_return used;
}

/// A logger with levels, as there are many.
class logger {
public:
    void info(std::string_view line) { infos.emplace_back(line); }
    void warn(std::string_view line) { warnings.emplace_back(line); }

    std::vector<std::string> infos;
    std::vector<std::string> warnings;
};

pgcoro::task<> levels(pgcoro::connect_config config) {
    logger log;
    // [levels]
    using pgcoro::query_log_outcome;
    pgcoro::query_log_options options;
    options.format = pgcoro::append_json; // <pgcoro/query_log_json.hpp>
    options.slow_after = 100ms;
    const auto write = [&log](std::string_view line, query_log_outcome outcome) {
        outcome == query_log_outcome::ok ? log.info(line) : log.warn(line);
    };
    config.observe(std::make_shared<pgcoro::query_log>(write, options));
    // [/levels]
    BOOST_OUTCOME_CO_TRY(co_await use(config));
    expect(log.infos.size() + log.warnings.size() == 2 && has(log.warnings.back(), R"("sqlstate":"22012")"));
    co_return pgcoro::success();
}

pgcoro::task<> sample(pgcoro::connect_config config) {
    std::ostringstream lines;
    // [sample]
    pgcoro::query_log_options options;
    options.sample_rate = 0.01;   // one statement in a hundred,
    options.slow_after = 250ms;   // all that took this long,
    options.always_failed = true; // and all that failed
    config.observe(std::make_shared<pgcoro::query_log>(lines, options));
    // [/sample]
    BOOST_OUTCOME_CO_TRY(co_await use(config));
    expect(has(lines.str(), "outcome=failed"));
    co_return pgcoro::success();
}

pgcoro::task<> values(pgcoro::connect_config config) {
    std::ostringstream lines;
    // [values]
    pgcoro::query_log_options options;
    options.values = true; // parameters="int4 = 42"
    options.max_value = 40;
    options.error_messages = true;
    // [/values]
    config.observe(std::make_shared<pgcoro::query_log>(lines, options));
    BOOST_OUTCOME_CO_TRY(co_await use(config));
    expect(has(lines.str(), "parameters=\"int4 = 42\"") && has(lines.str(), "message=\"division by zero\""));
    co_return pgcoro::success();
}

pgcoro::task<> plans(pgcoro::connect_config config) {
    std::string shown;
    const auto show = [&](const std::string& text) { shown += text; };
    // [plans]
    pgcoro::slow_query_plans_options options;
    options.slow_after = 500ms;
    options.on_plan = [&](const pgcoro::slow_query_plan& slow) {
        show(slow.failure ? slow.failure.describe() : slow.sql + "\n" + slow.plan);
    };
    const auto executor = co_await asio::this_coro::executor;
    auto plans = std::make_shared<pgcoro::slow_query_plans>(executor, config, options);
    config.observe(plans);
    // [/plans]
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("select pg_sleep(0.6) from pg_class where relname = $1", "pg_class"));
    while (plans->last().empty()) {
        BOOST_OUTCOME_CO_TRY(co_await db.ping());
    }
    expect(has(shown, "pg_class_relname_nsp_index") && has(shown, "(relname = $1)"));
    plans->close();
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    const pgcoro::connect_config config(where);
    BOOST_OUTCOME_CO_TRY(co_await echo(config));
    BOOST_OUTCOME_CO_TRY(co_await levels(config));
    BOOST_OUTCOME_CO_TRY(co_await sample(config));
    BOOST_OUTCOME_CO_TRY(co_await values(config));
    BOOST_OUTCOME_CO_TRY(co_await plans(config));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
