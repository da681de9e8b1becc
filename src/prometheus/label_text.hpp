// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace pgcoro::prometheus {

/// The text as the value of a label: one invalid byte would make Prometheus refuse everything. Control characters, and in text
/// that is not UTF-8 all bytes beyond ASCII, become question marks.
std::string label_text(std::string_view text);

} // namespace pgcoro::prometheus
