// SPDX-License-Identifier: BSL-1.0
#include "run.hpp"

#include "failure.hpp"
#include "source_checks.hpp"
#include "source_monitor.hpp"
#include "status_page.hpp"
#include "target_worker.hpp"

#include <pgcoro/run.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <csignal>

namespace data_sync {
namespace {

namespace asio = boost::asio;

class synchronization {
public:
    synchronization(const options& o, journal& j) : options_(o), journal_(j) {
        for (const auto& t : o.targets) {
            workers_.push_back(std::make_unique<target_worker>(context_.get_executor(), o, t, j));
        }
    }

    /// The page, if there is to be one.
    pgcoro::result<> listen() {
        if (!options_.http.empty()) {
            BOOST_OUTCOME_TRY(const auto address, page_.listen(options_.http));
            journal_.event("page", "the state of all targets: " + address, {{"address", address}});
        }
        return pgcoro::success();
    }

    void run() {
        const auto on_stop = [this](std::exception_ptr thrown) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
            if (--running_ == 0) {
                signals_.cancel();
                monitor_.stop();
                page_.stop();
            }
        };
        running_ = workers_.size();
        for (const auto& w : workers_) {
            asio::co_spawn(context_, w->run(), on_stop);
        }
        asio::co_spawn(context_, monitor_.run(), asio::detached);
        wait_for_signal();
        context_.run();
        show();
        journal_.end();
    }

    bool has_stopped_target() const {
        return std::ranges::any_of(workers_, [](const auto& w) { return w->status().state == target_state::stopped; });
    }

private:
    void wait_for_signal() {
        signals_.async_wait([this](boost::system::error_code cancelled, int) {
            if (cancelled) {
                return;
            }
            signals_.clear(); // a second one ends the program at once: nothing is lost
            for (const auto& w : workers_) {
                w->stop();
            }
        });
    }

    void on_look() {
        if (!options_.http.empty()) {
            boost::json::array list;
            for (const auto& w : workers_) {
                list.push_back(to_object(w->status()));
            }
            const boost::json::object state{
                {"name", options_.name}, {"publication", options_.publication}, {"targets", std::move(list)}};
            page_.show(boost::json::serialize(state));
        }
        const auto now = std::chrono::steady_clock::now();
        const std::chrono::seconds interval(journal_.is_terminal() ? 1 : 10);
        if (now - shown_ >= interval) {
            show();
        }
    }

    void show() {
        shown_ = std::chrono::steady_clock::now();
        std::vector<target_status> all;
        for (const auto& w : workers_) {
            all.push_back(w->status());
        }
        journal_.progress(all);
    }

    const options& options_;
    journal& journal_;
    asio::io_context context_{1};
    worker_list workers_;
    source_monitor monitor_{context_.get_executor(), options_, workers_, [this] { on_look(); }};
    status_page page_{context_.get_executor()};
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    std::size_t running_ = 0;
    std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
};

} // namespace

exit_code run_targets(const options& o, journal& j) {
    if (const auto ready = pgcoro::run(prepare_source(o)); !ready) {
        j.event("error", explain(ready.error()));
        return failed;
    }
    synchronization all(o, j);
    if (const auto listening = all.listen(); !listening) {
        j.event("error", explain(listening.error()));
        return failed;
    }
    all.run();
    return all.has_stopped_target() ? target_stopped : done;
}

} // namespace data_sync
