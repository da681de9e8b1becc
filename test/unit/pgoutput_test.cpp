// SPDX-License-Identifier: BSL-1.0
#include "pgoutput_bytes.hpp"

#include "replication/pgoutput.hpp"
#include "replication/table_types.hpp"

#include <pgcoro/or_unchanged.hpp>
#include <pgcoro/types.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <tuple>

namespace {

using namespace pgcoro;
using namespace pgcoro::test;
using replication::pgoutput;

class pgoutput_messages : public testing::Test {
protected:
    /// From memory of just that size, where a sanitizer sees who reads behind it. It lives until the next call.
    error decode(const std::string& message) {
        bytes_ = std::make_unique<std::byte[]>(message.size());
        std::memcpy(bytes_.get(), message.data(), message.size());
        return decoder_.decode({bytes_.get(), message.size()}, event_);
    }
    template <class Event>
    const Event& read(const std::string& message) {
        const error failure = decode(message);
        EXPECT_FALSE(failure) << failure;
        EXPECT_TRUE(std::holds_alternative<Event>(event_)) << event_.index();
        return std::get<Event>(event_);
    }
    /// The table is known from then on.
    void describe(char identity, const std::vector<wal_column>& columns) {
        const auto& r = read<replication::relation>(relation_message(7, identity, columns));
        decoder_.replace(replication::with_types(*r.table, std::make_shared<const detail::type_catalogue>()));
    }
    void describe_items(char identity = 'd') {
        describe(identity, {{"id", oids::int4, true}, {"body", oids::text, identity == 'f'}});
    }

    static wal_bytes change(char kind) { return wal_bytes(kind).number(std::int32_t{7}); }

    pgoutput decoder_;
    replication::event event_;
    std::unique_ptr<std::byte[]> bytes_;
};

std::string int4(int value) { return big_endian(std::int32_t{value}); }

TEST_F(pgoutput_messages, of_transactions) {
    const auto b = read<replication::begin>(
        wal_bytes('B').number(std::int64_t{10}).number(std::int64_t{1'000'000}).number(std::int32_t{5}).str());
    EXPECT_EQ(b.commit, lsn(10));
    EXPECT_EQ(b.time, std::chrono::sys_days(std::chrono::year(2000) / 1 / 1) + std::chrono::seconds(1));
    EXPECT_EQ(b.id, xid(5));
    const auto c = read<replication::commit>(
        wal_bytes('C').number(std::int8_t{0}).number(std::int64_t{10}).number(std::int64_t{20}).number(std::int64_t{-1}).str());
    EXPECT_EQ(c.at, lsn(10));
    EXPECT_EQ(c.end, lsn(20));
    EXPECT_LT(c.time, std::chrono::sys_days(std::chrono::year(2000) / 1 / 1));
    const auto o = read<replication::origin>(wal_bytes('O').number(std::int64_t{3}).text("elsewhere").str());
    EXPECT_EQ(o.at, lsn(3));
    EXPECT_EQ(o.name, "elsewhere");
}

TEST_F(pgoutput_messages, of_prepared_transactions) {
    const auto four = [](char kind, bool has_flags) {
        wal_bytes message(kind);
        if (has_flags) {
            message.number(std::int8_t{0});
        }
        return message.number(std::int64_t{1}).number(std::int64_t{2}).number(std::int64_t{3});
    };
    const auto b = read<replication::begin_prepare>(four('b', false).number(std::int32_t{9}).text("gid").str());
    EXPECT_EQ(b.end, lsn(2));
    EXPECT_EQ(b.gid, "gid");
    const auto p = read<replication::prepare>(four('P', true).number(std::int32_t{9}).text("gid").str());
    EXPECT_FALSE(p.was_streamed);
    EXPECT_EQ(p.id, xid(9));
    EXPECT_TRUE(read<replication::prepare>(four('p', true).number(std::int32_t{9}).text("gid").str()).was_streamed);
    EXPECT_EQ(read<replication::commit_prepared>(four('K', true).number(std::int32_t{9}).text("gid").str()).end, lsn(2));
    const auto r =
        read<replication::rollback_prepared>(four('r', true).number(std::int64_t{4}).number(std::int32_t{9}).text("gid").str());
    EXPECT_EQ(r.prepare_end, lsn(1));
    EXPECT_EQ(r.end, lsn(2));
    EXPECT_EQ(r.gid, "gid");
}

TEST_F(pgoutput_messages, of_tables_and_types) {
    const auto& r = read<replication::relation>(relation_message(7, 'i', {{"id", oids::int4, true}, {"a", 99'999}}, ""));
    EXPECT_EQ(r.table->oid, 7u);
    EXPECT_EQ(r.table->schema, "pg_catalog");
    EXPECT_EQ(r.table->identity, replication::identity::index);
    ASSERT_EQ(r.table->columns.size(), 2u);
    EXPECT_TRUE(r.table->columns[0].is_key);
    EXPECT_EQ(r.table->columns[1].name, "a");
    EXPECT_EQ(replication::unknown_types(*r.table, detail::built_in_types()), std::vector<oid_number>{99'999});
    const auto y = read<replication::type>(wal_bytes('Y').number(std::int32_t{99'999}).text("").text("mood").str());
    EXPECT_EQ(y.oid, 99'999u);
    EXPECT_EQ(y.schema, "pg_catalog");
    EXPECT_EQ(y.name, "mood");
}

TEST_F(pgoutput_messages, of_inserts_give_typed_rows) {
    describe_items();
    const auto& i =
        read<replication::insert>(change('I').raw("N").number(std::int16_t{2}).value('b', int4(42)).value('b', "hello").str());
    EXPECT_EQ(i.table->name, "t");
    EXPECT_FALSE(i.id);
    EXPECT_EQ((i.row.as<std::tuple<int, std::string>>().value()), (std::tuple<int, std::string>(42, "hello")));
    EXPECT_EQ(i.row.size(), 2u);
    EXPECT_EQ(i.row[1].name(), "body");
    EXPECT_EQ(i.row[1].text().value(), "hello");
    const auto& n = read<replication::insert>(change('I').raw("N").number(std::int16_t{2}).value('b', int4(1)).raw("n").str());
    EXPECT_TRUE(n.row[1].is_null());
    EXPECT_TRUE(n.row[1].is_sent());
    EXPECT_EQ(n.row[1].as<std::string>().error(), errc::unexpected_null);
    EXPECT_EQ((n.row.as<std::tuple<int, std::optional<std::string>>>().value()),
              (std::tuple<int, std::optional<std::string>>(1, std::nullopt)));
    EXPECT_EQ((n.row.as<std::tuple<int, int>>().error()), errc::type_mismatch);
    EXPECT_EQ(n.row.as<int>().error(), errc::column_count_mismatch);
}

TEST_F(pgoutput_messages, of_values_that_came_as_text_give_the_same_rows) {
    describe("d"[0], {{"id", oids::int4, true}, {"numbers", oids::int4_array}, {"acl", oids::aclitem}});
    const auto& i = read<replication::insert>(
        change('I').raw("N").number(std::int16_t{3}).value('t', "42").value('t', "{1,2}").value('t', "a=r/b").str());
    const auto row = i.row.as<std::tuple<int, std::vector<int>, std::string>>();
    ASSERT_TRUE(row) << row.error();
    EXPECT_EQ(row.value(), (std::tuple<int, std::vector<int>, std::string>(42, {1, 2}, "a=r/b")));
    EXPECT_EQ(i.row[0].as<int>().value(), 42);
    EXPECT_EQ(i.row[1].text().value(), "{1,2}");
    const auto& wrong = read<replication::insert>(
        change('I').raw("N").number(std::int16_t{3}).value('t', "forty").value('t', "{}").value('t', "").str());
    EXPECT_EQ((wrong.row.as<std::tuple<int, std::vector<int>, std::string>>().error()), errc::malformed_value);
}

TEST_F(pgoutput_messages, of_updates_tell_unchanged_from_null_and_a_key_from_a_row) {
    describe_items();
    const auto& u = read<replication::update>(change('U').raw("N").number(std::int16_t{2}).value('b', int4(1)).raw("u").str());
    EXPECT_EQ(u.has_old, replication::old_row::none);
    EXPECT_EQ(u.old.size(), 0u);
    EXPECT_FALSE(u.row[1].is_sent());
    EXPECT_FALSE(u.row[1].is_null());
    using with_optional = std::tuple<int, std::optional<std::string>>;
    using with_unchanged = std::tuple<int, or_unchanged<std::optional<std::string>>>;
    EXPECT_EQ(u.row.as<with_optional>().error(), errc::value_not_sent);
    EXPECT_TRUE(std::get<1>(u.row.as<with_unchanged>().value()).is_unchanged());
    EXPECT_EQ(u.row[1].as<std::string>().error(), errc::value_not_sent);
    EXPECT_TRUE(u.row[1].as<or_unchanged<std::string>>().value().is_unchanged());

    const auto& k = read<replication::update>(change('U')
                                                  .raw("K")
                                                  .number(std::int16_t{2})
                                                  .value('b', int4(1))
                                                  .raw("n")
                                                  .raw("N")
                                                  .number(std::int16_t{2})
                                                  .value('b', int4(2))
                                                  .value('b', "x")
                                                  .str());
    EXPECT_EQ(k.has_old, replication::old_row::key);
    EXPECT_EQ(k.old[0].as<int>().value(), 1);
    EXPECT_FALSE(k.old[1].is_sent()) << "NULL says nothing there";
    EXPECT_EQ(k.row[0].as<int>().value(), 2);
}

TEST_F(pgoutput_messages, of_full_rows_fill_in_what_is_unchanged) {
    describe_items('f');
    const auto& u = read<replication::update>(change('U')
                                                  .raw("O")
                                                  .number(std::int16_t{2})
                                                  .value('b', int4(1))
                                                  .value('b', "large")
                                                  .raw("N")
                                                  .number(std::int16_t{2})
                                                  .value('b', int4(2))
                                                  .raw("u")
                                                  .str());
    EXPECT_EQ(u.has_old, replication::old_row::full);
    EXPECT_EQ((u.row.as<std::tuple<int, std::string>>().value()), (std::tuple<int, std::string>(2, "large")));
    EXPECT_EQ((u.old.as<std::tuple<int, std::string>>().value()), (std::tuple<int, std::string>(1, "large")));
    const auto& d = read<replication::delete_>(change('D').raw("O").number(std::int16_t{2}).value('b', int4(1)).raw("n").str());
    EXPECT_EQ(d.has_old, replication::old_row::full);
    EXPECT_TRUE(d.old[1].is_null());
}

TEST_F(pgoutput_messages, of_truncates_and_messages) {
    describe_items();
    const auto& t = read<replication::truncate>(
        wal_bytes('T').number(std::int32_t{1}).number(std::int8_t{2}).number(std::int32_t{7}).str());
    EXPECT_EQ(t.tables.size(), 1u);
    EXPECT_FALSE(t.cascade);
    EXPECT_TRUE(t.restart_identity);
    const auto m = read<replication::message>(
        wal_bytes('M').number(std::int8_t{1}).number(std::int64_t{77}).text("prefix").number(std::int32_t{3}).raw("abc").str());
    EXPECT_TRUE(m.is_transactional);
    EXPECT_EQ(m.at, lsn(77));
    EXPECT_EQ(m.content.size(), 3u);
}

TEST_F(pgoutput_messages, have_ids_only_in_blocks) {
    describe_items();
    EXPECT_TRUE(read<replication::stream_start>(wal_bytes('S').number(std::int32_t{5}).number(std::int8_t{1}).str()).is_first);
    const auto& i = read<replication::insert>(wal_bytes('I')
                                                  .number(std::int32_t{6})
                                                  .number(std::int32_t{7})
                                                  .raw("N")
                                                  .number(std::int16_t{2})
                                                  .value('b', int4(1))
                                                  .raw("n")
                                                  .str());
    EXPECT_EQ(i.id, xid(6));
    EXPECT_EQ(decode(wal_bytes('S').number(std::int32_t{5}).number(std::int8_t{1}).str()), errc::malformed_value);
    read<replication::stream_stop>(wal_bytes('E').str());
    EXPECT_EQ(decode(wal_bytes('E').str()), errc::malformed_value);
    const auto a = read<replication::stream_abort>(wal_bytes('A').number(std::int32_t{5}).number(std::int32_t{6}).str());
    EXPECT_EQ(a.part, xid(6));
    read<replication::stream_abort>(
        wal_bytes('A').number(std::int32_t{5}).number(std::int32_t{5}).number(std::int64_t{1}).number(std::int64_t{2}).str());
    const auto c = read<replication::stream_commit>(wal_bytes('c')
                                                        .number(std::int32_t{5})
                                                        .number(std::int8_t{0})
                                                        .number(std::int64_t{10})
                                                        .number(std::int64_t{20})
                                                        .number(std::int64_t{0})
                                                        .str());
    EXPECT_EQ(c.id, xid(5));
    EXPECT_EQ(c.end, lsn(20));
}

TEST_F(pgoutput_messages, that_are_cut_or_too_long_or_unknown_are_refused) {
    describe_items();
    const std::string whole[] = {
        wal_bytes('B').number(std::int64_t{10}).number(std::int64_t{0}).number(std::int32_t{5}).str(),
        relation_message(8, 'd', {{"id", oids::int4, true}, {"body", oids::text}}),
        change('I').raw("N").number(std::int16_t{2}).value('b', int4(42)).value('t', "hello").str(),
        change('U')
            .raw("K")
            .number(std::int16_t{2})
            .value('b', int4(1))
            .raw("n")
            .raw("N")
            .number(std::int16_t{2})
            .raw("nu")
            .str(),
        change('D').raw("K").number(std::int16_t{2}).value('b', int4(1)).raw("n").str(),
        wal_bytes('T').number(std::int32_t{2}).number(std::int8_t{2}).number(std::int32_t{7}).number(std::int32_t{7}).str(),
        wal_bytes('M').number(std::int8_t{1}).number(std::int64_t{77}).text("p").number(std::int32_t{1}).raw("a").str(),
        wal_bytes('Y').number(std::int32_t{9}).text("s").text("n").str(),
    };
    for (const auto& message : whole) {
        EXPECT_FALSE(decode(message));
        for (std::size_t size = 0; size < message.size(); ++size) {
            EXPECT_EQ(decode(message.substr(0, size)), errc::malformed_value) << message[0] << ' ' << size;
        }
        EXPECT_EQ(decode(message + '\0'), errc::malformed_value) << message[0];
    }
    EXPECT_EQ(decode("?"), errc::malformed_value);
    EXPECT_EQ(decode(wal_bytes('I').number(std::int32_t{66}).raw("N").number(std::int16_t{0}).str()), errc::malformed_value);
    EXPECT_EQ(decode(change('I').raw("X").number(std::int16_t{2}).raw("nn").str()), errc::malformed_value);
    EXPECT_EQ(decode(change('I').raw("N").number(std::int16_t{3}).raw("nnn").str()), errc::malformed_value);
    EXPECT_EQ(decode(change('I').raw("N").number(std::int16_t{2}).raw("nz").str()), errc::malformed_value);
    EXPECT_EQ(decode(change('I').raw("N").number(std::int16_t{2}).raw("nb").number(std::int32_t{-5}).str()),
              errc::malformed_value);
}

TEST_F(pgoutput_messages, of_a_table_that_is_described_anew_need_its_types_first) {
    describe_items();
    ASSERT_FALSE(decode(relation_message(7, 'd', {{"id", oids::int4, true}})));
    const error failure = decode(change('I').raw("N").number(std::int16_t{1}).raw("n").str());
    EXPECT_EQ(failure, errc::malformed_value);
    EXPECT_NE(failure.message().find("not described"), std::string::npos);
}

} // namespace
