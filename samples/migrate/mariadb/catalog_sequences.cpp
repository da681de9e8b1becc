// SPDX-License-Identifier: BSL-1.0
#include "mariadb/catalog_sequences.hpp"

#include "failure.hpp"
#include "mariadb/catalog_queries.hpp"
#include "mariadb/catalog_text.hpp"

#include <algorithm>
#include <charconv>

namespace migrate::mariadb {
namespace {

std::int64_t number_at(const text_row& row, std::size_t at) {
    std::int64_t number = 0;
    if (row[at]) {
        std::from_chars(row[at]->data(), row[at]->data() + row[at]->size(), number);
    }
    return number;
}

} // namespace

sequence sequence_of_row(object_name name, const text_row& row) {
    const std::int64_t next = number_at(row, 0);
    const std::int64_t lowest = number_at(row, 1);
    const std::int64_t highest = number_at(row, 2);
    const std::int64_t increment = number_at(row, 3);
    sequence s;
    s.name = std::move(name);
    s.options = "increment " + std::to_string(increment == 0 ? 1 : increment) + " minvalue " + std::to_string(lowest) +
                " maxvalue " + std::to_string(highest) + " cache " +
                std::to_string(std::max<std::int64_t>(1, number_at(row, 4))) + (row[5] == "0" ? " no cycle" : " cycle");
    s.last = std::clamp(next, lowest, highest);
    s.is_called = s.last != next; // it has given its last value
    return s;
}

pgcoro::result<std::vector<sequence>> read_sequences(session& from, const std::string& database) {
    std::vector<sequence> all;
    BOOST_OUTCOME_TRY(const auto names, from.query(queries::sequences));
    for (const text_row& name : names) {
        BOOST_OUTCOME_TRY(const auto rows,
                          from.query("select next_not_cached_value, minimum_value, maximum_value, increment, cache_size, "
                                     "cycle_option from " +
                                     quote_name(name[0].value_or(""))));
        if (rows.empty()) {
            return fail(failure::bad_source, "the sequence " + name[0].value_or("") + " has no values");
        }
        all.push_back(sequence_of_row({database, name[0].value_or("")}, rows.front()));
    }
    return all;
}

} // namespace migrate::mariadb
