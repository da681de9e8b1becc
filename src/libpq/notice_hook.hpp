// SPDX-License-Identifier: BSL-1.0
// Where libpq delivers notices: to the user's function, never to stderr. Remembers a FATAL one, for that ends the session.
#pragma once

#include <pgcoro/notice.hpp>

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <optional>

namespace pgcoro::wire {

/// Must outlive the PGconn it is attached to and every PGresult of it: results copy the pointer.
class notice_hook {
public:
    explicit notice_hook(std::function<void(const notice&)> on_notice);
    notice_hook(const notice_hook&) = delete;
    notice_hook& operator=(const notice_hook&) = delete;

    void attach(PGconn* connection) noexcept;

    /// The first FATAL or PANIC the server sent while nothing was being asked of it: libpq calls that a notice too.
    const std::optional<error>& fatal() const noexcept { return fatal_; }
    /// How many there were.
    unsigned received() const noexcept { return received_; }
    /// libpq has said something of its own. It does when it throws away answers that it expected no more, as it may after a
    /// write failed: then a FATAL among them is not about the statement whose answer was read last.
    bool has_lost_answers() const noexcept { return has_lost_answers_; }

private:
    static void receive(void* self, const PGresult* result) noexcept;
    void receive(const PGresult* result);

    std::function<void(const notice&)> on_notice_;
    std::optional<error> fatal_;
    bool has_lost_answers_ = false;
    unsigned received_ = 0;
};

} // namespace pgcoro::wire
