// SPDX-License-Identifier: BSL-1.0
// PostgreSQL's hash of a text, so that server and program compute the same checksums.
#pragma once

#include <cstdint>
#include <string_view>

namespace migrate {

/// What hashtextextended(text, seed) gives at a server with little-endian integers, with a deterministic collation. Hash
/// partitions are built on it, so it stays the same from version to version.
std::int64_t text_hash(std::string_view text, std::uint64_t seed) noexcept;

} // namespace migrate
