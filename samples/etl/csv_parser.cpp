// SPDX-License-Identifier: BSL-1.0
#include "csv_parser.hpp"

#include <utility>

namespace etl {
namespace {
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
}

void csv_parser::feed(std::string_view bytes, std::vector<csv_record>& out) {
    for (const char c : bytes) {
        if (mark_ >= 0) {
            if (c == byte_order_mark[static_cast<std::size_t>(mark_)]) {
                mark_ = ++mark_ == 3 ? -1 : mark_;
                continue;
            }
            const auto seen = static_cast<std::size_t>(std::exchange(mark_, -1));
            for (const char earlier : byte_order_mark.substr(0, seen)) {
                take(earlier, out);
            }
        }
        take(c, out);
    }
}

void csv_parser::finish(std::vector<csv_record>& out) {
    if (mark_ > 0) {
        const auto seen = static_cast<std::size_t>(std::exchange(mark_, -1));
        for (const char earlier : byte_order_mark.substr(0, seen)) {
            take(earlier, out);
        }
    }
    if (state_ == state::quoted) {
        return; // see `open_quote`
    }
    if (is_in_record_ && state_ != state::skipping) {
        end_field();
        end_record(out);
    } else if (state_ == state::skipping) {
        end_record(out);
    }
}

std::optional<std::uint64_t> csv_parser::open_quote() const noexcept {
    return state_ == state::quoted ? std::optional(quote_line_) : std::nullopt;
}

std::optional<std::uint64_t> csv_parser::too_long() const noexcept {
    return memory_ + field_.size() > longest_ ? std::optional(record_.line) : std::nullopt;
}

void csv_parser::take(char c, std::vector<csv_record>& out) {
    switch (state_) {
    case state::start_of_field:
        begin_record();
        if (c == format_.quote) {
            is_quoted_ = true;
            quote_line_ = line_;
            state_ = state::quoted;
            return;
        }
        state_ = state::plain;
        take_after_field(c, out);
        return;
    case state::plain:
        if (c == format_.quote) {
            fault("a quote within a field that is not quoted", c, out);
            return;
        }
        take_after_field(c, out);
        return;
    case state::quoted:
        line_ += c == '\n' ? 1 : 0;
        if (c == format_.quote) {
            state_ = state::quote_in_quoted;
        } else {
            field_ += c;
        }
        return;
    case state::quote_in_quoted:
        if (c == format_.quote) {
            field_ += c;
            state_ = state::quoted;
        } else {
            take_after_field(c, out);
        }
        return;
    case state::after_return:
        if (c == '\n') {
            ++line_;
            end_field();
            end_record(out);
        } else {
            fault("a carriage return that is no line end", c, out);
        }
        return;
    case state::skipping:
        if (c == '\n') {
            ++line_;
            end_record(out);
        }
        return;
    }
}

/// What is no quote, outside of quotes.
void csv_parser::take_after_field(char c, std::vector<csv_record>& out) {
    if (c == format_.delimiter) {
        end_field();
        state_ = state::start_of_field;
    } else if (c == '\n') {
        ++line_;
        end_field();
        end_record(out);
    } else if (c == '\r') {
        state_ = state::after_return;
    } else if (is_quoted_) {
        fault("text after a quoted field", c, out);
    } else {
        field_ += c;
    }
}

void csv_parser::begin_record() {
    if (!is_in_record_) {
        is_in_record_ = true;
        record_.line = line_;
    }
}

void csv_parser::end_field() {
    memory_ += sizeof(record_.fields[0]) + field_.size();
    if (!is_quoted_ && field_ == format_.null) {
        record_.fields.emplace_back();
    } else {
        record_.fields.emplace_back(std::move(field_));
    }
    record_.is_blank =
        record_.fields.size() == 1 && !is_quoted_ && field_.empty() && (!record_.fields[0] || record_.fields[0]->empty());
    field_.clear();
    is_quoted_ = false;
}

void csv_parser::end_record(std::vector<csv_record>& out) {
    if (!record_.fault.empty()) {
        record_.fields.clear();
    }
    out.push_back(std::exchange(record_, {}));
    memory_ = 0;
    field_.clear();
    is_quoted_ = false;
    is_in_record_ = false;
    state_ = state::start_of_field;
}

void csv_parser::fault(const char* what, char c, std::vector<csv_record>& out) {
    record_.fault = what;
    state_ = state::skipping;
    take(c, out); // it may be the line end
}

} // namespace etl
