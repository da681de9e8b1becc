// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/text.hpp>

#include <pgcoro/detail/type_catalogue.hpp>

namespace pgcoro::detail {

bool is_users_text(oid_number type, const type_catalogue& types) noexcept {
    const auto* const known = types.find(type);
    return known && (known->kind == 'e' || known->sent_as == binary_output::text);
}

bool is_only_text(oid_number type, const type_catalogue& types) noexcept { return types.never_binary(type); }

value_bytes text_inside(oid_number column, value_bytes bytes, errc& failure) noexcept {
    if (column == oids::char_) {
        return bytes.size() == 1 && bytes[0] == std::byte{0} ? bytes.first(0) : bytes;
    }
    if (column != oids::jsonb) {
        return bytes;
    }
    if (bytes.empty() || bytes[0] != std::byte{1}) {
        failure = errc::malformed_value;
        return {};
    }
    return bytes.subspan(1);
}

} // namespace pgcoro::detail
