// SPDX-License-Identifier: BSL-1.0
// Rows as the bytes of a binary COPY ... FROM STDIN.
#pragma once

#include <pgcoro/detail/copy_format.hpp>
#include <pgcoro/detail/copy_plan.hpp>
#include <pgcoro/detail/encode_rows.hpp>
#include <pgcoro/detail/stored_value.hpp>
#include <pgcoro/parameters.hpp>

#include <boost/pfr/core.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace pgcoro::detail {

/// What does not depend on the type of the rows: values whose bytes are not just stored.
class copy_encoder_base {
public:
    /// Why the last row could not be encoded: the number of the row, the column, and what is wrong with its value.
    error failure() const;
    /// The number of rows that were encoded.
    std::uint64_t rows() const noexcept { return rows_; }

protected:
    explicit copy_encoder_base(result_view columns);

    error open(std::span<const copy_requirement> requirements);
    error open_untyped();

    /// The values of all columns are written as they are encoded.
    bool is_direct() const noexcept { return is_direct_; }
    bool is_direct(std::size_t column) const noexcept { return plan_[column].conversion == copy_conversion::none; }
    void begin_row() noexcept { failure_ = {}; }
    /// True if it did not fail; otherwise drops what the buffer has of it.
    bool end_row(std::size_t start, byte_buffer& out) noexcept;
    void count_row() noexcept { ++rows_; }
    bool failed() const noexcept { return failure_ != errc{}; }
    /// The first failure of a row is kept. `detail` says more than the name of the failure, if it is not empty.
    [[gnu::cold]] void fail(std::size_t column, errc failure, std::string detail = {}) noexcept;

    std::vector<value_writer::missing_type>* missing() noexcept { return &missing_; }
    /// After the bytes of a value, which begin at `start`.
    void end_value(std::size_t column, std::size_t start, const value_writer& writer, byte_buffer& out);
    /// The only one of `one`.
    void write_parameter(std::size_t column, parameters& one, byte_buffer& out);
    void write_parameters(const parameters& row, byte_buffer& out);

private:
    void write_filled_in(const parameters& row, byte_buffer& out);
    void write_parameter(std::size_t column, const parameters& row, std::size_t index, byte_buffer& out);
    bool fill_in(std::size_t column, byte_buffer& out);
    void fail(std::size_t column, const error& e) noexcept;

    result_view columns_;
    std::vector<copy_column> plan_;
    bool is_direct_ = false;
    errc failure_{};
    std::size_t column_ = 0;
    std::uint64_t rows_ = 0;
    std::string detail_;
    std::vector<value_writer::missing_type> missing_;
    byte_buffer scratch_;
};

/// Encodes rows for a COPY whose columns a result describes: that of a `select a, b from t limit 0`, in any format. It and its
/// types must outlive the encoder. A `Row` is what `execute_many` takes.
///
///     copy_encoder<Row> encoder(columns);
///     error failure = encoder.open();                            // once: each member can be written into its column
///     append_copy_header(buffer);
///     for (const Row& row : rows) {
///         if (!encoder.append(row, buffer)) return encoder.failure();
///     }
///     append_copy_trailer(buffer);
///
/// The buffer may be sent and emptied between rows. Types that the columns have and the library does not know must have been
/// asked for: `append_types(columns, wanted)`.
template <class Row>
class copy_encoder : public copy_encoder_base {
public:
    explicit copy_encoder(result_view columns) : copy_encoder_base(columns) {}

    /// Must be called first. Errors: `errc::column_count_mismatch`, `errc::type_mismatch`.
    error open() {
        if constexpr (std::is_same_v<Row, parameters>) {
            return open_untyped();
        } else {
            return copy_encoder_base::open(copied_row<Row>::requirements::all);
        }
    }

    /// Appends a row. False if a value cannot be sent: `failure()` tells which, and the buffer is as it was.
    bool append(const Row& row, byte_buffer& out) {
        const auto write_all = [&](const auto&... values) { return write(out, values...); };
        if constexpr (std::is_same_v<Row, parameters>) {
            const std::size_t start = out.size();
            begin_row();
            write_parameters(row, out);
            return end_row(start, out);
        } else if constexpr (is_tuple<Row>) {
            return std::apply(write_all, row);
        } else if constexpr (sent_struct<Row>) {
            return std::apply(write_all, boost::pfr::structure_tie(row));
        } else {
            return write_all(row);
        }
    }

private:
    static constexpr std::size_t length_size = sizeof(std::uint32_t);

    template <class... Values>
    [[gnu::always_inline]] bool write(byte_buffer& out, const Values&... values) {
        if constexpr ((stored_value<Values> && ...)) {
            if (is_direct()) [[likely]] {
                return store_row(out, values...);
            }
        }
        const std::size_t start = out.size();
        begin_row();
        constexpr auto count = static_cast<std::uint16_t>(sizeof...(Values));
        store_big_endian(out.extend(sizeof count), count);
        std::size_t column = 0;
        (write_value(column++, values, out), ...);
        return end_row(start, out);
    }

    /// The whole row into memory that is made sure of once.
    template <class... Values>
    [[gnu::always_inline]] bool store_row(byte_buffer& out, const Values&... values) {
        constexpr auto count = static_cast<std::uint16_t>(sizeof...(Values));
        const std::size_t size = (sizeof count + ... + (length_size + stored_size(values)));
        if (size > value_writer::max_size) [[unlikely]] {
            begin_row();
            fail(0, errc::value_too_large);
            return false;
        }
        std::byte* at = out.extend(size);
        store_big_endian(at, count);
        at += sizeof count;
        std::size_t column = 0;
        errc failure{};
        if (((failure = store_value(values, at), ++column, failure == errc{}) && ...)) [[likely]] {
            count_row();
            return true;
        }
        out.truncate(out.size() - size);
        begin_row();
        fail(column - 1, failure);
        return false;
    }

    template <class T>
    [[gnu::always_inline]] static errc store_value(const T& value, std::byte*& at) noexcept {
        if constexpr (is_optional<T>) {
            if (value) {
                return store_value(*value, at);
            }
            store_big_endian(at, copy_null);
            at += length_size;
            return {};
        } else {
            const std::size_t size = stored_size(value);
            store_big_endian(at, static_cast<std::uint32_t>(size));
            std::byte* const to = at + length_size;
            at = to + size;
            return store(value, to, size);
        }
    }

    template <class T>
    void write_value(std::size_t column, const T& value, byte_buffer& out) {
        if constexpr (is_optional<T>) {
            value ? write_value(column, *value, out) : write_null(out);
        } else if constexpr (untyped_null<T>) {
            write_null(out);
        } else if constexpr (c_string<T> || value_of_choice<T>) {
            parameters one;
            one.push_back(value);
            write_parameter(column, one, out);
        } else {
            if constexpr (stored_value<T>) {
                if (const std::size_t size = stored_size(value); is_direct(column) && size <= value_writer::max_size)
                    [[likely]] {
                    std::byte* at = out.extend(length_size + size);
                    const errc failure = store_value(value, at);
                    return failure == errc{} ? void() : fail(column, failure);
                }
            }
            value_writer writer(out, missing());
            const std::size_t start = writer.begin_nested();
            pg_type<T>::encode(value, writer);
            end_value(column, start, writer, out);
        }
    }
    static void write_null(byte_buffer& out) { store_big_endian(out.extend(length_size), copy_null); }
};

} // namespace pgcoro::detail
