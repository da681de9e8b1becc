// SPDX-License-Identifier: BSL-1.0
// What a statement may leave behind in its session, as far as its text tells.
#pragma once

#include <pgcoro/detail/statement_text.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace pgcoro::pooling {

enum class traces : unsigned char {
    none,
    /// Settings, channels, cursors, locks, temporary tables.
    settings,
    /// Statements prepared in SQL: only DISCARD ALL, or their names, would find them.
    statements,
};

/// Errs on the side of finding some: one too many costs a round trip, one too few gives the next caller settings of another.
/// What a function does inside is not seen, nor a name in quotes.
traces traces_of(std::string_view sql) noexcept;
/// What all statements of a script leave.
traces traces_of_script(std::string_view script) noexcept;

/// The same, which remembers static texts without traces: most statements are among the few that come again and again.
class trace_finder {
public:
    traces traces_of(const detail::statement_text& text) noexcept {
        if (!text.is_static()) {
            return pooling::traces_of(text.view());
        }
        std::uint64_t& seen = clean_[text.fingerprint() % clean_.size()];
        if (seen == text.fingerprint()) {
            return traces::none;
        }
        const traces found = pooling::traces_of(text.view());
        if (found == traces::none) {
            seen = text.fingerprint();
        }
        return found;
    }

private:
    std::array<std::uint64_t, 64> clean_{};
};

} // namespace pgcoro::pooling
