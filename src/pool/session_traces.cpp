// SPDX-License-Identifier: BSL-1.0
#include "pool/session_traces.hpp"

#include <pgcoro/detail/session_effect.hpp>

namespace pgcoro::pooling {
namespace {

using detail::begins_with_word;
using detail::is_word;

/// What a multiplexer would refuse, and besides what may change the session unseen: code that commits, connections of dblink.
class traces_watch {
public:
    constexpr void see(std::string_view word) noexcept {
        session_.see(word);
        const bool runs_code = is_first_ && is_word(word, "call", "do");
        is_first_ = false;
        opaque_ = opaque_ || runs_code || begins_with_word(word, "dblink_connect");
    }

    constexpr bool is_opaque() const noexcept { return opaque_; }
    constexpr std::string_view found() const noexcept { return session_.found(); }

private:
    detail::session_watch session_;
    bool is_first_ = true;
    bool opaque_ = false;
};

/// An open transaction is told by the server, and a cursor without HOLD ends with it.
bool ends_with_transaction(std::string_view word) noexcept {
    return detail::is_transaction_command(word) || is_word(word, "close", "copy", "execute", "fetch", "lock", "move");
}

} // namespace

traces traces_of(std::string_view sql) noexcept {
    traces_watch watch;
    detail::scan_placeholders(sql, watch);
    const auto word = watch.found();
    if (!word.empty() && is_word(word, "deallocate", "discard", "prepare")) {
        return traces::statements;
    }
    const bool changes = !word.empty() && !ends_with_transaction(word);
    return changes || watch.is_opaque() ? traces::settings : traces::none;
}

} // namespace pgcoro::pooling
