// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/row_source.hpp>

#include "libpq/description_of.hpp"
#include "statement/sql_command.hpp"

#include <pgcoro/detail/copy_statement.hpp>
#include <pgcoro/detail/error_details.hpp>
#include <pgcoro/detail/rowset_access.hpp>

namespace pgcoro {

void dynamic_row::append(detail::result_handle r, const detail::type_catalogue_ptr& types, std::vector<dynamic_row>& out) {
    const auto rows = std::make_shared<const rowset>(std::move(r), types);
    for (std::size_t row = 0, count = rows->size(); row < count; ++row) {
        out.push_back(dynamic_row(rows, row));
    }
}

namespace detail {

bool is_copied(const request& query) noexcept { return query.values(0).size() == 0 && can_be_copied(query.text(0).view()); }

void row_source_base::become_copy(rowset&& columns) {
    copy_ = copy_out_statement(text(0).view());
    description_ = std::move(columns);
    is_described_ = true;
    become(kind::copy_out);
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

/// What ends the rows, and perhaps has some; or what a COPY has before its data, and after it.
bool row_source_base::consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) {
    const result_view result(r.get());
    if (what() != kind::copy_out) {
        stream_request::consume(step, r, types);
        if (!is_described_ || result.rows() != 0) {
            if (error failure = take(r, types)) {
                outcome = std::move(failure);
            }
        }
    } else if (!has_begun()) {
        if (!has_those_columns(result)) {
            fail(error(errc::type_mismatch, "the columns of the query were changed while the stream was being opened"));
        }
    } else {
        set_tag(command_tag("SELECT " + std::to_string(result.tag().rows_affected())));
        if (error failure = finish_copy()) {
            outcome = std::move(failure);
        }
    }
    return false;
}

/// Of a COPY: the position is counted in the text that was sent, and the caller knows the query in it.
error row_source_base::locate(error e, std::size_t, bool) const {
    if (what() != kind::copy_out || e.position() == 0) {
        return e;
    }
    auto d = error_access::copy(e);
    const auto before = static_cast<int>(copy_.find('(')) + 1;
    const auto size = static_cast<int>(text(0).size());
    d->position = d->position > before && d->position <= before + size ? d->position - before : 0;
    return error(boost::intrusive_ptr<const error_details>(d.release()));
}

bool row_source_base::has_those_columns(const result_view& result) const noexcept {
    const auto expected = columns();
    bool same = static_cast<std::size_t>(result.columns()) == expected.size();
    for (int column = 0; same && column < result.columns(); ++column) {
        same = result.column_type(column) == expected[static_cast<std::size_t>(column)].type();
    }
    return same;
}

} // namespace detail
} // namespace pgcoro
