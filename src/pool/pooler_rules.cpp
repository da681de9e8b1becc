// SPDX-License-Identifier: BSL-1.0
#include "pool/pooler_rules.hpp"

#include <pgcoro/detail/request.hpp>
#include <pgcoro/detail/session_effect.hpp>

#include <cstddef>
#include <string>

namespace pgcoro::pooling {
namespace {

using detail::is_word;

/// What a multiplexer would refuse, and the words by which some of it is a transaction's own after all.
class transaction_watch {
public:
    constexpr void see(std::string_view word) noexcept {
        session_.see(word);
        if (++words_ == 2) {
            second_ = word;
        }
        if (is_word(word, "hold")) {
            hold_ = word;
        }
    }

    /// The word that means a change for longer than a transaction; empty if there is none.
    constexpr std::string_view lasting() const noexcept {
        const auto word = session_.found();
        if (word.empty() || detail::is_transaction_command(word) || is_word(word, "close", "copy", "fetch", "lock", "move") ||
            (is_word(word, "set") && is_word(second_, "local", "transaction", "constraints"))) {
            return {};
        }
        return is_word(word, "declare") ? hold_ : word; // a cursor WITH HOLD outlives its transaction
    }

private:
    detail::session_watch session_;
    std::size_t words_ = 0;
    std::string_view second_;
    std::string_view hold_;
};

} // namespace

std::string_view lasting_word(std::string_view sql) noexcept {
    transaction_watch watch;
    detail::scan_placeholders(sql, watch);
    return watch.lasting();
}

error refused_by_pooler(const detail::request& r, bool alone) {
    for (std::size_t step = 0, steps = r.steps(); step < steps; ++step) {
        const auto& text = r.text(step);
        if (text.is_stateless()) {
            continue;
        }
        if (const auto word = alone ? detail::session_word(text.view()) : lasting_word(text.view()); !word.empty()) {
            return error(errc::not_multiplexable, "behind a pooler in transaction mode nothing lasts that \"" +
                                                      std::string(word) + "\" does to the session")
                .with(error::nothing_sent);
        }
    }
    return {};
}

} // namespace pgcoro::pooling
