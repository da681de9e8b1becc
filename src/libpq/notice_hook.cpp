// SPDX-License-Identifier: BSL-1.0
#include "libpq/notice_hook.hpp"

#include "libpq/server_error.hpp"

namespace pgcoro::wire {

notice_hook::notice_hook(std::function<void(const notice&)> on_notice) : on_notice_(std::move(on_notice)) {}

void notice_hook::attach(PGconn* connection) noexcept { PQsetNoticeReceiver(connection, &notice_hook::receive, this); }

void notice_hook::receive(void* self, const PGresult* result) noexcept {
    try {
        static_cast<notice_hook*>(self)->receive(result);
    } catch (...) {
        // libpq's C frames are between the user's function and us: nothing may be thrown through them.
    }
}

void notice_hook::receive(const PGresult* result) {
    ++received_;
    const notice n = server_error(result);
    const auto severity = n.severity();
    if (!fatal_ && (severity == "FATAL" || severity == "PANIC")) {
        fatal_ = n;
    }
    has_lost_answers_ = has_lost_answers_ || n == errc::connection_lost; // that is, without a SQLSTATE
    if (on_notice_) {
        on_notice_(n);
    }
}

} // namespace pgcoro::wire
