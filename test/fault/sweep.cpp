// SPDX-License-Identifier: BSL-1.0
#include "sweep.hpp"

#include <boost/asio/co_spawn.hpp>

#include <iostream>
#include <optional>

namespace pgcoro::test {

using namespace std::chrono_literals;
using testing::fault_proxy;
using testing::fault_script;
using testing::line_fault;
using testing::proxied_connection;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int slowness = 5;
#else
constexpr int slowness = 1;
#endif

const char* name_of(mishap what) {
    switch (what) {
    case mishap::cut: return "cut";
    case mishap::reset: return "reset";
    case mishap::half_open: return "half-open";
    case mishap::corrupt: return "corrupted";
    }
    return "";
}

} // namespace

sweep::sweep(sweep_plan plan, const std::string& host, std::uint16_t port)
    : plan_(std::move(plan)), told_(plan_.rows_each), logins_(plan_.rows_each) {
    for (std::size_t n = 0; n < workers; ++n) {
        proxies_.push_back(fault_proxy::create(host, port).value());
    }
}

void sweep::run(libpq_session& judge) {
    judge.value(reports::table);
    test::run([&]() -> task<> { co_return co_await measure(proxies_.front()); });
    const auto add = [&](bool upstream, std::uint64_t from, std::uint64_t to) {
        for (auto at = plan_.with_login ? 0 : from; at <= to; at += plan_.stride) {
            points_.push_back({upstream, at});
        }
    };
    add(true, connected_.upstream + 1, finished_.upstream); // with the last byte of the log-in its answer would be lost
    add(false, connected_.downstream, finished_.downstream);

    const auto all = [&]() -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        std::size_t running = workers;
        for (auto& proxy : proxies_) {
            asio::co_spawn(executor, play_all(proxy), [&](std::exception_ptr thrown, const result<>& r) {
                --running;
                EXPECT_FALSE(thrown);
                EXPECT_TRUE(r) << error_of(r);
            });
        }
        while (running > 0) {
            co_await asio::post(asio::use_awaitable);
        }
        co_return success();
    };
    test::run(all, 3600s);
    // Without TLS nothing protects what is said: the server may have been asked for something else.
    if (plan_.what != mishap::corrupt) {
        told_.compare(judge, "faulty");
    }
    EXPECT_GT(struck_, 0u);
    std::cout << plan_.name << ", " << name_of(plan_.what) << " at every " << plan_.stride << ". byte: " << points_.size()
              << " sessions, " << struck_ << " struck, " << unharmed_ << " unharmed; log-in: " << logins_.summary()
              << "; work: " << told_.summary() << '\n';
}

task<> sweep::measure(fault_proxy& proxy) {
    BOOST_OUTCOME_CO_TRY(auto c, co_await connect(config_for(proxy)));
    connected_ = proxy.connections().back();
    BOOST_OUTCOME_CO_TRY(co_await plan_.does(c, 0, 20s));
    finished_ = proxy.connections().back();
    told_.tell(0, result<>(success()));
    co_return success();
}

task<> sweep::play_all(fault_proxy& proxy) {
    while (next_ < points_.size()) {
        const auto number = next_++;
        BOOST_OUTCOME_CO_TRY(co_await play(proxy, points_[number], static_cast<int>(number) + 1));
    }
    co_return success();
}

task<> sweep::play(fault_proxy& proxy, point p, int id) {
    const std::size_t first = proxy.connections().size(); // the cancel requests of a session come after it
    proxy.next(script_for(p));
    // A log-in that nothing befalls has all the time it needs, however busy the machine is.
    auto c = co_await connect(config_for(proxy)).within(plan_.with_login ? limit() : 20s);
    if (!c) {
        judge_login(c.error(), p);
        logins_.tell(id, c);
    } else {
        const auto outcome = co_await plan_.does(c.value(), id, limit());
        judge_work(outcome, p, proxy.connections()[first]);
        told_.tell(id, outcome);
        c.value().close();
    }
    // What is half open stays so unless it is told otherwise.
    proxy.reset_all();
    BOOST_OUTCOME_CO_TRY(proxy.wait_until_closed());
    const auto line = proxy.connections()[first];
    struck_ += line.limit_reached || (plan_.what == mishap::corrupt && (p.upstream ? line.upstream : line.downstream) > p.at);
    co_return success();
}

void sweep::judge_login(const error& why, point p) {
    const auto where = (p.upstream ? " upstream at " : " downstream at ") + std::to_string(p.at);
    EXPECT_TRUE(plan_.with_login) << why << where;
    EXPECT_FALSE(why.outcome_unknown()) << "nothing was asked for: " << why << where;
    if (plan_.what == mishap::half_open) {
        EXPECT_EQ(why, errc::timed_out) << where;
    } else if (plan_.what != mishap::corrupt) {
        // Not that the server is no good, which would keep a client from trying again.
        EXPECT_TRUE(why == errc::connection_lost || why == asio::error::connection_reset) << why << where;
    }
}

void sweep::judge_work(const result<>& outcome, point p, const proxied_connection& line) {
    const auto where = (p.upstream ? " upstream at " : " downstream at ") + std::to_string(p.at);
    if (plan_.what == mishap::corrupt) {
        const auto side = p.upstream ? &proxied_connection::upstream : &proxied_connection::downstream;
        const bool unharmed = outcome && line.*side > p.at;
        unharmed_ += unharmed;
        EXPECT_FALSE(plan_.with_login && unharmed && p.at >= connected_.*side) << "TLS has let it through:" << where;
        return;
    }
    if (outcome) {
        return;
    }
    if (plan_.what == mishap::half_open) {
        EXPECT_EQ(outcome.error(), errc::timed_out) << where;
    } else {
        EXPECT_TRUE(outcome.error().connection_lost()) << outcome.error() << where;
        EXPECT_NE(outcome.error().code(), errc::timed_out) << where;
    }
}

fault_script sweep::script_for(point p) const {
    fault_script script;
    auto& toxics = p.upstream ? script.upstream : script.downstream;
    switch (plan_.what) {
    case mishap::corrupt:
        toxics.corrupt_at = p.at;
        toxics.corrupt_mask = static_cast<std::uint8_t>(1u << p.at % 8);
        return script;
    case mishap::cut: toxics.at_limit = line_fault::cut; break;
    case mishap::reset: toxics.at_limit = line_fault::reset; break;
    case mishap::half_open: toxics.at_limit = line_fault::half_open; break;
    }
    toxics.limit_data = p.at;
    return script;
}

connect_config sweep::config_for(const fault_proxy& proxy) const {
    auto config = plan_.config;
    config.host("127.0.0.1").port(proxy.port()).application_name("faulty");
    return config;
}

/// A line that is cut is noticed; one that is half open, or whose bytes cannot be believed, may be silent forever.
std::chrono::milliseconds sweep::limit() const {
    return plan_.what == mishap::cut || plan_.what == mishap::reset ? 20s : 250ms * slowness;
}

} // namespace pgcoro::test
