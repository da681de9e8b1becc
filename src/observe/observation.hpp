// SPDX-License-Identifier: BSL-1.0
// What is noted about a request while it is carried out, for observers, and the name that its caller has given it. A request
// knows it as its lender, in front of the one it may have: so it hears of the end, and requests that nobody observes pay
// nothing.
#pragma once

#include "base/steady_now.hpp"

#include <pgcoro/detail/observer_list.hpp>
#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/observer.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace pgcoro::detail {

class observation final : public statement_event, public lender {
public:
    using time_point = clock::time_point;

    /// That of a request that has one.
    static observation& of(request& r) noexcept { return static_cast<observation&>(*r.lent_by); }

    /// Before it is submitted; on any thread.
    static void name(request& r, std::string_view text);
    /// It is given to `target`, which has observers: they are told, unless they were before.
    static observation& begin(request_target& target, request& r) noexcept { return begin(target, r, {}); }
    /// The same on the target's executor.
    [[gnu::always_inline]] static observation& begin_here(request_target& target, request& r, time_point now) noexcept {
        return r.is_observed ? begin(target, r, now) : begin_new(target, r, now);
    }
    /// The same of a request that nobody has named or observed yet.
    [[gnu::always_inline]] static observation& begin_new(request_target& target, request& r, time_point now) noexcept {
        return take_new(target, r).begin(now);
    }
    /// The same, now.
    [[gnu::always_inline]] static observation& begin_new(request_target& target, request& r) noexcept {
        observation& made = take_new(target, r);
        return made.begin(steady_now(made.room_));
    }

    /// It has come to a session, or goes there now.
    void reached(time_point when) noexcept { reached_ = std::max(when, begun_); }
    void reached(const connection_facts* session) noexcept {
        connection_ = session;
        if (reached_ == time_point()) {
            reached_ = begun_;
        }
    }
    /// It came to the session at once.
    void begun_at(const connection_facts* session) noexcept {
        connection_ = session;
        reached_ = begun_;
    }
    /// It has been taken back, and the session may be gone.
    void left() noexcept {
        connection_ = nullptr;
        rewind();
    }
    /// It is sent again.
    void rewind() noexcept {
        rows_ = bytes_received_ = 0;
        sent_ = {};
        request_->tells_sending = true;
        request_->notes_sending = false;
    }
    void sent(time_point when) noexcept { sent_ = when; }
    void sent_at_once() noexcept { sent_ = reached_; }
    /// Its text with a comment, null if it has none.
    const char* commented() const noexcept { return commented_ ? commented_->c_str() : nullptr; }
    bool has_begun() const noexcept { return first_ != nullptr; }
    /// It has what the next one shall not have.
    void leave_pool() noexcept {
        if (auto* const left = std::exchange(pool_, nullptr)) {
            --left->made_;
        }
    }

    /// A result of one statement, or some of its rows. Only if it has begun.
    [[gnu::always_inline]] void count(const pg_result* result) noexcept {
        const auto rows = static_cast<std::uint64_t>(PQntuples(result));
        rows_ += rows;
        if (rows == 0 || first_->counts_bytes) [[unlikely]] {
            count_more(result);
        }
    }
    void count_received(std::size_t bytes) noexcept { bytes_received_ += bytes; }
    void count_sent(std::size_t bytes) noexcept { bytes_copied_ += bytes; }
    void tell_progress() noexcept;

    void over(request& r) noexcept override;
    void given_up(request& r) noexcept override;
    void cancel(request& r, error why) noexcept override;
    void dropped(request& r) noexcept override;

    /// The lender it stands in front of. Of one that is spare, the next.
    lender* behind = nullptr;

private:
    friend class observation_pool;

    observation() noexcept = default;
    ~observation() = default;

    static observation& begin(request_target& target, request& r, time_point now) noexcept;
    static observation& make(request& r);
    static observation& make_for(request_target& target);
    void stand_before(request& r) noexcept {
        request_ = &r;
        behind = std::exchange(r.lent_by, this);
        r.is_observed = true;
    }
    static observation& take_new(request_target& target, request& r) noexcept;
    observation& begin(time_point now) noexcept;
    void count_more(const pg_result* result) noexcept;
    void tell_end() noexcept;
    lender* leave(request& r) noexcept;
    lender* leave_for_good() noexcept;
    void tell_unsent_end() noexcept;
    /// Only one of them is called at a time.
    template <class Tell>
    [[gnu::always_inline]] void tell(Tell what) noexcept {
        called_ = first_;
        what(*called_->who);
        if (!called_->is_last) [[unlikely]] {
            tell_others(what);
        }
    }
    template <class Tell>
    [[gnu::noinline]] void tell_others(Tell what) noexcept {
        do {
            ++called_;
            what(*called_->who);
        } while (!called_->is_last);
    }

    const observer_list::entry* first_ = nullptr; // of the target's observers
    observation_pool* pool_ = nullptr;            // of a target, which the request keeps alive
    std::timespec room_;                          // for the clock
};

/// All that an earlier request has left in it is overwritten.
[[gnu::always_inline]] inline observation& observation::begin(time_point now) noexcept {
    begun_ = now;
    connection_ = nullptr;
    reached_ = {};
    sent_ = {};
    ended_ = {};
    rows_ = 0;
    bytes_received_ = 0;
    bytes_copied_ = 0;
    tell([this](observer& who) {
        data() = nullptr;
        who.on_statement_begin(*this);
    });
    return *this;
}

[[gnu::always_inline]] inline observation& observation::take_new(request_target& target, request& r) noexcept {
    observation* spare = target.observations().spare_;
    if (!spare) [[unlikely]] {
        spare = &make_for(target);
    }
    target.observations().spare_ = static_cast<observation*>(spare->behind);
    spare->stand_before(r);
    r.is_special = true;
    return *spare;
}

/// Where the lender of a request is noted: in its observation, if it has one.
inline lender*& lender_of(request& r) noexcept { return r.is_observed ? observation::of(r).behind : r.lent_by; }
inline const lender* lender_of(const request& r) noexcept { return lender_of(const_cast<request&>(r)); }

} // namespace pgcoro::detail
