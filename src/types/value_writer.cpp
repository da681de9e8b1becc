// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/value_writer.hpp>

namespace pgcoro {

void value_writer::put_text(std::string_view text) {
    if (text.empty()) {
        return;
    }
    if (text.size() > max_size) {
        return fail(errc::value_too_large); // without looking through all of it
    }
    if (std::memchr(text.data(), '\0', text.size())) {
        return fail(errc::invalid_text);
    }
    put(text.data(), text.size());
}

void value_writer::put_type_named(std::string_view sql_name, bool is_array) {
    using enum missing_type::which;
    put_missing({sql_name, is_array ? array : itself, 0});
}

void value_writer::put_type_of_attribute(std::string_view composite, std::size_t attribute, std::uint32_t encoded_as,
                                         std::size_t attributes) {
    put_missing({composite, missing_type::which::attribute, 0, static_cast<std::uint32_t>(attribute), encoded_as,
                 static_cast<std::uint32_t>(attributes)});
}

void value_writer::put_missing(missing_type type) {
    if (!missing_) {
        return fail(errc::unknown_type);
    }
    type.at = static_cast<std::uint32_t>(out_.size());
    missing_->push_back(type);
    put(std::uint32_t{0});
}

} // namespace pgcoro
