// SPDX-License-Identifier: BSL-1.0
// uuid as boost::uuids::uuid.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <boost/uuid/uuid.hpp>

#include <cstring>

namespace pgcoro {

template <>
struct pg_type<boost::uuids::uuid> {
    static constexpr std::string_view name = "boost::uuids::uuid";
    static constexpr oid_number oid = oids::uuid;
    static constexpr oid_number array_oid = oids::uuid_array;

    static void encode(const boost::uuids::uuid& value, value_writer& out) { out.put(&*value.begin(), size); }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, boost::uuids::uuid& out) noexcept {
        if (bytes.size() != size) {
            return errc::malformed_value;
        }
        std::memcpy(&*out.begin(), bytes.data(), size);
        return {};
    }

private:
    static constexpr std::size_t size = 16;
};

} // namespace pgcoro
