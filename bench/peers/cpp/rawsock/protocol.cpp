// SPDX-License-Identifier: BSL-1.0
#include "protocol.hpp"

#include <bit>
#include <cstring>

namespace bench::peers {

void put16(std::string& out, std::uint16_t value) {
    out += static_cast<char>(value >> 8);
    out += static_cast<char>(value & 0xff);
}

void put32(std::string& out, std::uint32_t value) {
    const std::uint32_t bytes = swapped(value);
    out.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

void put64(std::string& out, std::uint64_t value) {
    const std::uint64_t bytes = swapped(value);
    out.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

std::size_t begin_message(std::string& out, char type) {
    out += type;
    put32(out, 0);
    return out.size() - 4;
}

void end_message(std::string& out, std::size_t length_at) {
    const std::uint32_t length = swapped(static_cast<std::uint32_t>(out.size() - length_at));
    std::memcpy(&out[length_at], &length, sizeof length);
}

void put_query(std::string& out, std::string_view sql) {
    const auto query = begin_message(out, 'Q');
    (out += sql) += '\0';
    end_message(out, query);
}

void put_parse(std::string& out, std::string_view name, std::string_view sql) {
    const auto parse = begin_message(out, 'P');
    (out += name) += '\0';
    (out += sql) += '\0';
    put16(out, 0); // the server infers the types of the parameters
    end_message(out, parse);
}

void put_sync(std::string& out) { end_message(out, begin_message(out, 'S')); }

void put_account(std::string& out, std::int32_t account) {
    put32(out, sizeof account);
    put32(out, static_cast<std::uint32_t>(account));
}

void put_item(std::string& out, const item& i) {
    put32(out, 8);
    put64(out, static_cast<std::uint64_t>(i.id));
    put32(out, 4);
    put32(out, static_cast<std::uint32_t>(i.quantity));
    put32(out, 8);
    put64(out, std::bit_cast<std::uint64_t>(i.price));
    put32(out, static_cast<std::uint32_t>(i.name.size()));
    out += i.name;
    put32(out, 8);
    put64(out, static_cast<std::uint64_t>((i.created_at - postgres_epoch).count()));
}

item read_item(const char* at) {
    item i;
    i.id = from_network<std::int64_t>(at + 4);
    i.quantity = from_network<std::int32_t>(at + 16);
    i.price = from_network<double>(at + 24);
    const auto size = from_network<std::uint32_t>(at + 32);
    i.name.assign(at + 36, size);
    i.created_at = postgres_epoch + std::chrono::microseconds(from_network<std::int64_t>(at + 40 + size));
    return i;
}

} // namespace bench::peers
