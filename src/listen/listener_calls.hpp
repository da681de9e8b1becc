// SPDX-License-Identifier: BSL-1.0
// The calls of a listener: one waits for events, the others change what is listened to.
#pragma once

#include "listen/listener_session.hpp"

#include <pgcoro/detail/bound_call.hpp>
#include <pgcoro/listener_events.hpp>

#include <memory>
#include <string>
#include <utility>

namespace pgcoro::listening {

template <class T>
class listener_call : public detail::bound_call<T>, public waiter {
protected:
    explicit listener_call(std::shared_ptr<listener_session> s) noexcept
        : detail::bound_call<T>(s->where()), session_(std::move(s)) {}

    std::shared_ptr<listener_session> session_;

private:
    virtual result<T> outcome(error why) = 0;

    void finish(error why) final {
        result<T> r = outcome(std::move(why));
        this->complete(std::move(r));
    }
    void dropped() noexcept final { this->destroy(); }
    time_point expires() const noexcept final { return this->deadline(); }
    void cancel_here() noexcept final {
        if (session_->withdraw(*this)) {
            this->complete_later(detail::aborted());
        }
    }
};

class next_call final : public listener_call<listener_event> {
public:
    explicit next_call(std::shared_ptr<listener_session> s) noexcept : listener_call(std::move(s)) {}

private:
    void begin_here() override {
        if (!session_->read(*this)) {
            complete_later(error(boost::system::errc::make_error_code(boost::system::errc::operation_in_progress),
                                 "another next() of this listener waits: one at a time"));
        }
    }
    bool is_ready(const listener_plan& plan) const noexcept override { return !plan.events().empty(); }
    result<listener_event> outcome(error why) override {
        auto oldest = session_->take();
        return oldest ? result<listener_event>(*std::move(oldest)) : result<listener_event>(std::move(why));
    }
};

/// Completes when the server has confirmed it, or when the opposite is asked for.
class channel_call final : public listener_call<void> {
public:
    channel_call(std::shared_ptr<listener_session> s, std::string_view channel, bool listens)
        : listener_call(std::move(s)), channel_(channel), listens_(listens) {}

private:
    void begin_here() override {
        auto& channels = session_->plan().channels();
        listens_ ? channels.listen(channel_) : channels.unlisten(channel_);
        session_->wait(*this);
    }
    bool is_ready(const listener_plan& plan) const noexcept override {
        return is_done(plan) || plan.channels().is_wanted(channel_) != listens_;
    }
    bool is_done(const listener_plan& plan) const noexcept {
        return listens_ ? plan.channels().is_heard(channel_) : plan.channels().is_gone(channel_);
    }
    result<> outcome(error why) override {
        // When the session is gone, so is what it listened to.
        if (is_done(session_->plan()) && (!why || !listens_)) {
            return boost::outcome_v2::success();
        }
        return why ? std::move(why) : detail::aborted();
    }

    std::string channel_;
    bool listens_;
};

} // namespace pgcoro::listening
