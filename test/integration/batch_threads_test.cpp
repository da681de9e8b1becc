// SPDX-License-Identifier: BSL-1.0
// Loaders and writers on a strand of several threads, used from others.
#include "batch_fixture.hpp"

#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::result;

TEST_F(batch_test, a_loader_on_a_strand_is_used_from_anywhere) {
    asio::thread_pool threads(3);
    {
        pgcoro::multiplexer db(asio::make_strand(threads), config());
        user_loader users(db, users_by_id);
        std::vector<std::thread> askers;
        for (int who = 0; who < 4; ++who) {
            askers.emplace_back([&users, who] {
                std::vector<std::future<result<std::optional<user>>>> all;
                for (std::int64_t i = 1; i <= 200; ++i) {
                    all.push_back(users.load(i * (who + 1))(asio::use_future));
                }
                for (std::int64_t i = 1; i <= 200; ++i) {
                    auto found = all[static_cast<std::size_t>(i - 1)].get();
                    ASSERT_TRUE(found) << found.error();
                    EXPECT_EQ(found.value().value().name, "user " + std::to_string(i * (who + 1)));
                }
            });
        }
        for (auto& asker : askers) {
            asker.join();
        }
    }
    threads.join();
}

TEST_F(batch_test, a_writer_on_a_strand_is_used_from_anywhere) {
    asio::thread_pool threads(3);
    {
        pgcoro::multiplexer db(asio::make_strand(threads), config());
        pgcoro::batch_writer<std::pair<int, std::string>> writer(
            db, "insert into notes select * from unnest($1::int[], $2::text[])");
        std::vector<std::thread> writers;
        for (int who = 0; who < 4; ++who) {
            writers.emplace_back([&writer, who] {
                std::vector<std::future<result<>>> all;
                for (int i = 0; i < 100; ++i) {
                    all.push_back(writer.write({who * 100 + i, "note"})(asio::use_future));
                }
                writer.flush();
                for (auto& one : all) {
                    const auto written = one.get();
                    ASSERT_TRUE(written) << written.error();
                }
            });
        }
        for (auto& one : writers) {
            one.join();
        }
    }
    threads.join();
    EXPECT_EQ(judge_.value("select count(*) from notes"), "400");
}

} // namespace
