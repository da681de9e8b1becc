// SPDX-License-Identifier: BSL-1.0
// A result whose columns are known only at run time: names, types, and values read one by one.
#pragma once

#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/detail/index_iterator.hpp>
#include <pgcoro/detail/result_handle.hpp>
#include <pgcoro/detail/result_view.hpp>
#include <pgcoro/oids.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/row.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro {

class parameters;

namespace detail {

template <class T>
struct chosen_value; // <pgcoro/parameters.hpp>
class answer_base;
class rows_view;
struct field_access;
struct rowset_access;
template <class T>
class answer;

/// libpq's indexes are int. An index that does not fit becomes one that does not exist.
template <std::integral Index>
constexpr int checked_index(Index index) noexcept {
    return std::in_range<int>(index) ? static_cast<int>(index) : -1;
}

/// The error for a row that does not exist.
error row_index_failure(result_view result, int row);

} // namespace detail

/// One value of a rowset. A view: it must not outlive the rowset, or the name it was looked up by.
///
/// It can be sent as it is, to any server: see `parameters::push_back`.
class field_view {
public:
    /// The value as a T: a type with `pg_type`, or std::optional of one if it may be NULL.
    ///
    /// Errors: `errc::no_such_column`, `errc::no_rows` (an index beyond the last row), `errc::type_mismatch`,
    /// `errc::unexpected_null`, `errc::value_out_of_range`, `errc::malformed_value`.
    template <class T>
    result<T> as() const {
        static_assert(!detail::is_view<T>,
                      "pgcoro: text() and bytes() give views, which must not outlive the rowset; as<T>() gives values");
        static_assert(detail::readable_column<T> || detail::is_view<T>,
                      "pgcoro: this type cannot be read from a column: include its header, <pgcoro/types/...> or "
                      "<pgcoro/types.hpp>, or specialise pg_type<...> for it");
        static constexpr detail::column_requirement requirement = detail::requirement_for<T>();
        if (!exists() || !detail::column_fits(result_, column_, requirement)) {
            return why_not(requirement);
        }
        result<T> value(boost::outcome_v2::in_place_type<T>);
        const errc failure =
            detail::read_cell(result_.column_type(column_), result_.cell(row_, column_), value.assume_value(), result_.types());
        if (failure != errc{}) {
            return detail::value_failure(failure, result_, row_, column_, requirement);
        }
        return value;
    }

    /// The characters of a text-like value, not copied: valid as long as the rowset. Errors: those of `as`.
    result<std::string_view> text() const;

    /// The bytes of a bytea. Same lifetime and errors.
    result<std::span<const std::byte>> bytes() const;

    /// Also true if there is no such row or column.
    bool is_null() const noexcept { return !exists() || result_.cell(row_, column_).is_null(); }

    /// Whether there is such a row and such a column.
    bool exists() const noexcept { return column_ >= 0 && column_ < result_.columns() && row_ >= 0 && row_ < result_.rows(); }

private:
    friend class row_view;
    friend struct detail::field_access;
    friend struct detail::chosen_value<field_view>;
    field_view(detail::result_view result, int row, int column, std::string_view name) noexcept
        : result_(result), row_(row), column_(column), name_(name) {}

    result<detail::cell_bytes> cell(const detail::column_requirement& requirement) const;
    error why_not(const detail::column_requirement& requirement) const;

    detail::result_view result_;
    int row_ = 0;
    int column_ = 0;
    std::string_view name_;
};

/// A field as a parameter.
template <>
struct detail::chosen_value<field_view> {
    static void push(const field_view& field, parameters& to);
};

/// One row of a rowset. A view: it must not outlive the rowset.
class row_view {
public:
    row_view() noexcept = default;

    /// The number of columns.
    std::size_t size() const noexcept { return static_cast<std::size_t>(result_.columns()); }

    /// The value of a column by its position from 0, or by its exact name (the first column with that name). A column that does
    /// not exist gives a field whose `as` fails with `errc::no_such_column`.
    template <std::integral Index>
    field_view operator[](Index column) const noexcept {
        return {result_, row_, detail::checked_index(column), {}};
    }
    field_view operator[](std::string_view name) const noexcept;
    field_view operator[](const char* name) const noexcept { return (*this)[std::string_view(name)]; }

    auto begin() const noexcept { return detail::index_iterator<row_view>(*this, 0); }
    auto end() const noexcept { return detail::index_iterator<row_view>(*this, size()); }

    /// The whole row as a `Row` (see <pgcoro/row.hpp>). Checks the columns each time: `fetch<Row>` is faster for whole results.
    template <class Row>
    result<Row> as() const {
        detail::row_decoder<Row> decoder(result_);
        if (row_ < 0 || row_ >= result_.rows()) {
            return detail::row_index_failure(result_, row_);
        }
        if (decoder.open() == detail::mismatch) {
            return decoder.why_mismatch();
        }
        decoder.go_to(row_);
        result<Row> row;
        if (!decoder.read([&](Row&& made) { row = std::move(made); })) {
            row = decoder.failure();
        }
        return row;
    }

private:
    friend class detail::rows_view;
    row_view(detail::result_view result, int row) noexcept : result_(result), row_(row) {}

    detail::result_view result_;
    int row_ = 0;
};

/// The description of a column. A view: it must not outlive the rowset.
class column_view {
public:
    column_view() noexcept = default;

    std::string_view name() const noexcept { return result_.column_name(column_); }
    oid_number type() const noexcept { return result_.column_type(column_); }
    /// "int8", "text[]", "mood", "shop.address", ...
    std::string type_name() const { return result_.types().describe(type()); }
    /// The table that the column belongs to, or `oids::unspecified`.
    oid_number table() const noexcept { return result_.column_table(column_); }

private:
    friend class column_list_view;
    column_view(detail::result_view result, int column) noexcept : result_(result), column_(column) {}

    detail::result_view result_;
    int column_ = 0;
};

/// The columns of a rowset, in order. A view: it must not outlive the rowset.
class column_list_view {
public:
    column_list_view() noexcept = default;

    std::size_t size() const noexcept { return static_cast<std::size_t>(result_.columns()); }
    /// A position beyond the last column gives a column without name and type.
    column_view operator[](std::size_t column) const noexcept { return column_view(result_, detail::checked_index(column)); }

    auto begin() const noexcept { return detail::index_iterator<column_list_view>(*this, 0); }
    auto end() const noexcept { return detail::index_iterator<column_list_view>(*this, size()); }

private:
    friend class rowset;
    explicit column_list_view(detail::result_view result) noexcept : result_(result) {}

    detail::result_view result_;
};

namespace detail {

/// The rows of a result, for its iterators.
class rows_view {
public:
    rows_view() noexcept = default;
    explicit rows_view(result_view result) noexcept : result_(result) {}

    row_view operator[](std::size_t row) const noexcept { return row_view(result_, checked_index(row)); }

private:
    result_view result_;
};

} // namespace detail

/// The rows of a statement: a random access range of `row_view`. Owns libpq's result; values are read from it on demand, and
/// nothing is copied before.
///
///     for (auto row : rows) {
///         BOOST_OUTCOME_CO_TRY(auto name, row["name"].as<std::string>());
///     }
///
/// Thread safety: const functions may be called from several threads.
class rowset {
public:
    /// No rows, no columns.
    rowset() noexcept = default;
    /// Takes ownership of the result.
    explicit rowset(detail::result_handle result, detail::type_catalogue_ptr types = nullptr) noexcept
        : result_(std::move(result)), types_(std::move(types)) {}

    std::size_t size() const noexcept { return static_cast<std::size_t>(view().rows()); }
    bool empty() const noexcept { return size() == 0; }

    column_list_view columns() const noexcept { return column_list_view(view()); }

    /// A position beyond the last row gives a row whose fields all fail with `errc::no_rows`.
    row_view operator[](std::size_t row) const noexcept { return rows()[row]; }

    auto begin() const noexcept { return detail::index_iterator<detail::rows_view>(rows(), 0); }
    auto end() const noexcept { return detail::index_iterator<detail::rows_view>(rows(), size()); }

    /// The command tag, such as "SELECT 3".
    command_tag tag() const noexcept { return view().tag(); }

private:
    template <class T>
    friend class detail::answer;
    friend struct detail::rowset_access;
    friend class detail::answer_base;
    bool has_unknown_types() const { return detail::has_unknown_types(view()); }
    void append_types(detail::wanted_types& out) const { detail::append_types(view(), out); }
    void learn(detail::type_catalogue_ptr types) {
        types_ = std::move(types);
        result_ = detail::in_binary(std::move(result_), *types_);
    }

    detail::result_view view() const noexcept {
        return detail::result_view(result_.get(), types_ ? *types_ : detail::built_in_types());
    }
    detail::rows_view rows() const noexcept { return detail::rows_view(view()); }

    detail::result_handle result_;
    detail::type_catalogue_ptr types_;
};

} // namespace pgcoro
