// SPDX-License-Identifier: BSL-1.0
// Connections, privileges and snapshots.
#include "failure.hpp"
#include "mariadb/snapshot.hpp"
#include "migrated.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace migrate::test {
namespace {

using mariadb::session;
using mariadb::settings;

class mariadb_snapshot : public mariadb_test {
protected:
    static settings root() { return source->settings("shop"); }

    /// A user who may only read the database.
    static settings reader() {
        source_sql("create or replace user 'reader'@'localhost' identified by 'the secret';\n"
                   "grant select, show view on shop.* to 'reader'@'localhost';\n");
        settings s = root();
        s.user = "reader";
        s.password = "the secret";
        return s;
    }

    static std::string count_of(session& s) { return s.query("select count(*) from t").value().at(0).at(0).value(); }
};

TEST_F(mariadb_snapshot, is_the_same_for_all_connections) {
    source_sql("create table t (id int primary key);\ninsert into t values (1);\n");
    auto coordinator = session::connect(root()).value();

    auto taken = mariadb::take_snapshot(coordinator, root(), 3).value();

    source_sql("insert into t values (2);\n"); // nothing is locked any more
    ASSERT_EQ(taken.sessions.size(), 3U);
    EXPECT_EQ(taken.why_one, "");
    for (session& s : taken.sessions) {
        EXPECT_EQ(count_of(s), "1");
        EXPECT_FALSE(s.execute("insert into t values (3)"));
    }
}

TEST_F(mariadb_snapshot, has_one_connection_without_the_privilege_to_lock) {
    source_sql("create table t (id int primary key);\ninsert into t values (1);\n");
    const settings who = reader();
    auto coordinator = session::connect(who).value();

    auto taken = mariadb::take_snapshot(coordinator, who, 3).value();

    source_sql("insert into t values (2);\n");
    ASSERT_EQ(taken.sessions.size(), 1U);
    EXPECT_EQ(taken.why_one, "the user has not the privilege RELOAD, which a lock for several needs");
    EXPECT_EQ(count_of(taken.sessions[0]), "1");
}

TEST_F(mariadb_snapshot, has_one_connection_if_the_lock_is_not_to_be_had) {
    source_sql("create table t (id int primary key);\n");
    auto other = session::connect(root()).value();
    other.execute("lock tables t write").value();
    auto coordinator = session::connect(root()).value();

    const auto taken = mariadb::take_snapshot(coordinator, root(), 3).value();

    EXPECT_EQ(taken.sessions.size(), 1U);
    EXPECT_EQ(taken.why_one, "a statement runs for long, so that a lock for several was not to be had");
}

TEST_F(mariadb_snapshot, cannot_be_taken_without_a_right_password_and_no_message_has_it) {
    settings who = reader();
    who.password = "another secret";

    const auto refused = session::connect(who);

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), make_error_code(failure::bad_source));
    EXPECT_NE(refused.error().message().find("(error 1045, SQLSTATE 28000)"), std::string::npos) << refused.error().message();
    EXPECT_EQ(refused.error().message().find("secret"), std::string::npos);
}

TEST_F(mariadb_snapshot, can_have_its_password_in_an_option_file) {
    settings who = reader();
    who.password.clear();
    who.user.clear();
    const std::filesystem::path file = std::filesystem::temp_directory_path() / ("options." + std::to_string(::getpid()));
    std::ofstream(file) << "[client]\nuser = reader\npassword = \"the secret\"\n";
    who.defaults_file = file.string();

    auto connected = session::connect(who);

    std::filesystem::remove(file);
    EXPECT_EQ(connected.value().query("select current_user()").value().at(0).at(0), "reader@localhost");
}

pgcoro::result<> read_to_the_end(session& s) {
    for (;;) {
        BOOST_OUTCOME_TRY(const auto row, s.next_row());
        if (!row) {
            return pgcoro::success();
        }
    }
}

TEST_F(mariadb_snapshot, ends_with_an_error_if_the_server_ends_the_connection_in_the_middle) {
    source_sql("create table t (id int primary key, x varchar(1000));\n"
               "insert into t select seq, repeat('x', 1000) from seq_1_to_50000;\n");
    auto reading = session::connect(root()).value();
    const std::string id = reading.query("select connection_id()").value().at(0).at(0).value();
    reading.start_rows("select * from t").value();
    ASSERT_TRUE(reading.next_row().value());

    source_sql("kill " + id + ";\n");

    const auto read = read_to_the_end(reading);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error(), make_error_code(failure::bad_source));
}

TEST_F(mariadb_snapshot, does_not_read_a_table_that_was_altered_since) {
    source_sql("create table t (id int primary key);\ninsert into t values (1);\n");
    auto coordinator = session::connect(root()).value();
    auto taken = mariadb::take_snapshot(coordinator, root(), 1).value();

    source_sql("alter table t add column x int, algorithm=copy;\n");

    EXPECT_FALSE(taken.sessions[0].query("select * from t"));
}

TEST_F(mariadb_snapshot, does_not_depend_on_the_settings_of_the_server) {
    source_sql("create table t (id int primary key, c char(5), at timestamp, d double);\n"
               "set time_zone = '+00:00';\ninsert into t values (1, 'a', '2024-01-01 12:00:00', 0.1);\n");
    source_sql(
        "set global sql_mode = 'ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES,ORACLE';\n"
        "set global time_zone = '+05:00';\nset global sql_select_limit = 0;\nset global max_statement_time = 0.000001;\n");

    auto s = session::connect(root());

    EXPECT_EQ(s.value().query("select concat('[', c, ']'), at, d, 'a\\\\b', \"text\" from `t`").value().at(0),
              (mariadb::text_row{"[a]", "2024-01-01 12:00:00", "0.1", "a\\b", "text"}));
    source_sql("set global sql_mode = default;\nset global time_zone = default;\nset global sql_select_limit = default;\n"
               "set global max_statement_time = 0;\n");
}

TEST_F(mariadb_snapshot, can_be_abandoned_in_the_middle_of_a_table) {
    source_sql("create table t (id int primary key, x varchar(1000));\n"
               "insert into t select seq, repeat('x', 1000) from seq_1_to_50000;\n");
    auto reading = session::connect(root()).value();
    reading.start_rows("select * from t").value();
    ASSERT_TRUE(reading.next_row().value());

    reading.abort();

    EXPECT_FALSE(read_to_the_end(reading));
}

TEST_F(mariadb_snapshot, is_not_read_unencrypted_if_that_is_unwanted) {
    settings s = root();
    s.host = "localhost"; // the socket again, to a server without TLS
    EXPECT_TRUE(session::connect(s));

    for (const auto mode : {mariadb::tls_mode::require, mariadb::tls_mode::verify_full}) {
        s.tls = mode;
        EXPECT_FALSE(session::connect(s));
    }
}

std::string id_of(mariadb::mariadb_source& s) {
    boost::asio::io_context loop;
    pgcoro::result<> opened;
    boost::asio::co_spawn(loop, s.open(), [&](const std::exception_ptr&, pgcoro::result<> r) { opened = r; });
    loop.run();
    opened.value();
    return s.snapshot_id();
}

TEST_F(mariadb_snapshot, is_known_again_as_long_as_nothing_is_written) {
    source_sql("create table t (id int primary key);\n");
    mariadb::mariadb_source first(root(), {});
    mariadb::mariadb_source second(root(), {});
    mariadb::mariadb_source third(root(), {});

    const std::string before = id_of(first);
    const std::string again = id_of(second);
    source_sql("insert into t values (1);\n");
    const std::string after = id_of(third);

    EXPECT_EQ(before, again);
    EXPECT_NE(before, after);
}

} // namespace
} // namespace migrate::test
