// SPDX-License-Identifier: BSL-1.0
#include "transformer.hpp"

#include "common/copy_text.hpp"

#include <pgcoro/detail/utf8.hpp>

namespace etl {
namespace {

void write(std::string& text, const row& r) {
    text = std::to_string(r.line);
    for (const auto& value : r.values) {
        text += '\t';
        common::append_copy_text(text, value);
    }
    text += '\n';
}

} // namespace

std::variant<std::string_view, problem> transformer::take(row r) {
    write(text_, r);
    source_.add(text_);
    for (const auto& step : pipeline_.steps) {
        auto outcome = step->apply(r);
        if (auto* why = std::get_if<problem>(&outcome)) {
            return std::move(*why);
        }
        if (std::holds_alternative<etl::filtered>(outcome)) {
            ++filtered_;
            return std::string_view();
        }
    }
    if (auto bad = find_bad_text(r)) {
        return std::move(*bad);
    }
    write(text_, r);
    return std::string_view(text_);
}

/// The server would refuse the whole COPY for it.
std::optional<problem> transformer::find_bad_text(const row& r) const {
    for (std::size_t i = 0; i < r.values.size(); ++i) {
        const auto& value = r.values[i];
        if (value && !pgcoro::detail::is_valid_utf8(*value)) {
            return problem{names_[i], value, "not UTF-8", {}};
        }
        if (value && value->find('\0') != std::string::npos) {
            return problem{names_[i], value, "a NUL character, which no text has", {}};
        }
    }
    return std::nullopt;
}

} // namespace etl
