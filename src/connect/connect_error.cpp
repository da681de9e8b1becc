// SPDX-License-Identifier: BSL-1.0
#include "connect/connect_error.hpp"

#include <pgcoro/detail/error_details.hpp>

namespace pgcoro::wire {
namespace {

/// Takes the first line off; what has no end is no line of the server's.
std::optional<std::string_view> take_line(std::string_view& text) noexcept {
    const auto end = text.find('\n');
    if (end == text.npos) {
        return std::nullopt;
    }
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

/// Behind the label of a field, whatever the language: "DETAIL:  text".
std::string_view without_label(std::string_view line) noexcept {
    const auto label_end = line.find(":  ");
    return label_end == line.npos ? line : line.substr(label_end + 3);
}

/// "LOCATION:  function, file.c:123"
bool is_location(std::string_view line) noexcept {
    const auto digits = line.substr(line.find_last_not_of("0123456789") + 1);
    return !digits.empty() && digits.size() < line.size() && line[line.size() - digits.size() - 1] == ':';
}

} // namespace

std::optional<error> parse_connect_error(std::string_view text) {
    constexpr std::size_t longest_severity = 40;
    const auto first = take_line(text);
    const auto severity_end = first ? first->find(':') : text.npos;
    // A severity is a word or two in some language. libpq's own messages that have a colon quote something before it.
    if (severity_end == text.npos || severity_end == 0 || severity_end > longest_severity ||
        first->substr(0, severity_end).find_first_of("\"'") != text.npos) {
        return std::nullopt;
    }
    const auto header = first->substr(severity_end);
    const auto state = parse_sqlstate(header.substr(0, 8).size() == 8 ? header.substr(3, 5) : "");
    if (!state || !header.starts_with(":  ") || header.substr(8, 2) != ": ") {
        return std::nullopt;
    }
    auto* details = new detail::error_details;
    const boost::intrusive_ptr<const detail::error_details> owner(details);
    details->code = *state;
    details->severity = "FATAL"; // whatever it says: the session ends before it began
    details->message = header.substr(10);
    for (auto line = take_line(text); line && !is_location(*line); line = take_line(text)) {
        details->detail.append(details->detail.empty() ? "" : "\n").append(without_label(*line));
    }
    return error(owner);
}

} // namespace pgcoro::wire
