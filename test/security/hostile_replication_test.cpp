// SPDX-License-Identifier: BSL-1.0
// A server that sends a replication stream as no server does: an error, and no harm done.
#include "security/hostile.hpp"

#include <pgcoro/replication.hpp>

#include <variant>

namespace {

using namespace pgcoro::test;
using namespace pgcoro::test::messages;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::sqlstate;
using pgcoro::task;

/// What `next` gives when the server says this in its stream.
error end_of_stream(const std::string& says) {
    error end;
    asio::io_context loop;
    hostile_server server(loop, [&](victim& v) -> asio::awaitable<void> {
        co_await v.let_in();
        co_await v.hear('Q'); // where is the slot?
        const auto looked = columns({{"a"}, {"b"}, {"c"}}) +
                            message('D', int16(3) + int32(4) + "0/10" + int32(1) + "0" + int32(-1)) + complete("SELECT 1");
        co_await v.say(looked + ready());
        co_await v.hear('Q'); // START_REPLICATION
        co_await v.say(message('W', std::string(1, '\0') + int16(0)) + says);
        co_await v.stay();
    });
    run(loop, [&]() -> task<> {
        auto config = server.config();
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect_replication(co_await asio::this_coro::executor, config));
        pgcoro::replication_options options;
        options.publications.emplace_back("p");
        options.backoff.attempts = 0;
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start("s", options));
        auto event = co_await s.next().within(long_enough);
        while (event) {
            event = co_await s.next().within(long_enough);
        }
        end = error_of(event);
        co_return success();
    });
    return end;
}

std::string data(const std::string& content) {
    return message('d', "w" + number(16, 8) + number(16, 8) + number(0, 8) + content);
}
const std::string begin = data("B" + number(32, 8) + number(0, 8) + int32(7));
const std::string table =
    data("R" + int32(1) + text("public") + text("t") + "d" + int16(1) + '\1' + text("id") + int32(23) + int32(-1));

TEST(hostile_replication, messages_of_no_kind_end_the_stream) {
    for (const std::string& wrong : {message('d', "x"), message('d', "w"), message('d', "k" + number(1, 8)), data(""),
                                     data("?"), data("B"), data("C" + number(0, 8))}) {
        EXPECT_EQ(end_of_stream(begin + wrong), errc::malformed_value);
    }
}

TEST(hostile_replication, rows_that_do_not_fit_their_tables_end_the_stream) {
    for (const std::string& wrong : {data("I" + int32(2) + "N" + int16(0)),                           // of no table
                                     data("I" + int32(1) + "N" + int16(2) + "nn"),                    // too many columns
                                     data("I" + int32(1) + "N" + int16(-1)),                          // and far too many
                                     data("I" + int32(1) + "N" + int16(1) + "b" + int32(0x7fffffff)), // beyond the message
                                     data("I" + int32(1) + "N" + int16(1) + "b" + int32(-1)),         // less than nothing
                                     data("R" + int32(1) + text("s") + text("t") + "d" + int16(-1)),  // more columns than bytes
                                     data("T" + int32(0x7fffffff) + '\0' + int32(1)),                 // more tables than bytes
                                     data("M" + std::string(1, '\0') + number(0, 8) + "no end of the name")}) {
        EXPECT_EQ(end_of_stream(begin + table + wrong), errc::malformed_value);
    }
}

TEST(hostile_replication, an_end_in_the_middle_is_a_loss) {
    EXPECT_EQ(end_of_stream(begin + failure("57P01", "enough", "FATAL")), sqlstate::admin_shutdown);
    EXPECT_TRUE(end_of_stream(begin + message('c') + complete("COPY 0") + ready()).connection_lost());
    EXPECT_EQ(end_of_stream(begin + failure("55000", "the log is gone")), sqlstate::object_not_in_prerequisite_state);
}

} // namespace
