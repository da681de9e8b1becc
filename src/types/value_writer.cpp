// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/value_writer.hpp>

namespace pgcoro {

void value_writer::put_text(std::string_view text) {
    if (text.empty()) {
        return;
    }
    if (std::memchr(text.data(), '\0', text.size())) {
        return fail(errc::invalid_text);
    }
    put(text.data(), text.size());
}

void value_writer::put_type_named(std::string_view sql_name, bool is_array) {
    if (!missing_) {
        return fail(errc::unknown_type);
    }
    missing_->push_back({sql_name, is_array, static_cast<std::uint32_t>(out_.size())});
    put(std::uint32_t{0});
}

} // namespace pgcoro
