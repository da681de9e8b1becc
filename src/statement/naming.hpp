// SPDX-License-Identifier: BSL-1.0
// Whether a session may prepare statements under names. It decides; the session asks the server.
#pragma once

#include <pgcoro/prepare_policy.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace pgcoro::wire {

/// What a pooler says of itself while a connection is being made. PgBouncer does since 1.26, in the parameters
/// "pgbouncer.pool_mode" and "pgbouncer.max_prepared_statements".
struct announced_pooler {
    /// A server session belongs to one client for as long as that stays.
    bool lends_sessions = false;
    /// It keeps each client's names apart and prepares again on whichever server session comes next.
    bool tracks_names = false;
};

/// What the two parameters mean; nothing if the first is empty.
std::optional<announced_pooler> read_announcement(std::string_view pool_mode, std::string_view max_prepared) noexcept;

/// A name is safe where the server session is our own. Behind a pooler in transaction mode the next statement may run in
/// another server session, which does not know the name, or has it from somebody else. Such a pooler invents the backend's
/// process id, so a server that reports another id than the connection was given is not ours alone.
class naming {
public:
    /// `behind_pooler`: the user says that there is one in transaction mode.
    naming(prepare_policy policy, std::optional<announced_pooler> pooler, bool behind_pooler = false) noexcept;

    /// Statements may have names. The one question on the path of every query.
    bool uses_names() const noexcept { return at_ == state::named; }
    /// The server has to be asked for its process id.
    bool must_ask() const noexcept { return at_ == state::unknown; }
    /// It is not known yet, and statements are unnamed for now.
    bool is_undecided() const noexcept { return at_ == state::unknown || at_ == state::asked; }
    /// The question is on its way, and an answer likely: what would be parsed again and again without a name may wait for it.
    bool is_worth_waiting() const noexcept { return at_ == state::asked && !was_refused_; }
    void asked() noexcept { at_ = state::asked; }
    void answered(bool session_is_ours) noexcept;
    /// In a transaction with settings of its own, what a statement means is not what it means elsewhere: none has a name.
    void suspend() noexcept;
    void resume() noexcept;
    /// The question failed. In a transaction that had failed before that means nothing: it is asked again later.
    void not_answered(bool ask_again) noexcept {
        at_ = ask_again ? state::unknown : state::unnamed;
        was_refused_ = true;
    }

    /// A name was taken, or gone, and not by what this session did. After a few of these there are no more names.
    void surprised() noexcept;

    /// A pooler is in between that may answer a name with a plan of its own: preparing anew does not help against a stale one.
    bool is_shared() const noexcept { return shared_; }

private:
    enum class state : std::uint8_t { unknown, asked, named, suspended, unnamed };
    state at_ = state::unknown;
    bool shared_ = false;
    bool insists_ = false;
    bool was_refused_ = false;
    bool is_suspended_ = false;
    unsigned surprises_ = 0;
};

} // namespace pgcoro::wire
