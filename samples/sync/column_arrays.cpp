// SPDX-License-Identifier: BSL-1.0
#include "column_arrays.hpp"

#include <pgcoro/pg_type.hpp>

#include <array>
#include <utility>

namespace data_sync {
namespace {

using pgcoro::oid_number;
namespace oids = pgcoro::oids;

/// An array in the binary format.
template <oid_number Array>
struct ready_array {
    std::string bytes;
};

/// The bytes of a value of any type. Its own: those of a value that came as text are converted, and gone after `as`.
struct raw_value {
    std::string bytes;
};

using push_function = void (*)(pgcoro::parameters&, std::string bytes);

template <oid_number Array>
void push(pgcoro::parameters& to, std::string bytes) {
    to.push_back(ready_array<Array>{std::move(bytes)});
}

struct fixed_type {
    oid_number type;
    push_function push;
};

template <oid_number Type, oid_number Array>
constexpr fixed_type fixed{Type, &push<Array>};

constexpr std::array fixed_types = {
    fixed<oids::int4, oids::int4_array>,
    fixed<oids::int8, oids::int8_array>,
    fixed<oids::text, oids::text_array>,
    fixed<oids::varchar, oids::varchar_array>,
    fixed<oids::timestamptz, oids::timestamptz_array>,
    fixed<oids::timestamp, oids::timestamp_array>,
    fixed<oids::bool_, oids::bool_array>,
    fixed<oids::numeric, oids::numeric_array>,
    fixed<oids::date, oids::date_array>,
    fixed<oids::uuid, oids::uuid_array>,
    fixed<oids::jsonb, oids::jsonb_array>,
    fixed<oids::json, oids::json_array>,
    fixed<oids::int2, oids::int2_array>,
    fixed<oids::float8, oids::float8_array>,
    fixed<oids::float4, oids::float4_array>,
    fixed<oids::bytea, oids::bytea_array>,
    fixed<oids::bpchar, oids::bpchar_array>,
    fixed<oids::time, oids::time_array>,
    fixed<oids::timetz, oids::timetz_array>,
    fixed<oids::interval, oids::interval_array>,
    fixed<oids::inet, oids::inet_array>,
    fixed<oids::cidr, oids::cidr_array>,
    fixed<oids::macaddr, oids::macaddr_array>,
    fixed<oids::bit, oids::bit_array>,
    fixed<oids::varbit, oids::varbit_array>,
    fixed<oids::money, oids::money_array>,
};

const fixed_type* find(oid_number type) noexcept {
    for (const auto& known : fixed_types) {
        if (known.type == type) {
            return &known;
        }
    }
    return nullptr;
}

void append_number(std::string& to, std::uint32_t number) {
    const auto byte = [number](int shift) { return static_cast<char>((number >> shift) & 0xff); };
    const std::array bytes{byte(24), byte(16), byte(8), byte(0)};
    to.append(bytes.data(), bytes.size());
}

} // namespace
} // namespace data_sync

template <pgcoro::oid_number Array>
struct pgcoro::pg_type<data_sync::ready_array<Array>> {
    static constexpr std::string_view name = "an array of values that were received";
    static constexpr oid_number oid = Array;
    static constexpr oid_number array_oid = 0;
    static void encode(const data_sync::ready_array<Array>& value, value_writer& out) {
        out.put(value.bytes.data(), value.bytes.size());
    }
};

template <>
struct pgcoro::pg_type<data_sync::raw_value> {
    static constexpr std::string_view name = "the bytes of a value";
    static constexpr oid_number oid = 0; // any
    static constexpr oid_number array_oid = 0;
    static constexpr bool accepts(oid_number) noexcept { return true; }
    static errc decode(oid_number, value_bytes bytes, data_sync::raw_value& out) noexcept {
        out.bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return {};
    }
};

namespace data_sync {

bool has_array(oid_number type) noexcept { return find(type) != nullptr; }

pgcoro::result<> append_cell(const pgcoro::changed_field& field, std::string& cells) {
    if (field.is_null()) {
        append_number(cells, 0xffffffff);
        return pgcoro::success();
    }
    BOOST_OUTCOME_TRY(const auto value, field.as<raw_value>());
    append_number(cells, static_cast<std::uint32_t>(value.bytes.size()));
    cells.append(value.bytes);
    return pgcoro::success();
}

/// As array_recv of the server reads it.
void push_array(pgcoro::parameters& to, oid_number type, std::size_t size, const std::string& cells) {
    std::string bytes;
    bytes.reserve(20 + cells.size());
    append_number(bytes, 1); // dimension
    append_number(bytes, 1); // it may have NULLs
    append_number(bytes, type);
    append_number(bytes, static_cast<std::uint32_t>(size));
    append_number(bytes, 1); // the first one's number
    bytes.append(cells);
    find(type)->push(to, std::move(bytes));
}

std::string_view cell_reader::next() {
    const std::string_view rest = std::string_view(*cells_).substr(at_);
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        length = (length << 8) | static_cast<unsigned char>(rest[i]);
    }
    const auto cell = rest.substr(0, length == 0xffffffff ? 4 : 4 + std::size_t{length});
    at_ += cell.size();
    return cell;
}

} // namespace data_sync
