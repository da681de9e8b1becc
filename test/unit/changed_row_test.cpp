// SPDX-License-Identifier: BSL-1.0
// Rows of a replication stream, read in every way there is.
#include "pgoutput_bytes.hpp"

#include "replication/pgoutput.hpp"
#include "replication/table_types.hpp"

#include <pgcoro/or_unchanged.hpp>
#include <pgcoro/rows_by_name.hpp>
#include <pgcoro/types.hpp>

#include <boost/describe/class.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace changed_rows {

struct by_position {
    std::int64_t id = 0;
    std::string title;
    std::optional<std::string> body;
    bool operator==(const by_position&) const = default;
};

struct by_name {
    std::optional<std::string> body;
    std::int64_t id = 0;
    bool operator==(const by_name&) const = default;
};
BOOST_DESCRIBE_STRUCT(by_name, (), (body, id))

struct twice {
    by_name first;
    by_name second;
};
BOOST_DESCRIBE_STRUCT(twice, (), (first, second))

} // namespace changed_rows

namespace {

using namespace pgcoro;
using namespace pgcoro::test;

constexpr std::int32_t items = 7;

/// Reads rows of one table after the other.
class changed_row_of : public testing::Test {
protected:
    void describe(const std::vector<wal_column>& columns, char identity = 'd') {
        columns_ = static_cast<std::int16_t>(columns.size());
        ASSERT_FALSE(decode(relation_message(items, identity, columns)));
        const auto described = std::get<replication::relation>(event_).table;
        decoder_.replace(replication::with_types(*described, std::make_shared<const detail::type_catalogue>()));
    }
    void describe_articles(char identity = 'd') {
        describe({{"id", oids::int8, true}, {"title", oids::text}, {"body", oids::text}}, identity);
    }

    /// `values` are as a message has them.
    changed_row inserted(const wal_bytes& values) { return changed<replication::insert>('I', "N", values).row; }
    changed_row updated(const wal_bytes& values) { return changed<replication::update>('U', "N", values).row; }
    changed_row deleted_key(const wal_bytes& values) { return changed<replication::delete_>('D', "K", values).old; }

private:
    error decode(std::string message) {
        message_ = std::move(message);
        return decoder_.decode(as_bytes(message_), event_);
    }
    template <class Event>
    const Event& changed(char kind, std::string_view part, const wal_bytes& values) {
        const auto failure = decode(wal_bytes(kind).number(items).raw(part).number(columns_).raw(values.str().substr(1)).str());
        EXPECT_FALSE(failure) << failure;
        return std::get<Event>(event_);
    }

    replication::pgoutput decoder_;
    replication::event event_;
    std::string message_;
    std::int16_t columns_ = 0;
};

wal_bytes values() { return wal_bytes(' '); }
std::string int8(std::int64_t value) { return big_endian(value); }

TEST_F(changed_row_of, a_table_is_read_into_structs_by_position_and_by_name) {
    describe_articles();
    for (std::int64_t id = 1; id < 4; ++id) { // the first row is compared with the table, the others are not
        const auto row = inserted(values().value('b', int8(id)).value('b', "title").raw("n"));
        EXPECT_EQ(row.as<changed_rows::by_position>().value(), (changed_rows::by_position{id, "title", std::nullopt}));
        const auto named = row.as<changed_rows::by_name>();
        ASSERT_TRUE(named) << named.error();
        EXPECT_EQ(named.value(), (changed_rows::by_name{std::nullopt, id}));
    }
}

TEST_F(changed_row_of, one_type_does_not_let_another_type_pass) {
    describe_articles();
    const auto row = inserted(values().value('b', int8(1)).value('b', "title").raw("n"));
    using fitting = std::tuple<std::int64_t, std::string, std::optional<std::string>>;
    using mismatched = std::tuple<std::int64_t, std::int64_t, std::optional<std::string>>;
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(row.as<fitting>());
        EXPECT_EQ(row.as<mismatched>().error(), errc::type_mismatch);
        EXPECT_EQ(row.as<std::int64_t>().error(), errc::column_count_mismatch);
    }
}

TEST_F(changed_row_of, an_update_tells_unchanged_from_null_and_from_a_value) {
    describe_articles();
    using required = std::tuple<std::int64_t, std::string, or_unchanged<std::string>>;
    using nullable = std::tuple<std::int64_t, std::string, or_unchanged<std::optional<std::string>>>;
    const auto start = [] { return values().value('b', int8(1)).value('b', "title"); };

    const auto unchanged = updated(start().raw("u"));
    EXPECT_TRUE(std::get<2>(unchanged.as<required>().value()).is_unchanged());
    EXPECT_TRUE(std::get<2>(unchanged.as<nullable>().value()).is_unchanged());
    EXPECT_EQ(unchanged.as<changed_rows::by_position>().error(), errc::value_not_sent);

    const auto null = updated(start().raw("n"));
    EXPECT_EQ(null.as<required>().error(), errc::unexpected_null);
    EXPECT_EQ(std::get<2>(null.as<nullable>().value()), or_unchanged(std::optional<std::string>()));
    EXPECT_FALSE(std::get<2>(null.as<nullable>().value()).is_unchanged());

    const auto sent = updated(start().value('b', "new"));
    EXPECT_EQ(std::get<2>(sent.as<required>().value()).value(), "new");
    EXPECT_EQ(std::get<2>(sent.as<nullable>().value()).value(), "new");
}

TEST_F(changed_row_of, values_in_the_text_format_are_the_same_values) {
    using microseconds_of_time = std::chrono::sys_time<std::chrono::microseconds>;
    describe({{"a", oids::int8, true}, {"b", oids::float8}, {"c", oids::timestamptz}, {"d", oids::text}, {"e", oids::bytea}});
    const auto row = inserted(values()
                                  .value('t', "-7")
                                  .value('t', "1.5")
                                  .value('t', "2000-01-01 00:00:01+00")
                                  .value('b', "binary")
                                  .value('t', "\\x00ff"));
    const auto read = row.as<std::tuple<std::int64_t, double, microseconds_of_time, std::string, std::vector<std::byte>>>();
    ASSERT_TRUE(read) << read.error();
    const auto& [a, b, c, d, e] = read.value();
    EXPECT_EQ(a, -7);
    EXPECT_EQ(b, 1.5);
    EXPECT_EQ(c, std::chrono::sys_days(std::chrono::year(2000) / 1 / 1) + std::chrono::seconds(1));
    EXPECT_EQ(row[2].as<microseconds_of_time>().value(), c);
    EXPECT_EQ(d, "binary");
    EXPECT_EQ(e, (std::vector<std::byte>{std::byte{0x00}, std::byte{0xff}}));
    EXPECT_EQ(row[0].text().value(), "-7");
    EXPECT_EQ(row[3].text().value(), "binary");
}

TEST_F(changed_row_of, many_values_in_the_text_format_keep_their_bytes_while_memory_for_them_grows) {
    constexpr int count = 4;
    describe({{"a", oids::text}, {"b", oids::text}, {"c", oids::text}, {"d", oids::text}});
    wal_bytes sent = values();
    for (int i = 0; i < count; ++i) {
        sent.value('t', std::string(10'000, static_cast<char>('a' + i)));
    }
    const auto read = inserted(sent).as<std::tuple<std::string, std::string, std::string, std::string>>();
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(std::get<0>(read.value()), std::string(10'000, 'a'));
    EXPECT_EQ(std::get<1>(read.value()), std::string(10'000, 'b'));
    EXPECT_EQ(std::get<2>(read.value()), std::string(10'000, 'c'));
    EXPECT_EQ(std::get<3>(read.value()), std::string(10'000, 'd'));
}

TEST_F(changed_row_of, columns_that_are_not_read_may_hold_text_that_cannot_be_converted) {
    describe({{"span", oids::interval}, {"id", oids::int8, true}, {"at", oids::timestamptz}, {"body", oids::text}});
    const auto row = inserted(values().value('t', "1 day").value('t', "7").value('t', "malformed").value('t', "text"));
    const auto read = row.as<changed_rows::by_name>();
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read.value(), (changed_rows::by_name{"text", 7}));
}

TEST_F(changed_row_of, a_column_that_cannot_be_converted_from_text_is_named_when_it_is_read) {
    describe({{"id", oids::int8, true}, {"span", oids::interval}});
    const auto row = inserted(values().value('t', "7").value('t', "1 day"));
    for (const auto& failure : {row.as<std::tuple<std::int64_t, interval>>().error(), row[1].as<interval>().error()}) {
        EXPECT_EQ(failure, errc::type_mismatch);
        EXPECT_NE(failure.message().find("\"span\" (interval) came as text"), std::string::npos) << failure;
    }
    EXPECT_EQ(row[0].as<std::int64_t>().value(), 7);
}

TEST_F(changed_row_of, a_column_that_is_read_twice_keeps_its_value) {
    describe({{"id", oids::int8, true}, {"body", oids::text}});
    const auto row = inserted(values().value('t', "7").value('t', "text"));
    const auto read = row.as<changed_rows::twice>();
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read.value().first, (changed_rows::by_name{"text", 7}));
    EXPECT_EQ(read.value().second, (changed_rows::by_name{"text", 7}));
}

TEST_F(changed_row_of, types_without_a_binary_format_are_read_as_text) {
    describe({{"id", oids::int8, true}, {"acl", oids::aclitem}});
    const auto row = inserted(values().value('b', int8(1)).value('t', "a=r/b"));
    EXPECT_TRUE(row[1].column().is_text);
    const auto read = row.as<std::tuple<std::int64_t, std::string>>();
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(std::get<1>(read.value()), "a=r/b");
    EXPECT_EQ(row[1].as<std::string>().value(), "a=r/b");
}

TEST_F(changed_row_of, a_key_has_only_columns_of_the_key_whatever_was_sent) {
    describe_articles();
    using only_key = std::tuple<std::int64_t, or_unchanged<std::string>, or_unchanged<std::string>>;
    const std::pair<char, std::string> formats[] = {{'b', int8(1)}, {'t', "1"}};
    for (const auto& [format, id] : formats) {
        const auto row = deleted_key(values().value(format, id).value(format, "no part of the key").raw("n"));
        const auto read = row.as<only_key>();
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(std::get<0>(read.value()), 1);
        EXPECT_TRUE(std::get<1>(read.value()).is_unchanged());
        EXPECT_TRUE(std::get<2>(read.value()).is_unchanged());
        EXPECT_FALSE(row[1].is_sent());
        EXPECT_EQ(row[1].text().error(), errc::value_not_sent);
        EXPECT_TRUE(row[1].as<or_unchanged<std::string>>().value().is_unchanged());
    }
}

TEST_F(changed_row_of, no_table_has_no_columns) {
    EXPECT_EQ(changed_row().size(), 0u);
    EXPECT_EQ(changed_row().begin(), changed_row().end());
    EXPECT_EQ(changed_row().as<std::int64_t>().error(), errc::no_rows);
}

} // namespace
