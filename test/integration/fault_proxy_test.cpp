// SPDX-License-Identifier: BSL-1.0
// The fault proxy judged by plain sockets at both of its ends.
#include "support/plain_sockets.hpp"

#include <pgcoro/testing/fault_proxy.hpp>

#include <boost/asio/local/stream_protocol.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace {

using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::test::plain_server;
using pgcoro::test::plain_socket;
using pgcoro::testing::fault_proxy;
using pgcoro::testing::fault_script;
using pgcoro::testing::greeting;
using pgcoro::testing::line_fault;
using clock = std::chrono::steady_clock;

class faulty : public testing::Test {
protected:
    /// A connection through the proxy: `client_` and `server_` are its ends.
    void connect() {
        client_.emplace(origin_.connect(proxy_.port()));
        server_.emplace(origin_.accept());
    }
    void connect(const fault_script& script) {
        proxy_.next(script);
        connect();
    }

    plain_server origin_;
    fault_proxy proxy_ = fault_proxy::create("127.0.0.1", origin_.port()).value();
    std::optional<plain_socket> client_;
    std::optional<plain_socket> server_;
};

TEST_F(faulty, without_a_script_bytes_pass_in_both_directions_and_are_counted) {
    connect();
    client_->say("question");
    EXPECT_EQ(server_->hear(8), "question");
    server_->say("answer");
    EXPECT_EQ(client_->hear(6), "answer");
    client_->close();
    EXPECT_EQ(server_->hear_all(), "") << "the end is passed on";
    server_->close();
    EXPECT_TRUE(proxy_.wait_until_closed());
    ASSERT_EQ(proxy_.connections().size(), 1u);
    EXPECT_EQ(proxy_.connections()[0].upstream, 8u);
    EXPECT_EQ(proxy_.connections()[0].downstream, 6u);
    EXPECT_FALSE(proxy_.connections()[0].limit_reached);
}

TEST_F(faulty, a_limit_cuts_after_exactly_so_many_bytes) {
    fault_script script;
    script.downstream.limit_data = 4;
    connect(script);
    client_->say("unread"); // must not turn the end into a reset
    server_->say("answer");
    EXPECT_EQ(client_->hear_all(), "answ");
    EXPECT_EQ(server_->hear_all().substr(6), "") << "both see the end";
    EXPECT_TRUE(proxy_.connections()[0].limit_reached);
}

TEST_F(faulty, a_limit_of_nothing_cuts_before_the_server_hears_of_it) {
    fault_script script;
    script.upstream.limit_data = 0;
    proxy_.next(script);
    auto first = origin_.connect(proxy_.port());
    EXPECT_EQ(first.hear_all(), "");
    connect();
    client_->say("second");
    EXPECT_EQ(server_->hear(6), "second") << "the first that the server has accepted";
}

TEST_F(faulty, a_limit_may_reset) {
    fault_script script;
    script.upstream.limit_data = 3;
    script.upstream.at_limit = line_fault::reset;
    connect(script);
    client_->say("question");
    EXPECT_EQ(server_->hear_all(), "que<reset>");
    EXPECT_EQ(client_->hear_all(), "<reset>");
}

TEST_F(faulty, half_open_neither_hears_of_the_other_again) {
    connect();
    client_->say("a");
    EXPECT_EQ(server_->hear(1), "a");
    proxy_.half_open();
    client_->say("lost");
    server_->say("lost");
    client_->close();
    const auto before = std::move(*server_);
    connect(); // another connection is not affected; and what was said before has gone its way
    client_->say("b");
    EXPECT_EQ(server_->hear(1), "b");
    EXPECT_EQ(proxy_.connections()[0].upstream, 1u);
    EXPECT_EQ(proxy_.connections()[0].downstream, 0u);
    EXPECT_TRUE(proxy_.connections()[0].is_open);
}

TEST_F(faulty, what_is_said_while_it_is_frozen_arrives_after_the_thaw) {
    connect();
    proxy_.freeze();
    client_->say("early");
    auto frozen = std::move(*server_);
    connect();
    client_->say("other");
    EXPECT_EQ(server_->hear(5), "other") << "came later and is not affected";
    EXPECT_EQ(proxy_.connections()[0].upstream, 0u);
    proxy_.thaw();
    EXPECT_EQ(frozen.hear(5), "early");
}

TEST_F(faulty, commands_end_connections) {
    connect();
    proxy_.cut();
    EXPECT_EQ(client_->hear_all(), "");
    EXPECT_EQ(server_->hear_all(), "");
    connect();
    proxy_.reset_all();
    EXPECT_EQ(client_->hear_all(), "<reset>");
    EXPECT_EQ(server_->hear_all(), "<reset>");
}

// Lower bounds alone: how long a machine takes to do more, nobody knows.
TEST_F(faulty, latency_bandwidth_and_slices_take_their_time) {
    fault_script late, narrow, sliced;
    late.downstream.latency = 100ms;
    narrow.downstream.bandwidth = 1000;
    sliced.downstream.slicer = 2;
    sliced.downstream.slicer_delay = 40ms;
    const std::string text(100, 'x');
    for (const auto& script : {late, narrow}) {
        connect(script);
        const auto began = clock::now();
        server_->say(text);
        EXPECT_EQ(client_->hear(100), text);
        EXPECT_GE(clock::now() - began, 80ms);
    }
    connect(sliced);
    const auto began = clock::now();
    server_->say("abcdef");
    EXPECT_EQ(client_->hear(6), "abcdef");
    EXPECT_GE(clock::now() - began, 80ms);
}

TEST_F(faulty, latency_does_not_lower_the_throughput) {
    fault_script late;
    late.upstream.latency = 20ms;
    connect(late);
    std::string text;
    for (int i = 0; i < 2000; ++i) { // forty seconds, were they to wait for one another
        client_->say(std::to_string(i % 10));
        text += std::to_string(i % 10);
    }
    EXPECT_EQ(server_->hear(2000), text);
}

TEST_F(faulty, gathered_bytes_arrive_as_one) {
    fault_script gathered;
    gathered.upstream.gather = 300ms;
    connect(gathered);
    client_->say("a");
    client_->say("b");
    client_->close();
    EXPECT_EQ(server_->hear_some(), "ab");
    EXPECT_EQ(server_->hear_some(), "");
}

TEST_F(faulty, one_byte_is_corrupted_wherever_the_pieces_end) {
    fault_script corrupt;
    corrupt.upstream.corrupt_at = 2;
    corrupt.upstream.corrupt_mask = 'a' ^ 'A';
    for (const std::size_t slice : {0U, 1U, 2U, 3U}) {
        corrupt.upstream.slicer = slice;
        connect(corrupt);
        client_->say("abcd");
        EXPECT_EQ(server_->hear(4), "abCd");
    }
}

TEST_F(faulty, connecting_is_refused_while_it_is_disabled) {
    connect();
    proxy_.disable();
    boost::system::error_code why;
    try {
        origin_.connect(proxy_.port());
    } catch (const boost::system::system_error& e) {
        why = e.code();
    }
    EXPECT_EQ(why, boost::asio::error::connection_refused);
    client_->say("a");
    EXPECT_EQ(server_->hear(1), "a") << "those there are go on";
    ASSERT_TRUE(proxy_.enable());
    ASSERT_TRUE(proxy_.enable()) << "twice";
    connect();
}

TEST_F(faulty, connections_may_be_refused_and_ignored) {
    fault_script refused, ignored;
    refused.at_start = greeting::refuse;
    ignored.at_start = greeting::silence;
    proxy_.next(refused);
    proxy_.next(ignored);
    auto first = origin_.connect(proxy_.port());
    EXPECT_EQ(first.hear_all(), "<reset>");
    auto second = origin_.connect(proxy_.port());
    second.say("hello?");
    connect();
    client_->say("third");
    EXPECT_EQ(server_->hear(5), "third") << "the first that the server has accepted";
    EXPECT_EQ(proxy_.connections()[1].upstream, 0u);
    EXPECT_TRUE(proxy_.connections()[1].is_open);
    proxy_.cut();
    EXPECT_EQ(second.hear_all(), "");
}

TEST_F(faulty, scripts_go_to_one_connection_each_and_then_the_one_for_all) {
    fault_script two, three, always;
    two.downstream.limit_data = 2;
    three.downstream.limit_data = 3;
    always.downstream.limit_data = 1;
    proxy_.always(always);
    proxy_.next(two);
    proxy_.next(three);
    for (const auto* heard : {"ab", "abc", "a", "a"}) {
        connect();
        server_->say("abcdef");
        EXPECT_EQ(client_->hear_all(), heard);
    }
    proxy_.clear();
    connect();
    server_->say("abcdef");
    server_->close();
    EXPECT_EQ(client_->hear_all(), "abcdef");
}

TEST_F(faulty, without_a_server_connections_are_reset) {
    std::uint16_t nobody = 0;
    {
        const plain_server gone;
        nobody = gone.port();
    }
    const auto proxy = fault_proxy::create("localhost", nobody).value();
    EXPECT_EQ(origin_.connect(proxy.port()).hear_all(), "<reset>");
}

TEST_F(faulty, nothing_is_left_when_it_goes) {
    const auto threads = [] {
        using iterator = std::filesystem::directory_iterator;
        return std::distance(iterator("/proc/self/task"), iterator());
    };
    const auto before = threads();
    auto second = std::make_optional(fault_proxy::create("127.0.0.1", origin_.port()).value());
    auto client = origin_.connect(second->port());
    auto server = origin_.accept();
    EXPECT_EQ(second->wait_until_closed(1ms).error(), errc::timed_out);
    EXPECT_EQ(second->wait_for_connections(2, 1ms).error(), errc::timed_out);
    EXPECT_GT(threads(), before);
    const auto port = second->port();
    second.reset();
    EXPECT_EQ(threads(), before);
    EXPECT_EQ(client.hear_all(), "");
    EXPECT_EQ(server.hear_all(), "");
    EXPECT_THROW(origin_.connect(port), boost::system::system_error);
}

} // namespace
