// SPDX-License-Identifier: BSL-1.0
// As much of PostgreSQL's protocol as the workloads need: messages appended to a string, and read from a socket.
#pragma once

#include "../../../libpq.hpp" // numbers in network order
#include "../rows.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace bench::peers {

void put16(std::string& out, std::uint16_t value);
void put32(std::string& out, std::uint32_t value);
void put64(std::string& out, std::uint64_t value);

/// Begins a message of this type, which `end_message` gives its length. Gives where the length is.
std::size_t begin_message(std::string& out, char type);
void end_message(std::string& out, std::size_t length_at);

void put_query(std::string& out, std::string_view sql);
void put_parse(std::string& out, std::string_view name, std::string_view sql);
/// Bind, with binary parameters that `put_parameters` appends, and Execute.
template <class PutParameters>
void put_execution(std::string& out, std::string_view statement, std::uint16_t parameters, PutParameters put_parameters);
void put_sync(std::string& out);

void put_account(std::string& out, std::int32_t account);
/// The values of a row with their lengths: parameters, or a row of a binary COPY.
void put_item(std::string& out, const item& i);
/// Reads the values of a DataRow behind their number.
item read_item(const char* at);

template <class PutParameters>
void put_execution(std::string& out, std::string_view statement, std::uint16_t parameters, PutParameters put_parameters) {
    const auto bind = begin_message(out, 'B');
    out += '\0'; // the unnamed portal
    (out += statement) += '\0';
    put16(out, 1); // all parameters are binary
    put16(out, 1);
    put16(out, parameters);
    put_parameters(out);
    put16(out, 1); // so are all columns
    put16(out, 1);
    end_message(out, bind);
    const auto execute = begin_message(out, 'E');
    out += '\0';
    put32(out, 0);
    end_message(out, execute);
}

} // namespace bench::peers
