// SPDX-License-Identifier: BSL-1.0
#include "connect/challenge_watch.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace pgcoro::wire {
namespace {

using verdict = challenge_watch::verdict;
using action = challenge_watch::verdict::action;

constexpr std::size_t header_size = 5;          // the type, and the length, which counts itself
constexpr std::uint32_t longest_request = 2000; // libpq takes no longer one
constexpr std::uint32_t longest_error = 30'000;

enum request_kind : std::uint32_t { ok = 0, sasl_continue = 11, sasl_final = 12 };

std::uint32_t number_at(std::string_view bytes, std::size_t at) noexcept {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(at, 4)) {
        value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
}

/// The third attribute of "r=nonce,s=salt,i=4096"; empty if there is none.
std::string_view iterations_in(std::string_view challenge) noexcept {
    for (int attribute = 0; attribute < 2; ++attribute) {
        const auto comma = challenge.find(',');
        challenge = comma == challenge.npos ? std::string_view() : challenge.substr(comma + 1);
    }
    challenge = challenge.substr(0, challenge.find(','));
    return challenge.starts_with("i=") ? challenge.substr(2) : std::string_view();
}

} // namespace

verdict challenge_watch::garbage() const {
    if (is_first_) {
        return {};
    }
    return {
        action::refuse, 0, {errc::connection_lost, "the server's response is not a PostgreSQL message, or arrived too early"}};
}

verdict challenge_watch::examine(std::string_view bytes) {
    if (bytes.empty() || most_ == 0) {
        return {};
    }
    const char type = bytes.front();
    const bool is_request = type == 'R' || type == 'v'; // 'v': the version of the protocol is negotiated
    if (!is_request && type != 'E') {
        return garbage();
    }
    if (bytes.size() < header_size) {
        return {action::wait, header_size, {}};
    }
    const auto length = number_at(bytes, 1);
    if (length < 8 || length > (is_request ? longest_request : longest_error)) {
        return garbage();
    }
    if (type == 'E') {
        return {}; // libpq goes no further
    }
    if (bytes.size() < length + 1) {
        return {action::wait, length + 1, {}};
    }
    const auto rest = bytes.substr(length + 1);
    verdict v = type == 'R' ? examine_request(bytes.substr(header_size, length - 4)) : verdict();
    const bool is_last = type == 'R' && (number_at(bytes, header_size) == ok || number_at(bytes, header_size) == sasl_final);
    is_first_ = false;
    if (v.what == action::go_on && !is_last && !rest.empty()) {
        return type == 'v' ? examine(rest) : garbage();
    }
    return v;
}

verdict challenge_watch::examine_request(std::string_view body) const {
    const auto kind = number_at(body, 0);
    // libpq does not look which of the two it is before it calculates.
    const auto digits = kind == sasl_continue || kind == sasl_final ? iterations_in(body.substr(4)) : std::string_view();
    if (digits.empty()) {
        return {};
    }
    std::uint32_t iterations = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), iterations);
    if (failure == std::errc() && end == digits.data() + digits.size() && iterations <= most_) {
        return {};
    }
    return {action::refuse,
            0,
            {errc::authentication_failed, "the server asked for more than " + std::to_string(most_) +
                                              " SCRAM iterations; see connect_config::scram_iterations_limit"}};
}

} // namespace pgcoro::wire
