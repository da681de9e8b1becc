// SPDX-License-Identifier: BSL-1.0
// What is noted about a request while it is carried out, for observers, and the name that its caller has given it. A request
// knows it as its lender, in front of the one it may have: so it hears of the end, and requests that nobody observes pay
// nothing.
#pragma once

#include <pgcoro/detail/observer_list.hpp>
#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/observer.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
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
    static observation& begin(request_target& target, request& r) noexcept;
    /// The same on the target's executor.
    static observation& begin_here(request_target& target, request& r) noexcept {
        if (r.is_observed) [[unlikely]] {
            return begin(target, r);
        }
        auto* const made = ::new (target.blocks().allocate()) observation(r);
        made->stand_before(r);
        return made->begin(target);
    }

    /// It has come to a session, or goes there now.
    void reached(time_point when) noexcept { reached_ = std::max(when, begun_); }
    void reached(const connection_facts* session) noexcept {
        connection_ = session;
        if (reached_ == time_point()) {
            reached_ = begun_;
        }
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
    }
    void sent(time_point when) noexcept { sent_ = when; }
    void sent_at_once() noexcept { sent_ = reached_; }
    /// Its text with a comment, null if it has none.
    const char* commented() const noexcept { return commented_ ? commented_->c_str() : nullptr; }
    bool has_begun() const noexcept { return observers_ != nullptr; }
    bool has_reached() const noexcept { return reached_ != time_point(); }

    /// A result of one statement, or some of its rows.
    void count(const pg_result* result) noexcept {
        if (!has_begun()) {
            return; // it has a name, and nobody observes it
        }
        rows_ += static_cast<std::uint64_t>(PQntuples(result));
        if (PQnfields(result) == 0 || observers_->wants_bytes()) {
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

    /// The lender it stands in front of.
    lender* behind = nullptr;

private:
    explicit observation(request& r) noexcept : statement_event(r) {}

    void stand_before(request& r) noexcept {
        behind = std::exchange(r.lent_by, this);
        r.is_observed = true;
    }
    static observation& make(request& r);
    observation& begin(request_target& target) noexcept {
        observers_ = target.observers();
        target_ = &target;
        request_->is_special = true;
        begun_ = clock::now();
        tell_begin();
        return *this;
    }
    [[gnu::always_inline]] void tell_begin() noexcept {
        tell([this](observer& who) {
            data_[called_] = nullptr;
            who.on_statement_begin(*this);
        });
    }
    void count_more(const pg_result* result) noexcept;
    lender* end(request& r) noexcept;
    lender* leave(request& r) noexcept;
    /// Only one of them is called at a time.
    template <class Tell>
    [[gnu::always_inline]] void tell(Tell what) noexcept {
        called_ = 0;
        for (const auto& entry : *observers_) {
            shows_values_ = entry.wants_values;
            what(*entry.who);
            ++called_;
        }
    }

    const observer_list* observers_ = nullptr; // of `target_`
    request_target* target_ = nullptr;         // which the request keeps alive
};

/// Where the lender of a request is noted: in its observation, if it has one.
inline lender*& lender_of(request& r) noexcept { return r.is_observed ? observation::of(r).behind : r.lent_by; }
inline const lender* lender_of(const request& r) noexcept { return lender_of(const_cast<request&>(r)); }

} // namespace pgcoro::detail
