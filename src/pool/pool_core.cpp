// SPDX-License-Identifier: BSL-1.0
#include "pool/pool_core.hpp"

#include <pgcoro/detail/saturating.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace pgcoro::pooling {
namespace {

backoff_options endless(backoff_options options) noexcept {
    options.attempts = std::numeric_limits<int>::max();
    options.budget.reset();
    return options;
}

} // namespace

template <class Condition>
void pool_core::close_idle_if(Condition condition) {
    for (auto at = idle_.begin(); at != idle_.end();) {
        member& m = *at++;
        if (condition(m)) {
            idle_.erase(idle_.iterator_to(m));
            forget(m);
        }
    }
}

pool_core::pool_core(const pool_options& options)
    : min_size_(std::min(options.min_size, std::max<std::size_t>(options.max_size, 1))),
      max_size_(std::max<std::size_t>(options.max_size, 1)),
      max_idle_(std::max(options.max_idle.value_or(max_size_), min_size_)),
      options_(options),
      retry_(endless(options.retry)) {}

void pool_core::start(time_point now) {
    started_ = true;
    settle(now);
}

member* pool_core::take(time_point now) {
    if (idle_.empty() || !waiting_.empty()) {
        return nullptr;
    }
    member& m = idle_.front();
    if (care_for(m, now) != care::none || is_retired(m, now)) {
        return nullptr;
    }
    idle_.pop_front();
    mark_lent(m, now);
    return &m;
}

void pool_core::ask(waiter& w, time_point now) {
    started_ = true;
    w.since = now;
    if (closed_) {
        actions_.push_back({.what = kind::refuse, .who = &w, .why = refusal::closed});
        return;
    }
    waiting_.push_back(w);
    serve(now);
    // Only who really has to wait is too many.
    if (w.is_linked() && waiting_.size() > options_.max_waiting) {
        waiting_.erase(waiting_.iterator_to(w));
        actions_.push_back({.what = kind::refuse, .who = &w, .why = refusal::too_many});
        return;
    }
    if (w.is_linked()) {
        wake_at(w.expires);
    }
    grow(now);
}

bool pool_core::withdraw(waiter& w) noexcept {
    if (!w.is_linked()) {
        return false;
    }
    waiting_.erase(waiting_.iterator_to(w));
    return true;
}

void pool_core::connected(member& m, time_point now, double random) {
    connecting_ = has_lost_ = is_curious_ = false;
    failures_ = 0;
    next_attempt_ = time_point::min();
    ++members_;
    m.generation = generation_;
    if (options_.max_lifetime.count() > 0) {
        const double kept = 1.0 - std::clamp(options_.lifetime_jitter, 0.0, 1.0) * random;
        m.retires = now + std::chrono::duration_cast<clock::duration>(options_.max_lifetime * kept);
    }
    ready(m, now);
    settle(now);
}

void pool_core::connect_failed(bool permanent, time_point now, double random) {
    connecting_ = is_curious_ = false;
    ++failures_;
    next_attempt_ = detail::after(now, retry_.delay_before(failures_, random).value_or(options_.retry.maximum));
    if (permanent && members_ == 0) {
        refuse_all(refusal::cannot_connect);
    }
    settle(now);
}

void pool_core::checked(member& m, bool works, time_point now) {
    end_check(m);
    has_lost_ = !works;
    if (works) {
        ready(m, now);
    } else {
        // Whatever ended this one has most likely ended all that are as old: nobody else is to find out by an error.
        m.at = member::state::none;
        if (m.generation == generation_) {
            ++generation_;
        }
        forget(m);
        close_idle_if([this](const member& other) { return other.generation != generation_; });
    }
    settle(now);
}

void pool_core::turned(member& m, time_point now) {
    suspected_ = now;
    has_lost_ = true;
    if (m.at == member::state::checking) {
        end_check(m);
    }
    discard(m, now);
}

void pool_core::look(time_point now) {
    if (closed_) {
        return;
    }
    if (!idle_.empty()) {
        member& m = idle_.front();
        idle_.pop_front();
        const bool was_just_used = care_for(m, now) == care::none;
        m.looked_at = true;
        ++looking_;
        check(m, was_just_used ? care::probe : care::ping);
    } else if (members_ == 0 && is_doubtful()) {
        is_curious_ = true;
        grow(now);
    }
}

void pool_core::end_check(member& m) noexcept {
    --checking_;
    looking_ -= m.looked_at ? 1 : 0;
}

void pool_core::give_back(member& m, time_point now) {
    has_lost_ = false;
    leave(m);
    ready(m, now);
    settle(now);
}

void pool_core::clean(member& m) noexcept {
    leave(m);
    m.at = member::state::cleaning;
    ++cleaning_;
}

void pool_core::discard(member& m, time_point now) {
    leave(m);
    forget(m);
    settle(now);
}

void pool_core::lost(member& m, time_point now) {
    distrusted_ = now;
    has_lost_ = true;
    discard(m, now);
}

void pool_core::tick(time_point now) {
    wake_ = time_point::max();
    for (auto w = waiting_.begin(); w != waiting_.end();) {
        if (w->expires <= now) {
            actions_.push_back({.what = kind::refuse, .who = &*w, .why = refusal::timed_out});
            w = waiting_.erase(w);
        } else {
            wake_at(w++->expires);
        }
    }
    close_idle_if([&](const member& m) { return is_retired(m, now); });
    for (const bool ends = options_.idle_timeout.count() > 0; ends && !idle_.empty() && members_ > min_size_;) {
        if (now - idle_.back().since < options_.idle_timeout) {
            wake_at(idle_.back().since + options_.idle_timeout);
            break;
        }
        member& coldest = idle_.back();
        idle_.pop_back();
        forget(coldest);
    }
    for (const member& m : idle_) {
        wake_at(m.retires);
    }
    for (member& m : lent_) {
        if (options_.leak_after.count() == 0 || now - m.since < options_.leak_after) {
            if (options_.leak_after.count() != 0) {
                wake_at(m.since + options_.leak_after);
            }
            break; // those behind it were lent later
        }
        if (!std::exchange(m.reported, true)) {
            actions_.push_back({.what = kind::report, .which = &m});
        }
    }
    settle(now);
}

void pool_core::drain(time_point now) {
    ++generation_;
    close_idle_if([](const member&) { return true; });
    settle(now);
}

void pool_core::close(time_point now) {
    closed_ = true;
    refuse_all(refusal::closed);
    drain(now);
}

std::optional<pool_core::action> pool_core::next() {
    if (next_action_ == actions_.size()) {
        actions_.clear();
        next_action_ = 0;
        return std::nullopt;
    }
    return actions_[next_action_++];
}

void pool_core::settle(time_point now) {
    serve(now);
    grow(now);
}

/// Those who wait get what is idle, in their order. Checks under way are for them too: whoever is first then gets it.
void pool_core::serve(time_point now) {
    while (!waiting_.empty() && !idle_.empty()) {
        member& m = idle_.front();
        const care how = care_for(m, now);
        if (is_retired(m, now)) {
            idle_.pop_front();
            forget(m);
        } else if (how == care::none) {
            idle_.pop_front();
            waiter& w = waiting_.front();
            waiting_.pop_front();
            lend(m, w, now);
        } else if (checking_ < waiting_.size()) {
            idle_.pop_front();
            check(m, how);
        } else {
            return;
        }
    }
}

void pool_core::grow(time_point now) {
    if (!wants_another()) {
        return;
    }
    if (now < next_attempt_) {
        wake_at(next_attempt_);
        return;
    }
    connecting_ = true;
    actions_.push_back({.what = kind::connect});
}

/// One that is being checked or cleaned will be there sooner than a new one.
bool pool_core::wants_another() const noexcept {
    return !closed_ && !connecting_ && members_ < max_size_ &&
           (waiting_.size() > checking_ + cleaning_ || (started_ && members_ < min_size_) || (is_curious_ && members_ == 0));
}

/// `m` works and nobody has it.
void pool_core::ready(member& m, time_point now) {
    m.at = member::state::none;
    const bool was_looked_at = std::exchange(m.looked_at, false);
    if (is_retired(m, now)) {
        forget(m);
    } else if (!waiting_.empty()) {
        waiter& w = waiting_.front();
        waiting_.pop_front();
        lend(m, w, now);
    } else if (idle_.size() >= max_idle_) {
        forget(m);
    } else {
        m.at = member::state::idle;
        m.since = was_looked_at && m.since > std::max(distrusted_, suspected_) ? m.since : now; // it goes on being idle
        idle_.push_front(m);
        wake_at(m.retires);
        if (options_.idle_timeout.count() > 0 && members_ > min_size_) {
            wake_at(now + options_.idle_timeout);
        }
    }
}

void pool_core::lend(member& m, waiter& w, time_point now) {
    mark_lent(m, now);
    actions_.push_back({.what = kind::lend, .which = &m, .who = &w});
}

void pool_core::mark_lent(member& m, time_point now) {
    m.at = member::state::lent;
    m.since = now;
    m.reported = false;
    ++m.uses;
    lent_.push_back(m);
    if (options_.leak_after.count() != 0) {
        wake_at(now + options_.leak_after);
    }
}

void pool_core::check(member& m, care how) {
    m.at = member::state::checking;
    ++checking_;
    actions_.push_back({.what = how == care::ping ? kind::ping : kind::probe, .which = &m});
}

/// `m` is no longer lent or cleaned.
void pool_core::leave(member& m) {
    if (m.at == member::state::lent) {
        lent_.erase(lent_.iterator_to(m));
    } else if (m.at == member::state::cleaning) {
        --cleaning_;
    }
    m.at = member::state::none;
}

void pool_core::forget(member& m) {
    m.at = member::state::none;
    --members_;
    actions_.push_back({.what = kind::close, .which = &m});
}

void pool_core::refuse_all(refusal why) {
    while (!waiting_.empty()) {
        waiter& w = waiting_.front();
        waiting_.pop_front();
        actions_.push_back({.what = kind::refuse, .who = &w, .why = why});
    }
}

pool_core::care pool_core::care_for(const member& m, time_point now) const noexcept {
    const auto rested = now - m.since;
    if (m.since <= suspected_) {
        return care::ping;
    }
    if (rested < options_.trust_for && m.since > distrusted_) {
        return care::none;
    }
    return rested >= options_.validate_after ? care::ping : care::probe;
}

bool pool_core::is_retired(const member& m, time_point now) const noexcept {
    return closed_ || m.generation != generation_ || now >= m.retires ||
           (options_.max_uses != 0 && m.uses >= options_.max_uses);
}

} // namespace pgcoro::pooling
