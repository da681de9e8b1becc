// SPDX-License-Identifier: BSL-1.0
// The binary format of composite values: the number of fields, then each one's type, length and bytes.
#pragma once

#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

// For messages.

/// "shop.address has 3 attributes (street varchar, number int4, floor int4), address has 2".
void describe_attribute_count(oid_number type, value_bytes bytes, std::string_view cpp_name, std::size_t members,
                              const type_catalogue& types, std::string& out);
/// "attribute 2 (number) of shop.address is int8, which std::string cannot hold". `index` counts from 0.
void describe_wrong_attribute(oid_number composite, std::size_t index, oid_number type, std::string_view cpp_name,
                              const type_catalogue& types, std::string& out);
/// "(street varchar, number int4)", as far as is known.
std::string describe_attributes(const user_type& composite, const type_catalogue& types);

} // namespace pgcoro::detail
