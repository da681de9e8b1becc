// SPDX-License-Identifier: BSL-1.0
// Rows whose values come as text.
#include "support/replication_fixture.hpp"

#include <pgcoro/rows_by_name.hpp>

#include <boost/describe/class.hpp>

namespace replication_text_rows {

struct named_item {
    std::string name;
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(named_item, (), (name, id))

struct named_span {
    std::int64_t id = 0;
    pgcoro::interval span;
};
BOOST_DESCRIBE_STRUCT(named_span, (), (id, span))

} // namespace replication_text_rows

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::replication_options;
using pgcoro::replication_stream;
using pgcoro::task;
namespace replication = pgcoro::replication;

class replication_text : public replication_test {
protected:
    static replication_options stream_as(bool binary) {
        auto options = quick_stream("p");
        options.binary = binary;
        return options;
    }
};

TEST_F(replication_text, of_a_column_that_is_not_read_need_not_be_convertible) {
    sql("create table items (id int8 primary key, name text, span interval, "
        "address inet); create publication p for table items");
    with_stream(stream_as(false), [&](replication_stream& s) -> task<> {
        sql("insert into items values (1, 'nut', '1 day', '192.168.0.1')");
        const auto i = co_await next_of<replication::insert>(s);
        const auto read = i.row.as<replication_text_rows::named_item>();
        if (!read) {
            co_return error_of(read);
        }
        EXPECT_EQ(read.value().id, 1);
        EXPECT_EQ(read.value().name, "nut");
        const auto failure = error_of(i.row.as<replication_text_rows::named_span>());
        EXPECT_EQ(failure, errc::type_mismatch);
        EXPECT_NE(failure.message().find("\"span\" (interval)"), std::string::npos) << failure;
        EXPECT_EQ(i.row[2].text().value(), "1 day");
        co_return success();
    });
}

} // namespace
