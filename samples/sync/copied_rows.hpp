// SPDX-License-Identifier: BSL-1.0
// Rows as COPY in the binary format takes them, made of values as they came from the source.
#pragma once

#include "pending_changes.hpp"

#include <string>

namespace data_sync {

/// The whole file: header, rows and end.
std::string copied_rows(const pending_changes::group& inserts);

} // namespace data_sync
