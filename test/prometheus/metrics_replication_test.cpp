// SPDX-License-Identifier: BSL-1.0
// The lag of a replication stream, as Prometheus sees it.
#include "metrics_text.hpp"

#include "support/replication_fixture.hpp"

#include <pgcoro/observer.hpp>
#include <pgcoro/prometheus/metrics.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::replication_stream;
using pgcoro::task;

namespace replication = pgcoro::replication;

/// Ends a wait when it is told of a lag of so many bytes. Added after `metrics`, which knows it by then.
class lag_awaited : public pgcoro::observer {
public:
    lag_awaited(asio::any_io_executor executor, std::uint64_t bytes)
        : told_(std::move(executor), asio::steady_timer::time_point::max()), bytes_(bytes) {}

    void on_replication(const pgcoro::replication_event& e) noexcept override {
        if (e.lag_bytes >= bytes_) {
            has_come_ = true;
            told_.cancel();
        }
    }
    asio::awaitable<void> wait() {
        boost::system::error_code cancelled;
        while (!has_come_) {
            co_await told_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        }
    }

private:
    asio::steady_timer told_;
    const std::uint64_t bytes_;
    bool has_come_ = false;
};

using measuring_replication = replication_test;

TEST_F(measuring_replication, shows_what_is_not_confirmed) {
    constexpr std::uint64_t size = 100'000;
    const auto measured = std::make_shared<pgcoro::prometheus::metrics>();
    sql("create table kept (t text); create publication p for table kept");
    run([&]() -> task<> {
        const auto lag = std::make_shared<lag_awaited>(co_await asio::this_coro::executor, size);
        auto observed = config();
        observed.observe(measured).observe(lag);
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect_replication(co_await asio::this_coro::executor, observed));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        auto options = quick_stream("p");
        options.status_interval = std::chrono::milliseconds(20);
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), options));
        // While that is not confirmed, no position of a keepalive is, not even one in the middle of the next transaction.
        sql("insert into kept values ('small')");
        co_await next_of<replication::commit>(s);
        sql("insert into kept select string_agg(md5(g::text), '') from generate_series(1, 20000) g");
        co_await next_of<replication::commit>(s);
        co_await lag->wait();
        const auto shown = metrics_text(measured->text()).by("pgcoro_replication_lag_bytes", "slot");
        EXPECT_EQ(shown.size(), 1u);
        EXPECT_GE(shown.contains(slot()) ? shown.at(slot()) : 0.0, static_cast<double>(size));
        co_return co_await s.stop();
    });
}

} // namespace
