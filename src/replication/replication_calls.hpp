// SPDX-License-Identifier: BSL-1.0
// The call that waits for the next event of a replication stream.
#pragma once

#include "replication/replication_session.hpp"

#include <pgcoro/detail/bound_call.hpp>

#include <memory>
#include <utility>

namespace pgcoro::replication {

class next_event_call final : public detail::bound_call<event>, public event_reader {
public:
    explicit next_event_call(std::shared_ptr<replication_session> s) noexcept
        : detail::bound_call<event>(s->where()), session_(std::move(s)) {}

private:
    void begin_here() override {
        if (!session_->read(*this)) {
            complete_later(error(boost::system::errc::make_error_code(boost::system::errc::operation_in_progress),
                                 "another next() of this stream waits: one at a time"));
        }
    }
    void cancel_here() noexcept override {
        if (session_->withdraw(*this)) {
            complete_later(detail::aborted());
        }
    }
    void finish(result<event> outcome) override { complete(std::move(outcome)); }
    void dropped() noexcept override { destroy(); }
    std::chrono::steady_clock::time_point expires() const noexcept override { return deadline(); }

    std::shared_ptr<replication_session> session_;
};

} // namespace pgcoro::replication
