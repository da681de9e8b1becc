// SPDX-License-Identifier: BSL-1.0
// A server and the service, one pair for each test.
#pragma once

#include "http_client.hpp"
#include "service_process.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace shop_test {

class service_test : public testing::Test {
protected:
    std::uint16_t port() const { return service_.port(); }
    http_reply get(const std::string& target, const http_headers& headers = {}) const {
        return shop_test::get(port(), target, headers);
    }
    http_reply post(const std::string& target, const std::string& json, const http_headers& headers = {}) const {
        return shop_test::post(port(), target, json, headers);
    }
    /// Without the line feed at its end.
    std::string sql(const std::string& text) {
        auto values = server_.run_sql(text).value();
        values.erase(values.find_last_not_of('\n') + 1);
        return values;
    }

    /// Asks until the status is that, which it must be in the end.
    void wait_for(const std::string& target, int status) const {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        for (int last = 0; last != status; last = get(target).status) {
            ASSERT_LT(std::chrono::steady_clock::now(), limit) << target << ": " << last;
            std::this_thread::yield();
        }
    }

    pgcoro::testing::ephemeral_server server_ = pgcoro::testing::ephemeral_server::create().value();
    service_process service_{server_.tcp_dsn(), {"--create-schema", "--threads", "2"}};
};

} // namespace shop_test
