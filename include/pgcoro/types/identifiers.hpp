// SPDX-License-Identifier: BSL-1.0
// The ids that PostgreSQL assigns to objects, transactions, commands, rows and positions in its log. They have their own types:
// a transaction id is not a number in PostgreSQL either.
//
// | PostgreSQL                                             | C++                 |
// |--------------------------------------------------------|---------------------|
// | oid; columns also regclass, regtype and similar types  | pgcoro::object_id   |
// | oid8                                                   | pgcoro::object_id8  |
// | xid                                                    | pgcoro::xid         |
// | xid8                                                   | pgcoro::xid8        |
// | cid                                                    | pgcoro::cid         |
// | tid                                                    | pgcoro::tid         |
// | pg_lsn                                                 | pgcoro::lsn         |
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/pg_type.hpp>

#include <compare>
#include <cstdint>
#include <string>

namespace pgcoro {

/// The id of a table, a type, a function, ...: `'pg_class'::regclass`. Integers can be read from oid, but not from its aliases.
struct object_id {
    constexpr object_id() noexcept = default;
    constexpr explicit object_id(oid_number number) noexcept : value(number) {}
    oid_number value = 0;
    friend constexpr auto operator<=>(object_id, object_id) = default;
};

/// An object's number in 64 bits, from PostgreSQL 19 on.
struct object_id8 {
    constexpr object_id8() noexcept = default;
    constexpr explicit object_id8(std::uint64_t number) noexcept : value(number) {}
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(object_id8, object_id8) = default;
};

/// A 32-bit transaction id, which wraps around: ids identify transactions but do not order them.
struct xid {
    constexpr xid() noexcept = default;
    constexpr explicit xid(std::uint32_t number) noexcept : value(number) {}
    std::uint32_t value = 0;
    friend constexpr bool operator==(xid, xid) = default;
};

/// A 64-bit transaction id: `pg_current_xact_id()`.
struct xid8 {
    constexpr xid8() noexcept = default;
    constexpr explicit xid8(std::uint64_t number) noexcept : value(number) {}
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(xid8, xid8) = default;
};

/// A command inside a transaction.
struct cid {
    constexpr cid() noexcept = default;
    constexpr explicit cid(std::uint32_t number) noexcept : value(number) {}
    std::uint32_t value = 0;
    friend constexpr bool operator==(cid, cid) = default;
};

/// Where a version of a row is stored: `ctid`.
struct tid {
    constexpr tid() noexcept = default;
    constexpr tid(std::uint32_t block_number, std::uint16_t offset_in_block) noexcept
        : block(block_number), offset(offset_in_block) {}
    std::uint32_t block = 0;
    std::uint16_t offset = 0;
    friend constexpr auto operator<=>(const tid&, const tid&) = default;
};

/// A position in the write-ahead log, in bytes from its start: `pg_current_wal_lsn()`.
struct lsn {
    constexpr lsn() noexcept = default;
    constexpr explicit lsn(std::uint64_t bytes) noexcept : value(bytes) {}
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(lsn, lsn) = default;
};

/// As the server prints them: "(0,1)", "16/B374D848". PostgreSQL 19 pads the latter: "16/0374D848", not "16/374D848".
std::string to_string(tid value);
std::string to_string(lsn value);

namespace detail {

/// Whether the type is oid or one of its aliases.
constexpr bool is_object_id(oid_number column) noexcept {
    switch (column) {
    case oids::oid:
    case oids::regproc:
    case oids::regprocedure:
    case oids::regoper:
    case oids::regoperator:
    case oids::regclass:
    case oids::regtype:
    case oids::regconfig:
    case oids::regdictionary:
    case oids::regnamespace:
    case oids::regrole:
    case oids::regcollation:
    case oids::regdatabase: return true;
    default: return false;
    }
}

/// Whether the type is regclass or a similar alias, which the server prints as a name.
constexpr bool stands_for_name(oid_number type) noexcept { return type != oids::oid && is_object_id(type); }

/// Common to the types that are one unsigned number.
template <class T, oid_number Type, oid_number Array>
struct number_codec {
    using number = decltype(T::value);
    static constexpr oid_number oid = Type;
    static constexpr oid_number array_oid = Array;

    static void encode(T value, value_writer& out) { out.put(value.value); }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, T& out) noexcept {
        if (bytes.size() != sizeof(number)) {
            return errc::malformed_value;
        }
        out.value = load_big_endian<number>(bytes.data());
        return {};
    }
};

} // namespace detail

template <>
struct pg_type<object_id> : detail::number_codec<object_id, oids::oid, oids::oid_array> {
    static constexpr std::string_view name = "pgcoro::object_id";
    static constexpr bool accepts(oid_number column) noexcept { return detail::is_object_id(column); }
};

template <>
struct pg_type<object_id8> : detail::number_codec<object_id8, oids::oid8, oids::oid8_array> {
    static constexpr std::string_view name = "pgcoro::object_id8";
};

template <>
struct pg_type<xid> : detail::number_codec<xid, oids::xid, oids::xid_array> {
    static constexpr std::string_view name = "pgcoro::xid";
};

template <>
struct pg_type<xid8> : detail::number_codec<xid8, oids::xid8, oids::xid8_array> {
    static constexpr std::string_view name = "pgcoro::xid8";
};

template <>
struct pg_type<cid> : detail::number_codec<cid, oids::cid, oids::cid_array> {
    static constexpr std::string_view name = "pgcoro::cid";
};

template <>
struct pg_type<lsn> : detail::number_codec<lsn, oids::pg_lsn, oids::pg_lsn_array> {
    static constexpr std::string_view name = "pgcoro::lsn";
};

template <>
struct pg_type<tid> {
    static constexpr std::string_view name = "pgcoro::tid";
    static constexpr oid_number oid = oids::tid;
    static constexpr oid_number array_oid = oids::tid_array;

    static void encode(tid value, value_writer& out) {
        out.put(value.block);
        out.put(value.offset);
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, tid& out) noexcept {
        if (bytes.size() != sizeof out.block + sizeof out.offset) {
            return errc::malformed_value;
        }
        out.block = detail::load_big_endian<std::uint32_t>(bytes.data());
        out.offset = detail::load_big_endian<std::uint16_t>(bytes.data() + sizeof out.block);
        return {};
    }
};

} // namespace pgcoro
