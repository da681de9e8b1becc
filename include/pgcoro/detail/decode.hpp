// SPDX-License-Identifier: BSL-1.0
// From one statement's result to what its caller asked for. Chosen by the public function, called by the request.
#pragma once

#include <pgcoro/command_tag.hpp>
#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/result_handle.hpp>
#include <pgcoro/detail/statement_text.hpp>
#include <pgcoro/row.hpp>
#include <pgcoro/rowset.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace pgcoro::detail {

/// Takes the result only if it keeps it in the value. `more_rows()` if it is to be called again, with the same `out`. Of a
/// vector, `before` rows are from earlier results.
template <class T>
using decoder = error (*)(result_handle& r, const type_catalogue_ptr& types, std::optional<T>& out, std::size_t before);

inline error decode_tag(result_handle& r, const type_catalogue_ptr&, std::optional<command_tag>& out, std::size_t) {
    out.emplace(result_view(r.get()).tag());
    return {};
}

inline error decode_rowset(result_handle& r, const type_catalogue_ptr& types, std::optional<rowset>& out, std::size_t) {
    if (has_text_columns(r.get())) [[unlikely]] {
        r = in_binary(std::move(r), *types);
    }
    out.emplace(std::move(r), types);
    return {};
}

template <class Row>
error decode_vector(result_handle& r, const type_catalogue_ptr& types, std::optional<std::vector<Row>>& out,
                    std::size_t before) {
    return decode_slice(result_view(r.get(), *types), before, out ? *out : out.emplace());
}

template <class Row>
[[gnu::hot]] error decode_single(result_handle& r, const type_catalogue_ptr& types, std::optional<Row>& out, std::size_t) {
    return decode_one(result_view(r.get(), *types), out);
}

template <class Row>
error decode_at_most_one(result_handle& r, const type_catalogue_ptr& types, std::optional<std::optional<Row>>& out,
                         std::size_t) {
    return decode_optional(result_view(r.get(), *types), out.emplace());
}

/// All of its columns are text as it stands.
template <class Row>
constexpr rows_wanted wanted_for_row() noexcept {
    using columns = typename row_shape<Row>::columns;
    if constexpr (columns::readable) {
        return columns::all_text ? rows_wanted::any : rows_wanted::typed;
    } else {
        return rows_wanted::typed;
    }
}

/// The rows in a T: itself, or what a vector or an optional of rows holds.
template <class T>
struct rows_in {
    using type = T;
};
template <class Row>
struct rows_in<std::vector<Row>> {
    using type = Row;
};
template <class Row>
    requires(!struct_row<Row>)
struct rows_in<std::optional<Row>> {
    using type = Row;
};

/// Appends the names in SQL of columns that go by name.
template <class T>
void append_names(std::vector<std::string_view>& out) {
    using row = typename rows_in<T>::type;
    if constexpr (scalar_row<row> || tuple_row<row> || struct_row<row> || optional_struct<row> || has_row_traits<row>) {
        for (const auto& requirement : row_shape<row>::columns::requirements) {
            if (!requirement.sql_name.empty()) {
                out.push_back(requirement.sql_name);
            }
        }
    }
}

/// What `fetch<Row>` gives, and how.
template <class Row>
struct fetched {
    using type = std::vector<Row>;
    static constexpr rows_wanted wanted = wanted_for_row<Row>();
    static constexpr decoder<type> decode = &decode_vector<Row>;
    static constexpr bool in_chunks = true;
};
template <>
struct fetched<rowset> {
    using type = rowset;
    static constexpr rows_wanted wanted = rows_wanted::any;
    static constexpr decoder<type> decode = &decode_rowset;
    static constexpr bool in_chunks = false;
};

} // namespace pgcoro::detail
