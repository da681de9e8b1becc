// SPDX-License-Identifier: BSL-1.0
// What cannot work behind a pooler in transaction mode, where the session changes with each transaction.
#pragma once

#include <pgcoro/error.hpp>

#include <string_view>

namespace pgcoro::detail {
class request;
}

namespace pgcoro::pooling {

/// The word by which a statement means to change its session for longer than a transaction; empty if none does. BEGIN, cursors
/// and SET LOCAL are a transaction's own. As far as can be told by the text: see <pgcoro/detail/session_effect.hpp>.
std::string_view lasting_word(std::string_view sql) noexcept;

/// Why a request cannot be sent through a pooler in transaction mode, on a borrowed connection or `alone`.
error refused_by_pooler(const detail::request& r, bool alone);

} // namespace pgcoro::pooling
