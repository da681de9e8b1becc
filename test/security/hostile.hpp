// SPDX-License-Identifier: BSL-1.0
// What becomes of a client of a hostile server: an error or nothing, in bounded time and bounded memory.
#pragma once

#include "support/hostile_server.hpp"
#include "support/resident.hpp"

#include <pgcoro/pgcoro.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pgcoro::test {

/// No operation of these tests gets further than this; whatever the server does, the test ends.
constexpr std::chrono::seconds long_enough(60);

/// Why connecting to a server that plays `script` failed; none if it did not.
error refusal_of(hostile_server::script script, std::string_view settings = {},
                 std::optional<std::uint32_t> scram_iterations_limit = {});

/// Runs `body` on a connection to a server that lets the client in and then plays `script`.
void with_hostile_server(const hostile_server::script& script, const std::function<task<>(connection&)>& body);

/// Two statements, one after the other.
struct answers {
    result<std::string> first;
    result<std::string> second;
};

/// What they give where the server says `first` to the first one, whatever it asks for, and answers the second properly.
answers answers_of(const std::string& first);

constexpr std::size_t megabyte = 1 << 20;

/// Sanitizers keep what was freed.
inline void expect_growth_below(std::size_t limit, std::size_t before) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(resident(), before + limit);
#else
    static_cast<void>(limit);
    static_cast<void>(before);
#endif
}

} // namespace pgcoro::test
