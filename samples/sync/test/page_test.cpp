// SPDX-License-Identifier: BSL-1.0
// The page in a real browser: page_test.py drives it, and asks this program for what happens to the servers.
#include "sync_program.hpp"

#include <script.hpp>

#include <pgcoro/testing/fault_proxy.hpp>

#include <csignal>
#include <memory>

namespace sync_test {
namespace {

using pgcoro::testing::fault_proxy;

class sync_page : public program {};

TEST_F(sync_page, shows_the_targets_as_they_are) {
    everywhere("create table items (id int primary key)");
    auto proxy = fault_proxy::create(*target).value();
    auto all = arguments("run", {"east"},
                         {"--target", "west=" + proxy.dsn() + " dbname=west", "--retry-delay", "1", "--json", "--all-tables",
                          "--http", "127.0.0.1:0"});
    auto running = std::make_unique<process>(folder, all);
    running->wait_for("west: following");
    running->wait_for("the state of all targets: ");
    const std::string address(last_event(running->out(), "page").at("address").as_string());
    const std::map<std::string, std::function<void()>> commands{
        {"write", [&] { sql("insert into items select i from generate_series(1, 1234) i"); }},
        {"break-line",
         [&] {
             pgcoro::testing::fault_script refused;
             refused.at_start = pgcoro::testing::greeting::refuse;
             proxy.always(refused);
             proxy.cut();
         }},
        {"mend-line", [&] { proxy.clear(); }},
        {"make-conflict",
         [&] {
             west("insert into items values (5000)");
             sql("insert into items values (5000)");
         }},
        {"stop-program",
         [&] {
             running->send_signal(SIGTERM);
             const auto o = running->wait();
             EXPECT_EQ(o.exit_code, 3) << o.err;
         }},
    };
    shop_test::run_script({PYTHON, PAGE_TEST, CHROMIUM, address, SCREENSHOTS, proxy.dsn()}, commands);
}

} // namespace
} // namespace sync_test
