// SPDX-License-Identifier: BSL-1.0
#include "connect/endpoint_plan.hpp"

#include <pgcoro/detail/error_details.hpp>

#include <algorithm>

namespace pgcoro::wire {
namespace {

// With retries for hours, the last ones say enough.
constexpr std::size_t most_failures = 100;

std::string text_of(const connect_attempt& a) {
    std::string text = a.host.empty() ? a.address.empty() ? "the default socket" : a.address : a.host;
    if (!a.address.empty() && a.address != text) {
        text += " (" + a.address + ")";
    }
    return text + " port " + std::to_string(a.port) + ": " + a.reason.message();
}

bool is_failed_login(const error& why) noexcept {
    return why == sqlstate::invalid_password || why == sqlstate::invalid_authorization_specification ||
           why == errc::authentication_failed;
}

} // namespace

bool is_permanent(const error& why) noexcept {
    using enum sqlstate;
    const auto state = why.sqlstate();
    return state == invalid_password || state == invalid_authorization_specification || state == invalid_catalog_name ||
           state == insufficient_privilege || why == errc::invalid_configuration || why == errc::not_supported_by_libpq ||
           why == errc::certificate_pin_mismatch || why == errc::certificate_invalid || why == errc::tls_unavailable ||
           why == errc::tls_failed || why == errc::authentication_failed;
}

endpoint_plan::endpoint_plan(std::vector<server> servers, const options& how, std::function<double()> random)
    : servers_(std::move(servers)), options_(how), random_(std::move(random)) {
    shuffle(servers_);
}

template <class T>
void endpoint_plan::shuffle(std::vector<T>& items) {
    for (std::size_t left = items.size(); options_.shuffle && left > 1; --left) {
        const auto drawn = static_cast<std::size_t>(random_() * static_cast<double>(left));
        std::swap(items[left - 1], items[std::min(drawn, left - 1)]);
    }
}

endpoint_plan::action endpoint_plan::next() {
    const auto first_choice = options_.wanted == session_attrs::prefer_standby ? session_attrs::standby : options_.wanted;
    while (pending_.empty() && next_server_ < servers_.size()) {
        const auto& s = servers_[next_server_++];
        const bool is_socket = s.host.empty() || s.host.front() == '/' || s.host.front() == '@';
        if (s.address.empty() && !is_socket) {
            current_ = attempt{s, first_choice};
            return look_up{s.host};
        }
        pending_.push_back({s, first_choice});
    }
    if (pending_.empty()) {
        pending_.assign(second_choice_.begin(), second_choice_.end());
        second_choice_.clear();
    }
    if (pending_.empty()) {
        return end_round();
    }
    current_ = std::move(pending_.front());
    pending_.pop_front();
    return *current_;
}

endpoint_plan::action endpoint_plan::resolved(std::vector<std::string> addresses) {
    shuffle(addresses);
    for (auto& address : addresses) {
        pending_.push_back(*current_);
        pending_.back().where.address = std::move(address);
    }
    current_.reset();
    return next();
}

endpoint_plan::action endpoint_plan::failed(const error& why) {
    record(why);
    const auto tried = std::exchange(current_, std::nullopt);
    if (is_permanent(why)) {
        return give_up{with_attempts(why, why.message())};
    }
    if (why == errc::no_matching_server && options_.wanted == session_attrs::prefer_standby) {
        second_choice_.push_back({tried->where, session_attrs::any});
    }
    return next();
}

endpoint_plan::action endpoint_plan::end_round() {
    ++round_;
    const auto delay = options_.retry ? backoff(*options_.retry).delay_before(round_, random_()) : std::nullopt;
    return delay ? action(pause{*delay}) : action(give_up{nobody_left()});
}

endpoint_plan::action endpoint_plan::paused() {
    next_server_ = 0;
    round_began_ = failures_.size();
    return next();
}

void endpoint_plan::record(const error& why) {
    if (failures_.size() == most_failures) {
        failures_.erase(failures_.begin());
        round_began_ -= round_began_ > 0 ? 1 : 0;
    }
    failures_.push_back({current_->where.host, current_->where.address, current_->where.port, why});
}

error endpoint_plan::ended_by(const error& why) {
    if (current_) {
        record(why);
    }
    return with_attempts(why, why.message());
}

error endpoint_plan::nobody_left() const {
    const auto last_round = std::span(failures_).subspan(round_began_);
    const auto& first = last_round.front();
    if (last_round.size() == 1) {
        return with_attempts(first.reason, text_of(first));
    }
    const bool alike = std::ranges::all_of(last_round, [&](const auto& a) { return a.reason == first.reason.code(); });
    std::string message = error(errc::connect_failed).message();
    for (const auto& a : last_round) {
        message.append(&a == &first ? ": " : "; ").append(text_of(a));
    }
    return with_attempts(alike ? first.reason : error(errc::connect_failed), std::move(message));
}

error endpoint_plan::with_attempts(const error& why, std::string message) const {
    auto* details = new detail::error_details;
    const boost::intrusive_ptr<const detail::error_details> owner(details);
    details->code = why.code();
    details->message = std::move(message);
    details->severity = why.severity();
    details->detail = why.detail();
    details->hint = why.hint().empty() && is_failed_login(why) ? options_.login_hint : why.hint();
    details->attempts = failures_;
    return error(owner).with(error::nothing_sent);
}

} // namespace pgcoro::wire
