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

} // namespace pgcoro::test
