// SPDX-License-Identifier: BSL-1.0
// Messages of pgoutput, as a server writes them.
#pragma once

#include "fake_result.hpp"

#include <pgcoro/replication_events.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::test {

/// The bytes of a message, field by field.
class wal_bytes {
public:
    explicit wal_bytes(char kind) : bytes_(1, kind) {}

    template <class T>
    wal_bytes& number(T value) {
        bytes_ += big_endian(value);
        return *this;
    }
    wal_bytes& text(std::string_view value) {
        bytes_.append(value).push_back('\0');
        return *this;
    }
    wal_bytes& raw(std::string_view value) {
        bytes_ += value;
        return *this;
    }
    wal_bytes& value(char kind, std::string_view value) {
        return raw({&kind, 1}).number(static_cast<std::int32_t>(value.size())).raw(value);
    }

    const std::string& str() const { return bytes_; }

private:
    std::string bytes_;
};

inline std::span<const std::byte> as_bytes(const std::string& text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

struct wal_column {
    std::string name;
    oid_number type;
    bool is_key = false;
};

inline std::string relation_message(std::int32_t oid, char identity, const std::vector<wal_column>& columns,
                                    std::string_view schema = "public") {
    wal_bytes message('R');
    message.number(oid).text(schema).text("t").raw({&identity, 1}).number(static_cast<std::int16_t>(columns.size()));
    for (const auto& c : columns) {
        message.number(static_cast<std::int8_t>(c.is_key)).text(c.name);
        message.number(static_cast<std::int32_t>(c.type)).number(std::int32_t{-1});
    }
    return message.str();
}

/// One of each kind, and some with optional parts. Rows are of table 7, which has two columns.
inline std::vector<std::string> one_of_each_kind() {
    const auto positions = [](char kind, bool has_flags, int count) {
        wal_bytes message(kind);
        if (has_flags) {
            message.number(std::int8_t{0});
        }
        for (int i = 0; i < count; ++i) {
            message.number(std::int64_t{i});
        }
        return message;
    };
    const auto change = [](char kind) { return wal_bytes(kind).number(std::int32_t{7}); };
    constexpr std::int16_t two = 2;
    const std::string four_bytes = big_endian(std::int32_t{1});
    return {
        positions('B', false, 2).number(std::int32_t{5}).str(),
        positions('C', true, 3).str(),
        wal_bytes('O').number(std::int64_t{3}).text("elsewhere").str(),
        relation_message(8, 'd', {{"id", oids::int4, true}, {"body", oids::text}}),
        wal_bytes('Y').number(std::int32_t{9}).text("s").text("n").str(),
        change('I').raw("N").number(two).value('b', four_bytes).value('t', "hello").str(),
        change('U').raw("N").number(two).value('b', four_bytes).raw("u").str(),
        change('U').raw("K").number(two).value('b', four_bytes).raw("nN").number(two).raw("nu").str(),
        change('U').raw("O").number(two).value('b', four_bytes).value('t', "x").raw("N").number(two).raw("nu").str(),
        change('D').raw("K").number(two).value('b', four_bytes).raw("n").str(),
        change('D').raw("O").number(two).value('b', four_bytes).value('b', "x").str(),
        wal_bytes('T').number(std::int32_t{2}).number(std::int8_t{2}).number(std::int32_t{7}).number(std::int32_t{7}).str(),
        wal_bytes('M').number(std::int8_t{1}).number(std::int64_t{77}).text("p").number(std::int32_t{1}).raw("a").str(),
        positions('b', false, 3).number(std::int32_t{9}).text("gid").str(),
        positions('P', true, 3).number(std::int32_t{9}).text("gid").str(),
        positions('K', true, 3).number(std::int32_t{9}).text("gid").str(),
        positions('r', true, 4).number(std::int32_t{9}).text("gid").str(),
        positions('p', true, 3).number(std::int32_t{9}).text("gid").str(),
        wal_bytes('A').number(std::int32_t{5}).number(std::int32_t{6}).str(),
        wal_bytes('c').number(std::int32_t{5}).number(std::int8_t{0}).raw(std::string(24, '\1')).str(),
        wal_bytes('S').number(std::int32_t{5}).number(std::int8_t{1}).str(),
        wal_bytes('E').str(),
    };
}

} // namespace pgcoro::test
