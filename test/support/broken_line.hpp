// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace pgcoro::test {

/// While one lives, each connection is reset after we have looked at its socket and before libpq does, as only chance brings it
/// about.
class broken_line {
public:
    broken_line() noexcept;
    broken_line(const broken_line&) = delete;
    broken_line& operator=(const broken_line&) = delete;
    ~broken_line();
};

} // namespace pgcoro::test
