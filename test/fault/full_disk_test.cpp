// SPDX-License-Identifier: BSL-1.0
// A disk without room. The kernel's /dev/full takes the place of a table's file: it is empty, and whoever writes to it hears
// what a full file system says.
#include "loaded.hpp"

#include <pgcoro/transact.hpp>

#include <filesystem>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;

class full_disk : public testing::Test {
protected:
    full_disk() {
        server_.run_sql(reports::table).value();
        server_.run_sql("create table other (id int)").value();
        auto path = server_.run_sql("select pg_relation_filepath('kept')").value();
        path.pop_back(); // a line feed
        file_ = server_.data_directory() / path;
        aside_ = file_.string() + ".aside";
        std::filesystem::rename(file_, aside_);
        std::filesystem::create_symlink("/dev/full", file_);
    }

    void make_room() { std::filesystem::rename(aside_, file_); }

    static void expect_full(const pgcoro::error& why) {
        EXPECT_EQ(why, sqlstate::disk_full) << why;
        EXPECT_FALSE(why.connection_lost());
        EXPECT_FALSE(why.outcome_unknown());
        EXPECT_FALSE(why.safe_to_retry()) << "it would be as full";
    }

    ephemeral_server server_ = ephemeral_server::create().value();
    std::filesystem::path file_;
    std::filesystem::path aside_;
};

TEST_F(full_disk, is_53100_and_harmless) {
    with_connection(server_.dsn(), [&](connection& c) -> task<> {
        auto r = co_await c.execute("insert into kept values (1, 1)");
        expect_full(error_of(r));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into other values (1)"));
        auto tx = co_await pgcoro::transact(c, [](pgcoro::transaction& inside) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await inside.execute("insert into other values (2)"));
            BOOST_OUTCOME_CO_TRY(co_await inside.execute("insert into kept values (2, 1)"));
            co_return success();
        });
        expect_full(error_of(tx));
        co_return success();
    });
    make_room();
    EXPECT_EQ(server_.run_sql("select * from kept; select * from other").value(), "1\n");
}

TEST_F(full_disk, a_pool_serves_on_and_writes_when_there_is_room) {
    with_loaded_pool(server_, [&](pgcoro::pool& db) -> task<> {
        auto r = co_await db.execute("insert into kept values (1, 1)");
        expect_full(error_of(r));
        make_room();
        db.drain(); // a session may have the old file open
        BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into kept values (2, 1)"));
        co_return success();
    });
    EXPECT_EQ(server_.run_sql("select id from kept").value(), "2\n");
}

} // namespace
