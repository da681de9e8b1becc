// SPDX-License-Identifier: BSL-1.0
#include "mariadb/row_reader.hpp"

#include "failure.hpp"
#include "mariadb/type_mapping.hpp"

#include <algorithm>

namespace migrate::mariadb {
namespace {

constexpr std::size_t batch_bytes = std::size_t{256} * 1024;

/// What the user can do about it.
std::string advice(const defect& d, const column_plan& c) {
    if (!d.is_zero_date) {
        return "";
    }
    return c.from->is_required ? " (the column is not null: see the option zero-dates of the source's URL)"
                               : " (see the option zero-dates of the source's URL)";
}

} // namespace

row_reader::row_reader(session& from, const table_plan& plan, const settings& s, bad_values on_bad_values)
    : from_(from),
      plan_(plan),
      settings_(s),
      on_bad_values_(on_bad_values),
      query_(make_select(plan)),
      name_(plan),
      encoder_(plan) {
    for (const column_plan& c : plan.columns) {
        converters_.emplace_back(conversion_of(c), c.from->type, s.invalid_text);
        replaced_.push_back({c.from->name, 0, ""});
    }
}

pgcoro::result<> row_reader::start() { return from_.start_rows(query_.sql); }

pgcoro::result<> row_reader::read(std::string& bytes, std::uint64_t& rows) {
    const std::uint64_t before = encoder_.rows();
    while (!is_at_end_ && encoder_.pending_bytes() < batch_bytes) {
        BOOST_OUTCOME_TRY(const auto values, from_.next_row());
        if (!values) {
            is_at_end_ = true;
            break;
        }
        BOOST_OUTCOME_TRY(add_row(*values));
    }
    bytes = encoder_.take_bytes();
    rows = encoder_.rows() - before;
    return pgcoro::success();
}

std::vector<replaced_values> row_reader::replaced() const {
    std::vector<replaced_values> some;
    std::copy_if(replaced_.begin(), replaced_.end(), std::back_inserter(some),
                 [](const replaced_values& r) { return r.count > 0; });
    return some;
}

pgcoro::result<> row_reader::add_row(std::span<const field> values) {
    ++row_;
    for (std::size_t i = 0; i < converters_.size(); ++i) {
        if (values[i]) {
            BOOST_OUTCOME_TRY(add_value(i, values));
        } else {
            encoder_.add_null();
        }
    }
    encoder_.end_row();
    return pgcoro::success();
}

pgcoro::result<> row_reader::add_value(std::size_t at, std::span<const field> values) {
    const converted made = convert(at, values);
    if (const auto* text = std::get_if<converted_text>(&made)) {
        encoder_.add(text->sent, text->canonical);
    } else if (const auto* number = std::get_if<double>(&made)) {
        encoder_.add(*number);
    } else if (const auto* short_number = std::get_if<float>(&made)) {
        encoder_.add(*short_number);
    } else {
        const auto& bad = std::get<defect>(made);
        const column_plan& c = plan_.columns[at];
        const std::string told = describe_bad_value(name_.of(values, row_), *values[at], bad);
        if (!becomes_null(bad, c, settings_.zero_dates, on_bad_values_)) {
            return fail(failure::bad_value, "column " + c.from->name + ", " + told + advice(bad, c));
        }
        if (replaced_[at].count++ == 0) {
            replaced_[at].first = told;
        }
        encoder_.add_null();
    }
    return pgcoro::success();
}

converted row_reader::convert(std::size_t at, std::span<const field> values) {
    const auto check = query_.is_complete[at];
    if (check && values[*check] == "0" && settings_.invalid_text == invalid_text::fail) {
        return defect{"has bytes that are no characters of its character set"};
    }
    return converters_[at].convert(*values[at]);
}

} // namespace migrate::mariadb
