// SPDX-License-Identifier: BSL-1.0
#include "migrated.hpp"

#include "ddl.hpp"
#include "sql_text.hpp"
#include "sums_query.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace migrate::test {
namespace {

using pgcoro::task;
using pgcoro::unchecked_sql;
using made = std::unique_ptr<migrated_database>;

task<> run_all(pgcoro::connection& db, const std::vector<statement>& statements) {
    for (const statement& s : statements) {
        BOOST_OUTCOME_CO_TRY(co_await db.run_script(s.sql));
    }
    co_return pgcoro::success();
}

task<> copy_table(const table_plan& t, table_reader& from, pgcoro::connection& db, migrated_table& into) {
    BOOST_OUTCOME_CO_TRY(co_await from.start(t));
    const unchecked_sql copy("copy " + quoted(t.target) + " (" + copied_columns(t) + ") from stdin");
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in(copy));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto batch, co_await from.read());
        if (batch.rows == 0) {
            break;
        }
        BOOST_OUTCOME_CO_TRY(co_await writer.write(batch.bytes));
    }
    BOOST_OUTCOME_CO_TRY(co_await writer.finish());
    into.source = from.sums().value();
    into.replaced = from.replaced();
    const unchecked_sql sums(sums_query(t, side::target));
    BOOST_OUTCOME_CO_TRY(const auto values, co_await db.fetch_one<std::vector<std::optional<std::string>>>(sums));
    BOOST_OUTCOME_CO_TRY(into.target, read_sums(t, values));
    co_return pgcoro::success();
}

task<> finish_tables(const migration_plan& plan, pgcoro::connection& db) {
    for (const table_plan& t : plan.tables) {
        BOOST_OUTCOME_CO_TRY(co_await run_all(db, keys_of(t)));
        BOOST_OUTCOME_CO_TRY(co_await run_all(db, indexes_of(plan, t)));
    }
    for (const table_plan& t : plan.tables) {
        for (const reference& r : references_of(plan, t)) {
            BOOST_OUTCOME_CO_TRY(co_await db.run_script(r.made_by.sql));
        }
    }
    co_return co_await run_all(db, after_all(plan));
}

task<made> make_plan_of(source& from, const mapping_rules& rules) {
    auto m = std::make_unique<migrated_database>();
    BOOST_OUTCOME_CO_TRY(co_await from.open());
    BOOST_OUTCOME_CO_TRY(m->from, co_await from.read_schema());
    BOOST_OUTCOME_CO_TRY(m->plan, make_plan(from, m->from, rules));
    co_return m;
}

task<made> migrate_database(source& from, const mapping_rules& rules, std::string dsn) {
    BOOST_OUTCOME_CO_TRY(auto m, co_await make_plan_of(from, rules));
    const pgcoro::connect_config config(dsn);
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    const std::string settings(canonical_settings);
    BOOST_OUTCOME_CO_TRY(co_await db.run_script(settings));
    BOOST_OUTCOME_CO_TRY(co_await run_all(db, before_data(m->plan)));
    BOOST_OUTCOME_CO_TRY(auto readers, co_await from.open_readers(2));
    m->description = from.description();
    std::size_t turn = 0;
    for (const table_plan& t : m->plan.tables) {
        table_reader& reader = *readers[turn++ % readers.size()];
        BOOST_OUTCOME_CO_TRY(co_await copy_table(t, reader, db, m->tables[t.from->name.name]));
    }
    BOOST_OUTCOME_CO_TRY(co_await finish_tables(m->plan, db));
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

void expect_same(const migrated_table& t, const std::string& name) {
    EXPECT_EQ(t.source.rows, t.target.rows) << name;
    EXPECT_EQ(t.source.row_checksum, t.target.row_checksum) << name;
    ASSERT_EQ(t.source.columns.size(), t.target.columns.size()) << name;
    for (std::size_t i = 0; i < t.source.columns.size(); ++i) {
        const column_sums& a = t.source.columns[i];
        const column_sums& b = t.target.columns[i];
        EXPECT_TRUE(a == b) << name << ", column " << i << ": " << a.values << " " << a.checksum << " " << a.sum << " and "
                            << b.values << " " << b.checksum << " " << b.sum;
    }
}

} // namespace

void mariadb_test::SetUpTestSuite() {
    if (!source) {
        source.emplace();
        target.emplace(pgcoro::testing::ephemeral_server::create().value());
    }
}

mariadb_test::mariadb_test() {
    source->run_sql("drop database if exists shop;\ncreate database shop character set utf8mb4;\n");
}

std::string mariadb_test::target_sql(std::string_view text) {
    std::string rows = target->run_sql(text).value();
    return rows.ends_with('\n') ? rows.substr(0, rows.size() - 1) : rows;
}

pgcoro::result<made> mariadb_test::try_migrate(const std::string& options, const mapping_rules& rules,
                                               const source_options& how) {
    target_sql("set client_min_messages = warning; drop schema if exists shop cascade");
    mariadb::mariadb_source from(mariadb::parse_url(url(options)).value(), how);
    return run(migrate_database(from, rules, target->dsn()));
}

made mariadb_test::migrate_all(const std::string& options, const mapping_rules& rules, const source_options& how) {
    made m = try_migrate(options, rules, how).value();
    for (const note& n : m->plan.obstacles) {
        ADD_FAILURE() << n.object << ": " << n.text;
    }
    for (const auto& [name, t] : m->tables) {
        expect_same(t, name);
    }
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
