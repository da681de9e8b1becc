// SPDX-License-Identifier: BSL-1.0
// Decimal numbers as PostgreSQL prints them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migrate::sqlite {

/// "+007.50" gives "7.50", and with scale 3 "7.500". Nothing if it is no plain decimal number, or has more digits than
/// `precision` and `scale` allow (-1: any number).
std::optional<std::string> decimal_text(std::string_view number, int precision, int scale);

} // namespace migrate::sqlite
