// SPDX-License-Identifier: BSL-1.0
// Asks the source, once a second, where its log ends and how much of it each slot retains; and drops the slot of a target that
// is too far behind.
#pragma once

#include "lag_clock.hpp"
#include "options.hpp"
#include "rate_meter.hpp"
#include "target_worker.hpp"

#include <pgcoro/connection.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace data_sync {

using worker_list = std::vector<std::unique_ptr<target_worker>>;

class source_monitor {
public:
    /// `on_look`: after each look.
    source_monitor(const boost::asio::any_io_executor& executor, const options& o, worker_list& workers,
                   std::function<void()> on_look);

    /// Until `stop`.
    boost::asio::awaitable<void> run();
    void stop();

private:
    pgcoro::task<> look();
    pgcoro::task<> drop_slots();
    pgcoro::task<> drop_slot(std::string slot);
    bool is_too_much(const target_worker& w, std::uint64_t behind) const;
    void measure(target_worker& w);

    const options& options_;
    worker_list& workers_;
    std::function<void()> on_look_;
    boost::asio::steady_timer timer_;
    pgcoro::connection source_;
    lag_clock clock_;
    std::uint64_t end_ = 0; // of the source's log
    bool has_told_end_ = false;
    std::map<std::string, rate_meter> rates_;
    bool is_stopping_ = false;
};

} // namespace data_sync
