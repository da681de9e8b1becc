// SPDX-License-Identifier: BSL-1.0
// The ways in which a synchronization fails that are neither the server's nor the system's.
#pragma once

#include <pgcoro/error.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace data_sync {

enum class failure {
    not_ready = 1,  ///< what the servers have does not fit: nothing was begun
    busy,           ///< another pgcoro-sync serves this target
    interrupted,    ///< the stream was interrupted inside of a transaction: it comes again
    conflict,       ///< a change does not fit the rows of the target
    schema_changed, ///< a table of the source is no longer as that of the target
    too_far_behind, ///< the target lagged behind more than --max-lag, and its slot was dropped
    log_lost,       ///< the source no longer has the log that the target needs
};

boost::system::error_code make_error_code(failure f) noexcept;

inline pgcoro::error fail(failure f, std::string message) { return pgcoro::error(make_error_code(f), std::move(message)); }

inline bool is(const pgcoro::error& e, failure f) noexcept { return e.code() == make_error_code(f); }

/// Several reasons in one message.
std::string join(const std::vector<std::string>& reasons);

/// On one line, with what the server adds and people need. Without values of parameters.
std::string explain(const pgcoro::error& why);

} // namespace data_sync

template <>
struct boost::system::is_error_code_enum<data_sync::failure> : std::true_type {};
