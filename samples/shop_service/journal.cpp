// SPDX-License-Identifier: BSL-1.0
#include "journal.hpp"

#include <algorithm>
#include <iostream>
#include <new>

namespace shop {

void error_journal::add(logged_error error) {
    const std::lock_guard lock(mutex_);
    std::cerr << "shop_service: " + error.route + ": " + std::to_string(error.status) + ": " + error.what + '\n';
    errors_.push_front(std::move(error));
    if (errors_.size() > most) {
        errors_.pop_back();
    }
}

std::vector<logged_error> error_journal::last() const {
    const std::lock_guard lock(mutex_);
    return {errors_.begin(), errors_.end()};
}

void slow_statements::on_statement_end(const pgcoro::statement_event& e) noexcept {
    const auto duration = e.total() - e.waited(); // a wait for a connection is not the statement's fault
    if (duration < threshold_ || e.statements() == 0) {
        return;
    }
    try {
        add(e, duration);
    } catch (const std::bad_alloc&) {
        // The page does without it.
    }
}

void slow_statements::add(const pgcoro::statement_event& e, std::chrono::nanoseconds duration) {
    const auto name = e.name().empty() ? pgcoro::to_string(e.kind()) : e.name();
    const double took = std::chrono::duration<double, std::milli>(duration).count();
    const std::lock_guard lock(mutex_);
    auto known = std::ranges::find(entries_, e.fingerprint(), &slow_statement::fingerprint);
    if (known == entries_.end()) {
        known = entries_.insert(known, {std::string(name), std::string(e.sql()), e.fingerprint(), 0});
    }
    known->milliseconds = std::max(known->milliseconds, took);
    std::ranges::sort(entries_, std::greater{}, &slow_statement::milliseconds);
    if (entries_.size() > most) {
        entries_.pop_back();
    }
}

std::vector<slow_statement> slow_statements::list() const {
    const std::lock_guard lock(mutex_);
    return entries_;
}

} // namespace shop
