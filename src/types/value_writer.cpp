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

} // namespace pgcoro
