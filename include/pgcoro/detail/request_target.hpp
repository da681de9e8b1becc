// SPDX-License-Identifier: BSL-1.0
// What requests are submitted to: the engine of one connection (src/wire/session.hpp), a pool, a lease or a multiplexer.
#pragma once

#include <pgcoro/detail/block_pool.hpp>
#include <pgcoro/detail/bound_executor.hpp>
#include <pgcoro/detail/observation_pool.hpp>
#include <pgcoro/detail/observer_list.hpp>
#include <pgcoro/detail/request.hpp>

#include <memory>
#include <utility>

namespace pgcoro::detail {

/// Memory for calls, kept by the session between queries: a query in steady state allocates nothing.
using block_pool = sized_block_pool<768>;

class request_target {
public:
    request_target(const request_target&) = delete;
    request_target& operator=(const request_target&) = delete;

    bound_executor& where() noexcept { return bound_; }

    /// Queues a request and sends it as soon as may be. On the executor only.
    virtual void submit(request& r) noexcept = 0;
    /// Gives up waiting for a request: taken out if nothing was sent, else its results are discarded when they come.
    virtual void cancel(request& r, error why) noexcept = 0;
    /// Whether it takes requests. On the executor only.
    virtual bool is_open() const noexcept = 0;

    block_pool& blocks() noexcept { return blocks_; }
    observation_pool& observations() noexcept { return observations_; }
    /// Null if there are none. Does not change once requests are submitted.
    const observer_list* observers() const noexcept { return observers_.get(); }

protected:
    void be_observed_by(std::shared_ptr<const observer_list> observers) noexcept {
        observers_ = observers && !observers->empty() ? std::move(observers) : nullptr;
    }
    explicit request_target(boost::asio::any_io_executor executor) : bound_(std::move(executor)) {}
    ~request_target() = default;

private:
    bound_executor bound_;
    block_pool blocks_;
    std::shared_ptr<const observer_list> observers_;
    observation_pool observations_;
};

/// Submits a request that keeps its session alive, on the session's executor: at once if that is where the caller runs.
void submit_from_anywhere(request_target& s, request& r) noexcept;

} // namespace pgcoro::detail
