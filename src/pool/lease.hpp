// SPDX-License-Identifier: BSL-1.0
// What a `pooled_connection` has: the session of a connection, until it is given back.
#pragma once

#include "pool/pool_session.hpp"

#include <pgcoro/detail/request_target.hpp>

#include <memory>

namespace pgcoro::pooling {

/// Passes requests on to the session as long as it is lent. Operations keep it alive, and those that are started too late find
/// out here, instead of in somebody else's transaction.
class lease final : public detail::request_target, public detail::lender {
public:
    using request = detail::request;

    lease(std::shared_ptr<pool_session> pool, slot& lent);
    ~lease();

    void submit(request& r) noexcept override;
    void cancel(request& r, error why) noexcept override;

    void over(request&) noexcept override { --in_flight_; }
    void given_up(request&) noexcept override {} // in flight until the session has been asked

    /// On the executor. The second time they do nothing.
    void give_back() noexcept;
    void throw_away() noexcept;
    /// The pool could wait no longer.
    void lose() noexcept { slot_ = nullptr; }

    bool is_open() const noexcept override { return slot_ && slot_->conn.is_open(); }
    const std::shared_ptr<detail::request_target>& real() const noexcept { return real_; }

private:
    slot* take_slot() noexcept;

    std::shared_ptr<pool_session> pool_;
    std::shared_ptr<detail::request_target> real_;
    slot* slot_; // null when it is given back
    std::size_t in_flight_ = 0;
};

} // namespace pgcoro::pooling
