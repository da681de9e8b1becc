// SPDX-License-Identifier: BSL-1.0
// What the pool says of itself: errors, counters, health, reports.
#include "pool/pool_session.hpp"

#include <pgcoro/detail/error_details.hpp>
#include <pgcoro/observer.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace pgcoro::pooling {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::uint64_t in_milliseconds(std::chrono::nanoseconds d) noexcept {
    return static_cast<std::uint64_t>(duration_cast<milliseconds>(d).count());
}

std::string plural(std::size_t n, const char* what) { return std::to_string(n) + ' ' + what + (n == 1 ? "" : "s"); }

} // namespace

error pool_session::refusal_error(refusal why) const {
    auto details = boost::intrusive_ptr(new detail::error_details);
    details->facts = error::nothing_sent;
    details->code = last_connect_error_.code();
    switch (why) {
    case refusal::timed_out:
        details->code = errc::timed_out;
        details->message = "no connection of the pool was free in time";
        break;
    case refusal::too_many:
        details->code = errc::pool_exhausted;
        details->message = "too many operations are waiting for a connection of the pool";
        break;
    case refusal::closed: return error(errc::pool_closed).with(error::nothing_sent);
    case refusal::cannot_connect: details->message = "the pool cannot connect"; break;
    }
    details->message += ": " + plural(core_.size(), "connection") + ", " + std::to_string(core_.idle()) + " idle, " +
                        std::to_string(core_.in_use()) + " in use; " + std::to_string(core_.waiting()) + " waiting";
    if (is_connecting_) {
        details->message += "; one more is being made, for " +
                            std::to_string(duration_cast<milliseconds>(clock::now() - connecting_since_).count()) +
                            " ms so far";
    }
    if (core_.failures() > 0) {
        details->message += "; the last attempt to connect failed: " + last_connect_error_.message();
        const auto attempts = last_connect_error_.attempts();
        details->attempts.assign(attempts.begin(), attempts.end());
        details->detail = last_connect_error_.detail();
        details->hint = last_connect_error_.hint();
    }
    return error(std::move(details));
}

void pool_session::report(const slot& s) const {
    if (options_.hooks.on_leak) {
        borrower_report found;
        found.where = s.where;
        found.duration = duration_cast<milliseconds>(clock::now() - s.since);
        found.backend_pid = s.conn.backend_pid();
        options_.hooks.on_leak(found);
    }
}

void pool_session::count_usage(const slot& s, time_point now) noexcept { usage_ += now - s.since; }

void pool_session::look(borrower& b, time_point deadline) {
    b.expires = deadline;
    lookers_.push_back(&b);
    core_.look(clock::now());
    perform();
}

void pool_session::settle_lookers(time_point now) {
    const auto pending = std::exchange(lookers_, {});
    for (borrower* const b : pending) {
        if (core_.is_looking() && b->expires > now) {
            lookers_.push_back(b);
        } else {
            b->refused(core_.is_looking() ? error(errc::timed_out).with(error::nothing_sent) : error());
        }
    }
}

void pool_session::tell_acquired(std::chrono::nanoseconds waited, const error& failure) noexcept {
    if (is_watched_) {
        const acquire_event e{options_.name, waited, failure};
        observers()->each_of_pool([&](observer& o) { o.on_acquire(e); });
        tell_change();
    }
}

void pool_session::tell_lent(const slot& s, std::chrono::microseconds waited) {
    if (options_.hooks.on_acquire) {
        options_.hooks.on_acquire(s.conn);
    }
    tell_acquired(waited, {});
}

void pool_session::tell_released(const slot& s, time_point now) const {
    if (options_.hooks.on_release) {
        options_.hooks.on_release(s.conn);
    }
    if (is_watched_) {
        const release_event e{options_.name, now - s.since};
        observers()->each_of_pool([&](observer& o) { o.on_release(e); });
    }
}

void pool_session::tell_change() noexcept {
    if (is_watched_) {
        const auto max_size = std::max<std::size_t>(options_.max_size, 1);
        tell({core_.idle(), core_.in_use(), core_.waiting(), max_size,
              std::min(options_.max_idle.value_or(max_size), max_size)});
    }
}

void pool_session::tell(const pool_counts& now) noexcept {
    if (now != told_) {
        const pool_event e{options_.name, now, told_};
        observers()->each_of_pool([&](observer& o) { o.on_pool_change(e); });
        told_ = now;
    }
}

pool_health pool_session::health() const {
    pool_health h;
    h.is_closed = core_.is_closed();
    h.is_serving = core_.is_serving();
    h.size = core_.size();
    h.idle = core_.idle();
    h.in_use = core_.in_use();
    h.waiting = core_.waiting();
    h.failures = core_.failures();
    h.last_connect_error = last_connect_error_;
    if (const auto since = core_.waiting_since()) {
        h.longest_wait = duration_cast<milliseconds>(clock::now() - *since);
    }
    return h;
}

pool_statistics pool_session::statistics(bool pop) {
    pool_statistics s = counted_;
    s.pool_min = options_.min_size;
    s.pool_max = std::max<std::size_t>(options_.max_size, 1);
    s.pool_size = core_.size();
    s.pool_available = core_.idle();
    s.requests_waiting = core_.waiting();
    s.requests_wait_ms = in_milliseconds(s.wait.sum());
    s.usage_ms = in_milliseconds(usage_);
    s.connections_ms = in_milliseconds(connecting_time_);
    if (pop) {
        counted_ = {};
        usage_ = connecting_time_ = {};
    }
    return s;
}

} // namespace pgcoro::pooling

namespace pgcoro {

void duration_histogram::add(std::chrono::microseconds duration) noexcept {
    std::size_t i = 0;
    while (duration >= limit(i)) {
        ++i;
    }
    ++buckets_[i];
    ++count_;
    sum_ += duration;
}

std::chrono::microseconds duration_histogram::quantile(double share) const noexcept {
    if (count_ == 0) {
        return {};
    }
    const double wanted = std::clamp(share, 0.0, 1.0) * static_cast<double>(count_);
    std::uint64_t seen = 0;
    std::size_t i = 0;
    for (; i + 1 < bucket_count; ++i) {
        seen += buckets_[i];
        if (seen != 0 && static_cast<double>(seen) >= wanted) {
            break;
        }
    }
    return limit(i);
}

} // namespace pgcoro
