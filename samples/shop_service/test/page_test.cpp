// SPDX-License-Identifier: BSL-1.0
// The page in a real browser. page_test.py drives it; this program does what the script asks for on standard output, one word
// a line, and answers with an empty line when it is done.
#include "script.hpp"
#include "service_fixture.hpp"

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace shop_test;

TEST(page, shows_what_the_server_has_and_recovers) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    const std::vector<std::string> options{"--create-schema", "--threads", "2", "--slow", "1"};
    auto service = std::make_unique<service_process>(server.tcp_dsn(), options);
    const auto port = service->port();
    const std::map<std::string, std::function<void()>> commands{
        {"stop-database", [&] { server.stop().value(); }},
        {"start-database", [&] { server.start().value(); }},
        {"stop-service",
         [&] {
             service->send_signal(SIGTERM);
             EXPECT_EQ(service->wait(), 0);
             service.reset();
         }},
        {"start-service", [&] { service = std::make_unique<service_process>(server.tcp_dsn(), options, port); }},
    };
    run_script({PYTHON, PAGE_TEST, CHROMIUM, "http://127.0.0.1:" + std::to_string(port), SCREENSHOTS}, commands);
}

} // namespace
