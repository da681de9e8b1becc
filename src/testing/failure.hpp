// SPDX-License-Identifier: BSL-1.0
// The errors the test kit makes.
#pragma once

#include <pgcoro/error.hpp>

#include <boost/system/system_category.hpp>

#include <string>

namespace pgcoro::testing {

inline error unavailable(std::string message) { return {errc::server_unavailable, std::move(message)}; }

inline error system_failure(int number, const std::string& what) {
    const boost::system::error_code code(number, boost::system::system_category());
    return {code, what + ": " + code.message()};
}

} // namespace pgcoro::testing
