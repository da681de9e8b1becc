// SPDX-License-Identifier: BSL-1.0
// Files that are part of the program: CMake puts them into embedded.cpp.
#pragma once

#include <string_view>

namespace shop::embedded {

extern const std::string_view index_html;
extern const std::string_view style_css;
extern const std::string_view page_js;
extern const std::string_view schema_sql;

} // namespace shop::embedded
