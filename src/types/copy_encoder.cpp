// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/copy_encoder.hpp>

#include "types/missing_number.hpp"

#include <algorithm>
#include <utility>

namespace pgcoro::detail {

copy_encoder_base::copy_encoder_base(result_view columns) : columns_(columns) {
    plan_.resize(static_cast<std::size_t>(columns.columns()));
}

error copy_encoder_base::open(std::span<const copy_requirement> requirements) {
    error failure = plan_copy(columns_, requirements, plan_.data());
    is_direct_ =
        std::ranges::all_of(plan_, [](const copy_column& column) { return column.conversion == copy_conversion::none; });
    return failure;
}

error copy_encoder_base::open_untyped() {
    for (std::size_t column = 0; column < plan_.size(); ++column) {
        plan_[column].to = columns_.column_type(static_cast<int>(column));
    }
    return {};
}

bool copy_encoder_base::end_row(std::size_t start, byte_buffer& out) noexcept {
    if (failed()) {
        out.truncate(start);
        return false;
    }
    count_row();
    return true;
}

void copy_encoder_base::fail(std::size_t column, errc failure, std::string detail) noexcept {
    if (!failed()) {
        column_ = column;
        failure_ = failure;
        detail_ = std::move(detail);
    }
}

/// Errors of types are all the client's own.
void copy_encoder_base::fail(std::size_t column, const error& e) noexcept {
    fail(column, static_cast<errc>(e.code().value()), std::string(e.message()));
}

bool copy_encoder_base::fill_in(std::size_t column, byte_buffer& out) {
    for (const auto& wanted : missing_) {
        oid_number number = oids::unspecified;
        if (const error e = find_number(columns_.types(), wanted, number)) {
            fail(column, e);
            break;
        }
        store_big_endian(out.data() + wanted.at, number);
    }
    missing_.clear();
    return !failed();
}

void copy_encoder_base::end_value(std::size_t column, std::size_t start, const value_writer& writer, byte_buffer& out) {
    if (failed()) {
        return missing_.clear();
    }
    if (!writer.ok()) {
        missing_.clear();
        return fail(column, writer.failure());
    }
    if (!missing_.empty() && !fill_in(column, out)) {
        return;
    }
    const copy_column& plan = plan_[column];
    if (plan.conversion != copy_conversion::none && !convert_copied(plan, columns_.types(), start, out, scratch_)) {
        return fail(column, errc::malformed_value);
    }
    store_big_endian(out.data() + start - sizeof(std::uint32_t), static_cast<std::uint32_t>(out.size() - start));
}

void copy_encoder_base::write_parameter(std::size_t column, parameters& one, byte_buffer& out) {
    if (!one.ok()) {
        return fail(column, static_cast<errc>(one.failure().code().value()));
    }
    if (const error e = one.fill_in(columns_.types())) {
        return fail(column, e);
    }
    write_parameter(column, one, 0, out);
}

void copy_encoder_base::write_parameter(std::size_t column, const parameters& row, std::size_t index, byte_buffer& out) {
    std::byte* const length_at = out.extend(sizeof(std::uint32_t));
    store_big_endian(length_at, copy_null);
    const char* const value = row.value(index);
    if (!value || failed()) {
        return;
    }
    const std::size_t start = out.size();
    const auto size = static_cast<std::size_t>(row.length(index));
    std::memcpy(out.extend(size), value, size);
    const bool is_text = row.format(index) == 0;
    const auto plan = plan_copy(is_text ? oids::text : row.oid(index), plan_[column].to, columns_.types());
    if (plan.conversion == copy_conversion::refused) {
        return fail(column, errc::type_mismatch,
                    "cannot be written from " + (is_text ? "text" : columns_.types().describe(row.oid(index))));
    }
    if (!convert_copied(plan, columns_.types(), start, out, scratch_)) {
        return fail(column, errc::malformed_value);
    }
    store_big_endian(out.data() + start - sizeof(std::uint32_t), static_cast<std::uint32_t>(out.size() - start));
}

void copy_encoder_base::write_parameters(const parameters& row, byte_buffer& out) {
    const std::size_t whole_row = plan_.size();
    if (row.size() != plan_.size()) {
        return fail(whole_row, errc::column_count_mismatch,
                    "it has " + std::to_string(row.size()) + " values, the COPY has " + std::to_string(plan_.size()) +
                        (plan_.size() == 1 ? " column" : " columns"));
    }
    if (!row.ok()) {
        return fail(whole_row, row.failure());
    }
    if (!row.has_named_types()) {
        return write_filled_in(row, out);
    }
    parameters copy = row;
    if (const error e = copy.fill_in(columns_.types())) {
        return fail(whole_row, e);
    }
    write_filled_in(copy, out);
}

void copy_encoder_base::write_filled_in(const parameters& row, byte_buffer& out) {
    store_big_endian(out.extend(sizeof(std::uint16_t)), static_cast<std::uint16_t>(row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
        write_parameter(column, row, column, out);
    }
}

error copy_encoder_base::failure() const {
    if (!failed()) {
        return {};
    }
    std::string message = "row " + std::to_string(rows_ + 1);
    if (column_ < plan_.size()) {
        const auto column = static_cast<int>(column_);
        message += ", column " + std::to_string(column + 1) + " \"" + std::string(columns_.column_name(column)) + "\" (" +
                   columns_.types().describe(columns_.column_type(column)) + ")";
    }
    return error(failure_, message + ": " + (detail_.empty() ? make_error_code(failure_).message() : detail_));
}

} // namespace pgcoro::detail
