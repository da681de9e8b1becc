// SPDX-License-Identifier: BSL-1.0
#include "observers/query_log_choice.hpp"
#include "observers/query_log_entries.hpp"

#include <pgcoro/detail/utf8.hpp>
#include <pgcoro/query_log_json.hpp>

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::chrono_literals;
using pgcoro::query_log_entry;
using pgcoro::query_log_event;
using pgcoro::query_log_options;
using pgcoro::query_log_outcome;

std::string text_of(const query_log_entry& entry) {
    std::string line;
    append_text(entry, line);
    return line;
}

boost::json::object json_of(const query_log_entry& entry) {
    std::string line;
    append_json(entry, line);
    return boost::json::parse(line).as_object();
}

query_log_entry whole_entry() {
    query_log_entry e;
    e.outcome = query_log_outcome::failed;
    e.time = std::chrono::sys_days(std::chrono::year(2026) / 5 / 1) + 12h + 3min + 4s + 5006us;
    e.kind = "fetch";
    e.name = "find user";
    e.sql = "select 1";
    e.statements = 1;
    e.parameters = {"int4", "text"};
    e.total = 1500us;
    e.waited = 200us;
    e.queued = 300us;
    e.on_wire = 1ms;
    e.rows = 7;
    e.host = "db1";
    e.port = 5432;
    e.database = "shop";
    e.user = "app";
    e.backend_pid = 4711;
    e.sqlstate = "23505";
    e.error_class = "unique_violation";
    e.is_retried = true;
    e.is_in_transaction = true;
    return e;
}

TEST(query_log_text, has_all_that_is_known) {
    EXPECT_EQ(text_of(whole_entry()),
              "time=2026-05-01T12:03:04.005006Z event=statement outcome=failed kind=fetch name=\"find user\" total_ms=1.500 "
              "waited_ms=0.200 queued_ms=0.300 on_wire_ms=1.000 rows=7 server=db1:5432 database=shop user=app "
              "backend_pid=4711 in_transaction=true retried=true sqlstate=23505 error=unique_violation "
              "parameters=\"int4, text\" sql=\"select 1\"");
}

TEST(query_log_text, leaves_out_what_does_not_apply) {
    query_log_entry e;
    e.event = query_log_event::disconnect;

    EXPECT_EQ(text_of(e), "time=1970-01-01T00:00:00.000000Z event=disconnect outcome=ok");
}

TEST(query_log_text, of_any_bytes_is_one_line_of_valid_utf8) {
    for (int byte = 0; byte < 256; ++byte) {
        query_log_entry e;
        e.sql = std::string("a") + static_cast<char>(byte) + "b\xc2\x85 \xe2\x80\xa8 \xe2\x80\xa9";

        const auto line = text_of(e);

        EXPECT_TRUE(pgcoro::detail::is_valid_utf8(line)) << byte;
        for (const char c : line) {
            EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << byte;
        }
        EXPECT_EQ(line.find("\xc2\x85"), std::string::npos);
        EXPECT_EQ(line.find("\xe2\x80\xa8"), std::string::npos);
    }
}

TEST(query_log_text, escapes_what_would_end_a_value_or_a_line) {
    query_log_entry e;
    e.sql = "select \"a\\b\"\r\n\t\x01\x7f";
    EXPECT_NE(text_of(e).find(R"(sql="select \"a\\b\"\r\n\t\u0001\u007f")"), std::string::npos) << text_of(e);

    e.sql = std::string("a\0b\xc2\x85\xe2\x80\xa8", 8);
    EXPECT_NE(text_of(e).find(R"(sql="a\u0000b\u0085\u2028")"), std::string::npos) << text_of(e);

    e.sql = "a=b";
    EXPECT_NE(text_of(e).find(R"(sql="a=b")"), std::string::npos) << text_of(e);
}

TEST(query_log_json, has_all_that_is_known) {
    const auto line = json_of(whole_entry());

    EXPECT_EQ(line.at("time"), "2026-05-01T12:03:04.005006Z");
    EXPECT_EQ(line.at("event"), "statement");
    EXPECT_EQ(line.at("outcome"), "failed");
    EXPECT_EQ(line.at("kind"), "fetch");
    EXPECT_EQ(line.at("name"), "find user");
    EXPECT_EQ(line.at("total_ms"), 1.5);
    EXPECT_EQ(line.at("waited_ms"), 0.2);
    EXPECT_EQ(line.at("queued_ms"), 0.3);
    EXPECT_EQ(line.at("on_wire_ms"), 1.0);
    EXPECT_EQ(line.at("rows"), 7);
    EXPECT_EQ(line.at("host"), "db1");
    EXPECT_EQ(line.at("port"), 5432);
    EXPECT_EQ(line.at("database"), "shop");
    EXPECT_EQ(line.at("user"), "app");
    EXPECT_EQ(line.at("backend_pid"), 4711);
    EXPECT_EQ(line.at("in_transaction"), true);
    EXPECT_EQ(line.at("retried"), true);
    EXPECT_EQ(line.at("sqlstate"), "23505");
    EXPECT_EQ(line.at("error"), "unique_violation");
    EXPECT_EQ(line.at("parameters").as_array().at(1), "text");
    EXPECT_EQ(line.at("sql"), "select 1");
    EXPECT_EQ(line.size(), 21);
}

TEST(query_log_json, gives_text_back_as_it_was) {
    for (int byte = 0; byte < 128; ++byte) {
        query_log_entry e;
        e.sql = std::string("a") + static_cast<char>(byte) + "\xc3\xa4";

        EXPECT_EQ(json_of(e).at("sql").as_string(), e.sql) << byte;
    }
}

TEST(query_log_json, replaces_bytes_that_are_no_utf8) {
    for (int byte = 128; byte < 256; ++byte) {
        query_log_entry e;
        e.sql = std::string("a") + static_cast<char>(byte) + "b";
        e.parameters = {e.sql};

        EXPECT_EQ(json_of(e).at("sql"), "a\xef\xbf\xbd"
                                        "b")
            << byte;
        EXPECT_EQ(json_of(e).at("parameters").as_array().at(0), "a\xef\xbf\xbd"
                                                                "b")
            << byte;
    }
}

TEST(query_log_json, is_one_line) {
    query_log_entry e;
    e.sql = "a\r\nb";
    std::string line;

    append_json(e, line);

    EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
}

TEST(clean_utf8, cuts_between_characters) {
    using pgcoro::detail::clean_utf8;
    EXPECT_EQ(clean_utf8("abc", 3), "abc");
    EXPECT_EQ(clean_utf8("abcd", 3), "abc\xe2\x80\xa6");
    EXPECT_EQ(clean_utf8("ab\xc3\xa4", 3), "ab\xe2\x80\xa6");
    EXPECT_EQ(clean_utf8("\xf0\x9f\x98\x80zz", 3), "\xe2\x80\xa6");
    EXPECT_EQ(clean_utf8("\xf0\x9f\x98\x80zz", 4), "\xf0\x9f\x98\x80\xe2\x80\xa6");
    EXPECT_EQ(clean_utf8("abc", 0), "\xe2\x80\xa6");
}

TEST(clean_utf8, survives_text_without_characters) {
    const std::string stray(10, '\x80');

    EXPECT_TRUE(pgcoro::detail::is_valid_utf8(pgcoro::detail::clean_utf8(stray, 5)));
}

TEST(query_log_choice, a_failure_counts_more_than_being_slow) {
    query_log_options options;
    options.slow_after = 1ms;

    EXPECT_EQ(pgcoro::observers::outcome_of(true, 5ms, options), query_log_outcome::failed);
    EXPECT_EQ(pgcoro::observers::outcome_of(false, 1ms, options), query_log_outcome::slow);
    EXPECT_EQ(pgcoro::observers::outcome_of(false, 999us, options), query_log_outcome::ok);
}

TEST(query_log_choice, without_a_threshold_nothing_is_slow) {
    query_log_options options;
    options.slow_after = 0ns;

    EXPECT_EQ(pgcoro::observers::outcome_of(false, 24h, options), query_log_outcome::ok);
}

TEST(query_log_choice, chance_decides_at_the_rate) {
    using pgcoro::observers::is_logged;
    query_log_options options;
    options.sample_rate = 0.25;

    EXPECT_TRUE(is_logged(query_log_outcome::ok, options, [] { return 0.0; }));
    EXPECT_TRUE(is_logged(query_log_outcome::ok, options, [] { return 0.2499; }));
    EXPECT_FALSE(is_logged(query_log_outcome::ok, options, [] { return 0.25; }));
}

TEST(query_log_choice, failed_and_slow_ones_are_logged_whatever_the_rate) {
    using pgcoro::observers::is_logged;
    const auto never = [] { return 0.999; };
    query_log_options options;
    options.sample_rate = 0;

    EXPECT_FALSE(is_logged(query_log_outcome::ok, options, never));
    EXPECT_TRUE(is_logged(query_log_outcome::slow, options, never));
    EXPECT_TRUE(is_logged(query_log_outcome::failed, options, never));

    options.always_failed = options.always_slow = false;
    EXPECT_FALSE(is_logged(query_log_outcome::slow, options, never));
    EXPECT_FALSE(is_logged(query_log_outcome::failed, options, never));
}

TEST(query_log_error_class, says_nothing_about_values) {
    using pgcoro::observers::class_of;
    const pgcoro::error quoting(make_error_code(pgcoro::sqlstate::unique_violation), "Key (email)=(ada@example.com) exists");

    EXPECT_EQ(class_of(quoting), "unique_violation");
    EXPECT_EQ(class_of(pgcoro::error(pgcoro::errc::timed_out, "secret")), make_error_code(pgcoro::errc::timed_out).message());
}

TEST(query_log_error_class, of_an_unknown_condition_is_that_of_its_class) {
    using namespace pgcoro::literals;

    EXPECT_EQ(pgcoro::observers::class_of("23999"_sqlstate), "integrity_constraint_violation");
}

} // namespace
