// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/to_text.hpp>

#include <pgcoro/detail/field_access.hpp>
#include <pgcoro/detail/text_form.hpp>

#include <utility>

namespace pgcoro {

error detail::printing_failure(errc reason, const field_view& field, std::string_view what) {
    column_requirement requirement{};
    requirement.name = what;
    return value_failure(reason, field_access::result(field), field_access::row(field), field_access::column(field),
                         requirement);
}

result<std::string> to_text(const field_view& field) {
    using detail::field_access;
    if (!field.exists()) {
        return field_access::why_missing(field);
    }
    if (field.is_null()) {
        return detail::printing_failure(errc::unexpected_null, field, "std::string");
    }
    const auto result = field_access::result(field);
    const int column = field_access::column(field);
    const auto bytes = result.cell(field_access::row(field), column).bytes();
    std::string text;
    if (result.column_format(column) == 0) {
        text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return text;
    }
    const errc failure =
        detail::append_text(result.column_type(column), bytes, result.types(), detail::text_style::server, text);
    if (failure != errc{}) {
        return detail::printing_failure(failure, field, "text");
    }
    return text;
}

} // namespace pgcoro
