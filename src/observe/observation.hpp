// SPDX-License-Identifier: BSL-1.0
// What is noted about a request while it is carried out, for observers, and the name that its caller has given it. A request
// knows it as its lender, in front of the one it may have: so it hears of the end, and requests that nobody observes pay nothing.
#pragma once

#include <pgcoro/detail/observer_list.hpp>
#include <pgcoro/detail/request.hpp>
#include <pgcoro/observer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace pgcoro::detail {

class request_target;

class observation final : public statement_event, public lender {
public:
    using time_point = clock::time_point;

    /// That of a request that has one.
    static observation& of(request& r) noexcept { return static_cast<observation&>(*r.lent_by); }

    /// Before it is submitted; on any thread.
    static void name(request& r, std::string_view text);
    /// It is given to `target`, which has observers: they are told, unless they were before.
    static observation& begin(request_target& target, request& r) noexcept;

    /// It has come to a session, or goes there now.
    void reached(time_point when) noexcept { reached_ = std::max(when, begun_); }
    void reached(const std::shared_ptr<const connection_facts>& session) noexcept;
    void sent(time_point when) noexcept { sent_ = when; }
    bool has_begun() const noexcept { return observers_ != nullptr; }
    bool has_reached() const noexcept { return reached_ != time_point(); }

    /// A result of one statement, or some of its rows.
    void count(const pg_result* result) noexcept;
    void count_received(std::size_t bytes) noexcept { bytes_received_ += bytes; }
    void count_sent(std::size_t bytes) noexcept { bytes_sent_ += bytes; }
    void tell_progress() noexcept;

    void over(request& r) noexcept override;
    void given_up(request& r) noexcept override;
    void cancel(request& r, error why) noexcept override;
    void dropped(request& r) noexcept override;

    /// The lender it stands in front of.
    lender* behind = nullptr;

private:
    explicit observation(request& r) noexcept : statement_event(r) {}

    static observation& make(request& r);
    lender* end(request& r) noexcept;
    lender* leave(request& r) noexcept;
    template <class Tell>
    void tell(Tell what) noexcept;

    const observer_list* observers_ = nullptr; // of `target_`
    request_target* target_ = nullptr;         // which the request keeps alive
};

/// Where the lender of a request is noted: in its observation, if it has one.
inline lender*& lender_of(request& r) noexcept { return r.is_observed ? observation::of(r).behind : r.lent_by; }
inline const lender* lender_of(const request& r) noexcept { return lender_of(const_cast<request&>(r)); }

} // namespace pgcoro::detail
