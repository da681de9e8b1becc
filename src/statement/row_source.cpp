// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/row_source.hpp>

#include "libpq/description_of.hpp"

#include <pgcoro/detail/rowset_access.hpp>

namespace pgcoro {

void dynamic_row::append(detail::result_handle r, const detail::type_catalogue_ptr& types, std::vector<dynamic_row>& out) {
    const auto rows = std::make_shared<const rowset>(std::move(r), types);
    for (std::size_t row = 0, count = rows->size(); row < count; ++row) {
        out.push_back(dynamic_row(rows, row));
    }
}

namespace detail {

rowset in_binary_format(rowset&& result) {
    return rowset(libpq::binary_description_of(rowset_access::result(result)), rowset_access::types(result));
}

error row_source_base::take(result_handle& r, const type_catalogue_ptr& types) {
    if (!std::exchange(is_described_, true)) {
        description_ = rowset(libpq::description_of(r.get()), types);
    }
    coming_bytes_ += libpq::memory_of(r.get());
    if (has_text_columns(r.get())) {
        r = in_binary(std::move(r), *types);
    }
    return add(r, types);
}

/// What ends the rows, and perhaps has some.
bool row_source_base::consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) {
    stream_request::consume(step, r, types);
    const result_view result(r.get());
    if (!is_described_ || result.rows() != 0) {
        if (error failure = take(r, types)) {
            outcome = std::move(failure);
        }
    }
    if (what() == kind::copy_out && result.columns() == 0) {
        if (error failure = finish_copy()) {
            outcome = std::move(failure);
        }
    }
    return false;
}

} // namespace detail
} // namespace pgcoro
