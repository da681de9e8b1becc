// SPDX-License-Identifier: BSL-1.0
// Files that are part of the program: CMake puts them into embedded_page.cpp.
#pragma once

#include <string_view>

namespace data_sync::embedded {

extern const std::string_view sync_html;
extern const std::string_view sync_css;
extern const std::string_view sync_js;

} // namespace data_sync::embedded
