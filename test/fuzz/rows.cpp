// SPDX-License-Identifier: BSL-1.0
// Results of any shape, read as rows of every kind: scalars, tuples, structs by position and by name, and at run time.
#include "input.hpp"

#include "unit/fake_result.hpp"

#include <pgcoro/detail/field_access.hpp>
#include <pgcoro/parameters.hpp>
#include <pgcoro/print_table.hpp>
#include <pgcoro/row.hpp>
#include <pgcoro/rows_by_name.hpp>
#include <pgcoro/rowset.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/types.hpp>

#include <boost/describe/class.hpp>

#include <algorithm>
#include <memory>
#include <sstream>
#include <tuple>
#include <vector>

namespace pgcoro::fuzz {

struct customer {
    std::int64_t id = 0;
    std::string name;
    std::optional<numeric> price;
};
BOOST_DESCRIBE_STRUCT(customer, (), (id, name, price))

struct visit {
    std::int32_t number;
    std::optional<place> where;
};

} // namespace pgcoro::fuzz

namespace {

using namespace pgcoro;
using fuzz::require;

constexpr std::size_t most_columns = 8;
constexpr std::size_t most_rows = 16;
constexpr const char* names[] = {"id", "name", "price", "number", "where", "a \"b\"", "", "id "};
constexpr unsigned null_length = 255;

/// A number of columns; the type, format and name of each; the lengths and bytes of the values until the input ends.
detail::result_handle result_of(fuzz::input in) {
    std::vector<test::fake_column> columns(in.byte() % (most_columns + 1));
    for (auto& column : columns) {
        column.type = in.type();
        const unsigned rest = in.byte();
        column.format = (rest & 1U) == 0;
        column.name = names[rest / 2 % std::size(names)];
    }
    std::vector<test::fake_row> rows;
    while (!in.empty() && !columns.empty() && rows.size() < most_rows) {
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const unsigned length = in.byte();
            if (length == null_length) {
                row.emplace_back();
            } else {
                const auto bytes = in.bytes(length);
                row.emplace_back(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
            }
        }
    }
    return test::fake_result(std::move(columns), rows);
}

template <class Row>
void read_rows(const detail::result_handle& result) {
    const detail::result_view view(result.get(), fuzz::user_types());
    std::vector<Row> all;
    const error failure = detail::decode_rows(view, all);
    require(failure ? !failure.message().empty() : all.size() == static_cast<std::size_t>(view.rows()));
    std::optional<Row> one;
    const error other_failure = detail::decode_one(view, one);
    require(other_failure ? !other_failure.message().empty() : one.has_value());
}

/// To the server it came from, a value goes as it came.
void send_on(const field_view& field) {
    parameters values;
    values.push_back(field);
    if (!values.ok()) {
        require(!values.failure().message().empty());
        return;
    }
    const auto view = detail::field_access::result(field);
    const int column = detail::field_access::column(field);
    const auto cell = view.cell(detail::field_access::row(field), column);
    require(!values.fill_in(view.types()) && values.oid(0) == view.column_type(column));
    require(cell.is_null()
                ? !values.value(0)
                : cell.length == values.length(0) &&
                      std::equal(cell.data, cell.data + cell.length, reinterpret_cast<const std::byte*>(values.value(0))));
}

void read_fields(const rowset& rows) {
    for (const auto row : rows) {
        for (const auto field : row) {
            const auto text = field.text();
            const auto copy = field.as<std::string>();
            require(text.has_value() == copy.has_value() && (!text || text.assume_value() == copy.assume_value()));
            require(field.bytes().has_value() == field.as<std::vector<std::byte>>().has_value());
            send_on(field);
            static_cast<void>(field.as<std::optional<std::int16_t>>());
            static_cast<void>(field.as<std::vector<std::optional<int>>>());
        }
        static_cast<void>(row["id"].as<std::int64_t>());
        static_cast<void>(row.as<fuzz::customer>());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto result = result_of(fuzz::input(data, size));
    read_rows<std::int64_t>(result);
    read_rows<std::optional<std::string>>(result);
    read_rows<std::tuple<std::int32_t, std::optional<std::string>>>(result);
    read_rows<std::pair<numeric, std::vector<std::optional<int>>>>(result);
    read_rows<std::tuple<std::optional<fuzz::customer>, std::optional<fuzz::visit>>>(result);
    read_rows<fuzz::customer>(result);
    read_rows<fuzz::visit>(result);

    detail::wanted_types types;
    const detail::result_view view(result.get(), fuzz::user_types());
    detail::append_types(view, types);
    require(!detail::has_unknown_types(view) || !types.empty());

    const rowset rows(std::move(result), std::make_shared<const detail::type_catalogue>(fuzz::user_types()));
    read_fields(rows);
    std::ostringstream table;
    table << rows;
    if (const auto json = to_json(rows)) {
        require(json.assume_value().get_array().size() == rows.size());
    }
    return 0;
}
