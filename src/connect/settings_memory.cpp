// SPDX-License-Identifier: BSL-1.0
#include "connect/settings_memory.hpp"

#include <pgcoro/detail/statement_text.hpp>

#include <unistd.h>

#include <string_view>
#include <utility>

namespace pgcoro::wire {
namespace {

/// Of all variables that libpq looks at to find settings. A fingerprint, for one of them may be a password.
std::uint64_t look_at_environment() noexcept {
    std::uint64_t all = ::geteuid(); // whose name is the default, and whose folder the home
    for (const char* const* variable = environ; variable && *variable; ++variable) {
        if (const std::string_view text = *variable; text.starts_with("PG") || text.starts_with("HOME=")) {
            all = (all ^ detail::fingerprint_of(text)) * 0x9e3779b97f4a7c15;
        }
    }
    return all;
}

} // namespace

result<std::shared_ptr<const connect_settings>> settings_memory::settings_of(const connect_config& config) {
    const std::uint64_t environment = look_at_environment();
    {
        const std::lock_guard lock(mutex_);
        if (known_ && environment_ == environment && known_->plan.login_hint == passfile_problem(known_->passfile)) {
            return known_;
        }
    }
    BOOST_OUTCOME_TRY(auto found, look_up_settings(config));
    auto settings = std::make_shared<const connect_settings>(std::move(found));
    const std::lock_guard lock(mutex_);
    known_ = settings->is_from_service ? nullptr : settings;
    environment_ = environment;
    return settings;
}

} // namespace pgcoro::wire
