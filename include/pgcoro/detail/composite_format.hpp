// SPDX-License-Identifier: BSL-1.0
// The binary format of composite values: the number of fields, then each one's type, length and bytes.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <cstdint>

namespace pgcoro::detail {

/// Takes a composite value apart, and reads no byte that is not there.
class composite_reader {
public:
    explicit composite_reader(value_bytes bytes) noexcept : rest_(bytes) {}

    /// Reads the header. `errc::malformed_value`, or `errc::attribute_mismatch` if there are not `fields` fields.
    errc open(std::size_t fields) noexcept;

    struct field {
        oid_number type = oids::unspecified;
        bool is_null = false;
        value_bytes bytes;
    };

    /// False if the next field is not all there.
    bool next(field& out) noexcept;

    bool at_end() const noexcept { return rest_.empty(); }

private:
    bool take(std::uint32_t& number) noexcept;

    value_bytes rest_;
};

} // namespace pgcoro::detail
