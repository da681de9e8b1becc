// SPDX-License-Identifier: BSL-1.0
#include "postgres_source.hpp"

#include "common/copy_text.hpp"
#include "failure.hpp"
#include "server_errors.hpp"

#include <string_view>

namespace etl {
namespace {

/// A query as a part of another. The line feed ends a comment at its end.
std::string in_parentheses(const std::string& query) { return "(" + query + "\n)"; }

} // namespace

pgcoro::task<std::vector<std::string>> postgres_source::open() {
    BOOST_OUTCOME_CO_TRY(db_, co_await pgcoro::connect(config_));
    BOOST_OUTCOME_CO_TRY(co_await db_.execute("set datestyle = 'ISO'"));
    BOOST_OUTCOME_CO_TRY(co_await db_.execute("set intervalstyle = 'postgres'"));
    const pgcoro::unchecked_sql none("select * from " + in_parentheses(query_.text) + " as q limit 0");
    const auto described = co_await db_.fetch(none);
    if (!described) {
        co_return is_about_sql(described.error()) ? fail(failure::bad_pipeline, described.error().message())
                                                  : described.error();
    }
    std::vector<std::string> names;
    for (const auto& column : described.value().columns()) {
        names.emplace_back(column.name());
    }
    co_return names;
}

pgcoro::task<batch> postgres_source::read() {
    if (!is_started_) {
        const pgcoro::unchecked_sql copy("copy " + in_parentheses(query_.text) + " to stdout");
        BOOST_OUTCOME_CO_TRY(rows_, co_await db_.copy_out(copy));
        is_started_ = true;
    }
    BOOST_OUTCOME_CO_TRY(const auto bytes, co_await rows_.read());
    batch b;
    b.bytes = bytes.size();
    b.is_last = bytes.empty();
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (!text.empty()) {
        const auto end = text.find('\n');
        row r;
        r.line = ++row_;
        r.values = common::parse_copy_text(text.substr(0, end));
        b.rows.push_back(std::move(r));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    co_return b;
}

} // namespace etl
