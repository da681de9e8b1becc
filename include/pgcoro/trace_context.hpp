// SPDX-License-Identifier: BSL-1.0
// Which trace, and which span of it, something belongs to (W3C Trace Context, https://www.w3.org/TR/trace-context/).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgcoro {

struct trace_context {
    std::array<std::uint8_t, 16> trace_id{};
    std::array<std::uint8_t, 8> span_id{};
    /// Whether the trace is recorded.
    bool is_sampled = false;
    /// The header `tracestate`, passed on as it is.
    std::string state;

    friend bool operator==(const trace_context&, const trace_context&) = default;
};

/// Reads the header `traceparent`. Nothing if it is malformed, of a forbidden version, or an id is zero: then a new trace
/// begins.
std::optional<trace_context> read_traceparent(std::string_view header, std::string_view tracestate = {});
/// The header for what this one calls: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".
std::string traceparent(const trace_context& context);

} // namespace pgcoro
