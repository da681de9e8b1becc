// SPDX-License-Identifier: BSL-1.0
// What a server says, as bytes: messages of PostgreSQL's protocol (manual, "Message Formats"), right ones and wrong ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro::test::messages {

/// An integer in network order, of as many bytes as the field has.
inline std::string number(std::int64_t value, int bytes) {
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        text += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
    }
    return text;
}
inline std::string int16(std::int64_t value) { return number(value, 2); }
inline std::string int32(std::int64_t value) { return number(value, 4); }
inline std::string text(std::string_view value) { return std::string(value) + '\0'; }

/// A message whose length field says what it likes; it counts itself.
inline std::string with_length(char type, std::int64_t length, std::string_view body) {
    return type + int32(length) + std::string(body);
}
inline std::string message(char type, std::string_view body = {}) {
    return with_length(type, static_cast<std::int64_t>(body.size()) + 4, body);
}

// Letting a client in.
inline std::string authentication(std::int32_t kind, std::string_view rest = {}) {
    return message('R', int32(kind) + std::string(rest));
}
inline std::string sasl(std::string_view mechanism) { return authentication(10, text(mechanism) + '\0'); }
inline std::string sasl_continue(std::string_view challenge) { return authentication(11, challenge); }
inline std::string parameter(std::string_view name, std::string_view value) { return message('S', text(name) + text(value)); }
inline std::string key(std::int32_t process = 4711, std::int32_t secret = 12345) {
    return message('K', int32(process) + int32(secret));
}
inline std::string ready(char status = 'I') { return message('Z', std::string(1, status)); }
inline std::string welcome() {
    return authentication(0) + parameter("server_version", "15.0") + parameter("client_encoding", "UTF8") +
           parameter("integer_datetimes", "on") + parameter("standard_conforming_strings", "on") + key() + ready();
}

// Answering a statement.
struct column {
    std::string name;
    std::int32_t type = 25; // text
};
inline std::string columns(const std::vector<column>& all, std::optional<std::int64_t> count = {}) {
    std::string body = int16(count.value_or(static_cast<std::int64_t>(all.size())));
    for (const auto& c : all) {
        body += text(c.name) + int32(0) + int16(0) + int32(c.type) + int16(-1) + int32(-1) + int16(1);
    }
    return message('T', body);
}
inline std::string row(std::initializer_list<std::string_view> values) {
    std::string body = int16(static_cast<std::int64_t>(values.size()));
    for (const auto value : values) {
        body += int32(static_cast<std::int64_t>(value.size())) + std::string(value);
    }
    return message('D', body);
}
inline std::string complete(std::string_view tag) { return message('C', text(tag)); }
/// Parse and Bind were taken.
inline std::string begun() { return message('1') + message('2'); }
/// What a server says to an unnamed statement that gives a text.
inline std::string answer(std::string_view value) {
    return begun() + columns({{"answer"}}) + row({value}) + complete("SELECT 1") + ready();
}

// Complaining.
using fields = std::vector<std::pair<char, std::string>>;
inline std::string complaint(char type, const fields& all) {
    std::string body;
    for (const auto& [code, value] : all) {
        body += code + text(value);
    }
    return message(type, body + '\0');
}
inline std::string failure(std::string_view state, std::string_view what, std::string_view severity = "ERROR") {
    const std::string how(severity);
    return complaint('E', {{'S', how}, {'V', how}, {'C', std::string(state)}, {'M', std::string(what)}});
}
inline std::string notice(std::string_view what) {
    return complaint('N', {{'S', "WARNING"}, {'V', "WARNING"}, {'C', "01000"}, {'M', std::string(what)}});
}

} // namespace pgcoro::test::messages
