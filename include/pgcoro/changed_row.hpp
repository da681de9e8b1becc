// SPDX-License-Identifier: BSL-1.0
// A row of a replication stream.
#pragma once

#include <pgcoro/detail/byte_buffer.hpp>
#include <pgcoro/detail/changed_view.hpp>
#include <pgcoro/detail/index_iterator.hpp>
#include <pgcoro/parameters.hpp>
#include <pgcoro/replicated_table.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/row.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro {
namespace detail {

/// The same values, some of them in the binary format.
class binary_cells {
public:
    /// Converts the values of these columns that came as text. Errors: those of `changed_field::as` for such a value.
    error convert(const replication::table& table, const changed_cell* cells, std::span<const int> columns);
    const changed_cell* get() const noexcept { return cells_.data(); }

private:
    std::vector<changed_cell> cells_;
    byte_buffer bytes_;
};

struct changed_field_access;

} // namespace detail

/// One value of a changed row. A view: it must not outlive the row.
///
/// It can be a parameter, and is then sent as it was received, like a field of a rowset (see `parameters::push_back`). A value
/// that the server left out is `errc::value_not_sent`.
class changed_field {
public:
    /// The column's name.
    std::string_view name() const noexcept { return column().name; }
    const replication::column& column() const noexcept { return table_->columns[column_]; }
    bool is_null() const noexcept { return cell_->length == detail::cell_bytes::null; }
    /// False: the update did not change it, or only the key of an old row is known.
    bool is_sent() const noexcept { return cell_->is_sent(); }

    /// The value as a T: a type with `pg_type`, or std::optional or `or_unchanged` of one.
    ///
    /// Errors: `errc::type_mismatch` (also for a value that came as text and can only be read as text, see
    /// `replication_options::binary`), `errc::unexpected_null`, `errc::value_not_sent`, `errc::value_out_of_range`,
    /// `errc::malformed_value`.
    template <class T>
    result<T> as() const {
        static_assert(!detail::is_view<T>, "pgcoro: a view would outlive the event: read std::string");
        static constexpr detail::column_requirement requirement = detail::requirement_for<T>();
        detail::byte_buffer converted;
        detail::cell_bytes cell = *cell_;
        if (error failure = read(requirement, converted, cell)) {
            return failure;
        }
        result<T> value(boost::outcome_v2::in_place_type<T>);
        const errc failure = detail::read_cell(column().type, cell, value.assume_value(), *table_->types);
        return failure == errc{} ? std::move(value) : result<T>(why(failure, cell, requirement));
    }

    /// The value as PostgreSQL prints it. A value that came in the binary format is printed as by `to_text`
    /// (<pgcoro/to_text.hpp>), which does not know the text of all types.
    ///
    /// Errors: `errc::value_not_sent`, `errc::unexpected_null`, `errc::malformed_value`, `errc::value_out_of_range` (arrays and
    /// composites nested more than 16 levels deep).
    result<std::string> text() const;

private:
    friend class changed_row;
    friend struct detail::changed_field_access;
    friend struct detail::chosen_value<changed_field>;
    changed_field(const replication::table* table, const detail::changed_cell* cell, std::size_t column) noexcept
        : table_(table), cell_(cell), column_(column) {}

    detail::result_view columns() const noexcept { return detail::result_view(table_->description.get(), *table_->types); }
    error read(const detail::column_requirement& requirement, detail::byte_buffer& converted, detail::cell_bytes& cell) const;
    error why(errc failure, const detail::cell_bytes& cell, const detail::column_requirement& requirement) const;

    const replication::table* table_;
    const detail::changed_cell* cell_;
    std::size_t column_;
};

/// A field as a parameter.
template <>
struct detail::chosen_value<changed_field> {
    static void push(const changed_field& field, parameters& to);
};

/// The values of a row in a replication stream, by the columns of its table. A view: valid until the stream gives its next
/// event.
class changed_row {
public:
    /// No columns.
    changed_row() noexcept = default;
    /// Of the library. `has_text` is whether some value came in the text format although its type has a binary one.
    changed_row(const replication::table& table, const detail::changed_cell* cells, bool has_text) noexcept
        : table_(&table), cells_(cells), has_text_(has_text) {}

    /// The number of columns.
    std::size_t size() const noexcept { return table_ ? table_->columns.size() : 0; }
    /// Precondition: `column < size()`.
    changed_field operator[](std::size_t column) const noexcept { return {table_, cells_ + column, column}; }
    auto begin() const noexcept { return detail::index_iterator<changed_row>(*this, 0); }
    auto end() const noexcept { return detail::index_iterator<changed_row>(*this, size()); }

    /// The whole row as a `Row` (see <pgcoro/row.hpp>). A value that the server did not send needs `or_unchanged`.
    ///
    /// Errors: those of `fetch<Row>`; `errc::value_not_sent`.
    template <class Row>
    result<Row> as() const {
        if (!table_) {
            return error(errc::no_rows);
        }
        if (!has_text_) [[likely]] {
            return read<Row>(cells_);
        }
        detail::binary_cells converted;
        if (error failure = convert<Row>(converted)) {
            return failure;
        }
        return read<Row>(converted.get());
    }

private:
    template <class Row>
    using decoder_of = detail::row_decoder<Row, detail::changed_view>;

    template <class Row>
    decoder_of<Row> decoder_for(const detail::changed_cell* cells) const noexcept {
        return decoder_of<Row>({detail::result_view(table_->description.get(), *table_->types), cells});
    }

    /// Only what a Row reads: other columns may be of types that cannot be converted.
    template <class Row>
    [[gnu::cold]] error convert(detail::binary_cells& converted) const {
        auto unread = decoder_for<Row>(cells_);
        if (error failure = open<Row>(unread)) {
            return failure;
        }
        return converted.convert(*table_, cells_, unread.columns_read());
    }

    template <class Row>
    result<Row> read(const detail::changed_cell* cells) const {
        auto decoder = decoder_for<Row>(cells);
        if (error failure = open<Row>(decoder)) [[unlikely]] {
            return failure;
        }
        result<Row> row;
        if (!decoder.read([&](Row&& made) { row = std::move(made); })) {
            row = decoder.failure();
        }
        return row;
    }

    template <class Row>
    error open(decoder_of<Row>& decoder) const {
        // Rows by name have to look for their columns each time, and do not take the place of those that need not.
        constexpr bool is_positional = decoder_of<Row>::is_positional;
        if constexpr (is_positional) {
            if (table_->fitting.is<Row>()) [[likely]] {
                decoder.reopen(table_->column_types.data());
                return {};
            }
        }
        if (decoder.open() == detail::mismatch) {
            return decoder.why_mismatch();
        }
        if constexpr (is_positional) {
            table_->fitting.set<Row>();
        }
        return {};
    }

    const replication::table* table_ = nullptr;
    const detail::changed_cell* cells_ = nullptr;
    bool has_text_ = false;
};

} // namespace pgcoro
