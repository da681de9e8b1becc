// SPDX-License-Identifier: BSL-1.0
// What metrics and spans call an error: `error.type`.
#pragma once

#include <pgcoro/errc.hpp>

#include <string>
#include <string_view>

namespace pgcoro {
class error;
}

namespace pgcoro::detail {

/// The name of the enumerator.
std::string_view name_of(errc e) noexcept;

/// The SQLSTATE of an error of the server; the enumerator's name of an `errc`; else the category and number of the
/// error code, such as "system:111".
std::string error_type(const error& e);

} // namespace pgcoro::detail
