// SPDX-License-Identifier: BSL-1.0
// uuid as boost::uuids::uuid.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <boost/uuid/uuid.hpp>

#include <cstddef>
#include <cstring>

namespace pgcoro {

template <>
struct pg_type<boost::uuids::uuid> {
    static constexpr std::string_view name = "boost::uuids::uuid";
    static constexpr oid_number oid = oids::uuid;
    static constexpr oid_number array_oid = oids::uuid_array;

    static void encode(const boost::uuids::uuid& value, value_writer& out) { out.put(&*value.begin(), fixed_size); }

    static constexpr std::size_t fixed_size = 16;
    static errc store(const boost::uuids::uuid& value, std::byte* to) noexcept {
        std::memcpy(to, &*value.begin(), fixed_size);
        return {};
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, boost::uuids::uuid& out) noexcept {
        if (bytes.size() != fixed_size) {
            return errc::malformed_value;
        }
        std::memcpy(&*out.begin(), bytes.data(), fixed_size);
        return {};
    }
};

} // namespace pgcoro
