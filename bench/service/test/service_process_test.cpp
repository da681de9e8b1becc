// SPDX-License-Identifier: BSL-1.0
#include "service_process.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace {

using namespace bench::service;

TEST(service_process, the_greeting_has_an_address_and_versions) {
    const auto plain = read_greeting("shop_service: listening on http://127.0.0.1:8080");
    const auto detailed = read_greeting("listening on http://127.0.0.1:81 (Python 3.11, asyncpg 0.27)");

    ASSERT_TRUE(plain && detailed);
    EXPECT_EQ(plain->address.port(), 8080);
    EXPECT_EQ(plain->versions, "");
    EXPECT_EQ(detailed->address.port(), 81);
    EXPECT_EQ(detailed->versions, "Python 3.11, asyncpg 0.27");
}

TEST(service_process, another_line_is_no_greeting) {
    for (const char* const line : {"", "starting", "listening on http://", "listening on http://127.0.0.1",
                                   "listening on http://127.0.0.1:0", "listening on http://host:80"}) {
        EXPECT_FALSE(read_greeting(line)) << line;
    }
}

TEST(service_process, a_service_that_is_not_installed_is_told_from_one_that_fails) {
    EXPECT_EQ(service_process::start({"sh", "-c", "exit 77"}), nullptr);
    EXPECT_THROW(service_process::start({"sh", "-c", "exit 1"}), std::runtime_error);
    EXPECT_THROW(service_process::start({"/does/not/exist"}), std::runtime_error);
}

TEST(service_process, one_that_runs_has_used_cpu_time) {
    const auto lasting = service_process::start({"sh", "-c", "echo listening on http://127.0.0.1:1; exec sleep 600"});
    ASSERT_TRUE(lasting);
    EXPECT_NO_THROW(lasting->check());
    EXPECT_GT(lasting->cpu().count(), 0);
}

TEST(service_process, one_that_has_ended_by_itself_is_noticed) {
    const auto ending = service_process::start({"sh", "-c", "echo listening on http://127.0.0.1:1"});
    ASSERT_TRUE(ending);
    const auto is_noticed = [&] {
        try {
            ending->check();
            return false;
        } catch (const std::runtime_error&) {
            return true;
        }
    };
    while (!is_noticed()) { // the time limit of the test ends this if it never is
        std::this_thread::yield();
    }
}

} // namespace
