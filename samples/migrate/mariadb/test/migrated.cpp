// SPDX-License-Identifier: BSL-1.0
#include "migrated.hpp"

#include "common/journal.hpp"
#include "common/progress_line.hpp"
#include "run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <sstream>
#include <stdexcept>

namespace migrate::test {
namespace {

using pgcoro::task;
using made = std::unique_ptr<migrated_database>;

task<made> make_plan_of(source& from, const mapping_rules& rules) {
    auto m = std::make_unique<migrated_database>();
    BOOST_OUTCOME_CO_TRY(co_await from.open());
    BOOST_OUTCOME_CO_TRY(m->from, co_await from.read_schema());
    BOOST_OUTCOME_CO_TRY(m->plan, make_plan(from, m->from, rules));
    co_return m;
}

task<made> migrate_database(source& from, const mapping_rules& rules, std::string dsn, common::journal& j) {
    BOOST_OUTCOME_CO_TRY(auto m, co_await make_plan_of(from, rules));
    run_options options;
    options.target = pgcoro::connect_config(dsn);
    options.jobs = 2;
    options.restart = true; // after a run of this test that has failed
    BOOST_OUTCOME_CO_TRY(m->report, co_await run_migration(from, m->from, m->plan, options, j));
    m->report.source = from.description();
    co_return m;
}

pgcoro::result<made> run(task<made> work) {
    boost::asio::io_context loop;
    pgcoro::result<made> result;
    boost::asio::co_spawn(loop, std::move(work), [&](const std::exception_ptr& thrown, pgcoro::result<made> r) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
        result = std::move(r);
    });
    loop.run();
    return result;
}

void expect_same(const report& r) {
    for (const table_report& t : r.tables) {
        EXPECT_TRUE(t.is_compared) << t.source;
        EXPECT_TRUE(t.differences.empty()) << t.source;
    }
    EXPECT_TRUE(r.is_equal()) << to_text(r);
}

} // namespace

void mariadb_test::SetUpTestSuite() {
    if (!source) {
        source.emplace();
        pgcoro::testing::server_options options;
        options.settings = {{"max_prepared_transactions", "2"}}; // which hold locks without a session
        target.emplace(pgcoro::testing::ephemeral_server::create(options).value());
    }
}

mariadb_test::mariadb_test() {
    source->run_sql("drop database if exists shop;\ncreate database shop character set utf8mb4;\n");
}

std::string mariadb_test::target_sql(std::string_view text, std::string_view database) {
    std::string rows = target->run_sql(text, database).value();
    return rows.ends_with('\n') ? rows.substr(0, rows.size() - 1) : rows;
}

pgcoro::result<made> mariadb_test::try_migrate(const std::string& options, const mapping_rules& rules,
                                               const source_options& how) {
    target_sql("set client_min_messages = warning; drop schema if exists shop cascade");
    mariadb::mariadb_source from(mariadb::parse_url(url(options)).value(), how);
    std::ostringstream people;
    common::progress_line line(people, false);
    common::journal j("test", line, nullptr, nullptr);
    return run(migrate_database(from, rules, target->dsn(), j));
}

made mariadb_test::migrate_all(const std::string& options, const mapping_rules& rules, const source_options& how) {
    made m = try_migrate(options, rules, how).value();
    for (const note& n : m->plan.obstacles) {
        ADD_FAILURE() << n.object << ": " << n.text;
    }
    expect_same(m->report);
    return m;
}

std::string mariadb_test::failure_of(const std::string& options, const mapping_rules& rules, const source_options& how) {
    const auto failed = try_migrate(options, rules, how);
    return failed ? "" : failed.error().message();
}

made mariadb_test::plan_all(const std::string& options, const mapping_rules& rules) {
    mariadb::mariadb_source from(mariadb::parse_url(url(options)).value(), {});
    return run(make_plan_of(from, rules)).value();
}

const table_report& migrated_database::of(const std::string& name) const {
    for (const table_report& t : report.tables) {
        if (t.source == name) {
            return t;
        }
    }
    throw std::out_of_range(name);
}

std::string notes_of(const migrated_database& m, std::string_view object) {
    std::string text;
    for (const auto* notes : {&m.plan.notes, &m.plan.obstacles}) {
        for (const note& n : *notes) {
            if (n.object == object) {
                text += (text.empty() ? "" : "\n") + n.text;
            }
        }
    }
    return text;
}

} // namespace migrate::test
