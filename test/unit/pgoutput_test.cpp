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

TEST_F(pgoutput_messages, of_types_name_those_of_the_table_that_comes_next) {
    const std::string mood = wal_bytes('Y').number(std::int32_t{99'999}).text("shop").text("mood").str();
    const std::string described = relation_message(7, 'd', {{"id", oids::int4, true}, {"a", 99'999}});
    read<replication::type>(mood);
    const auto table = read<replication::relation>(described).table;
    EXPECT_EQ(table->columns[0].type_name, "");
    EXPECT_EQ(table->columns[1].type_name, "shop.mood");
    const auto resolved = replication::with_types(*table, std::make_shared<const detail::type_catalogue>());
    EXPECT_EQ(resolved->types->describe(99'999), "shop.mood");
    EXPECT_EQ(read<replication::relation>(described).table->columns[1].type_name, "");
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

TEST_F(pgoutput_messages, that_are_cut_anywhere_or_too_long_are_refused) {
    for (const auto& message : one_of_each_kind()) {
        const auto decode_anew = [&](const std::string& bytes) {
            decoder_ = pgoutput(); // a refused message ends the stream
            describe_items();
            if (message[0] == 'E') {
                EXPECT_FALSE(decode(wal_bytes('S').number(std::int32_t{5}).number(std::int8_t{1}).str()));
            }
            return decode(bytes);
        };
        for (std::size_t size = 0; size < message.size(); ++size) {
            EXPECT_EQ(decode_anew(message.substr(0, size)), errc::malformed_value) << message[0] << ' ' << size;
        }
        const error longer = decode_anew(message + '\0');
        EXPECT_EQ(longer, errc::malformed_value) << message[0];
        EXPECT_NE(longer.message().find(std::string{'\'', message[0], '\''}), std::string::npos) << longer;
        EXPECT_FALSE(decode_anew(message)) << message[0];
    }
}

TEST_F(pgoutput_messages, of_parallel_aborts_have_all_or_nothing_of_position_and_time) {
    const std::string abort = wal_bytes('A').number(std::int32_t{5}).number(std::int32_t{6}).str();
    for (std::size_t more = 0; more <= 17; ++more) {
        EXPECT_EQ(!decode(abort + std::string(more, '\0')), more == 0 || more == 16) << more;
    }
}

TEST_F(pgoutput_messages, that_are_wrong_are_refused_with_what_is_wrong) {
    const auto expect_malformed = [this](const std::string& message, const std::string& kind, const std::string& why) {
        const error failure = decode(message);
        EXPECT_EQ(failure, errc::malformed_value);
        EXPECT_EQ(failure.message(), "a message of kind " + kind + " in the replication stream is malformed: " + why);
    };
    describe_items();
    constexpr std::int16_t two = 2;
    const auto row = [](char kind, std::string_view raw) { return change('I').raw({&kind, 1}).number(two).raw(raw).str(); };
    expect_malformed("", "0", "it ends too soon");
    expect_malformed("?", "'?'", "its kind is not known");
    expect_malformed("\xff", "255", "its kind is not known");
    expect_malformed("B", "'B'", "it ends too soon");
    expect_malformed(row('N', "nnn"), "'I'", "bytes follow its end");
    expect_malformed(wal_bytes('O').number(std::int64_t{3}).raw("no NUL").str(), "'O'", "it ends too soon");
    expect_malformed(wal_bytes('I').number(std::int32_t{66}).str(), "'I'", "its table was not described");
    expect_malformed(
        wal_bytes('T').number(std::int32_t{2}).number(std::int8_t{0}).number(std::int32_t{7}).number(std::int32_t{8}).str(),
        "'T'", "its table was not described");
    expect_malformed(wal_bytes('T').number(std::int32_t{-1}).number(std::int8_t{0}).number(std::int32_t{7}).str(), "'T'",
                     "it ends too soon");
    expect_malformed(row('X', "nn"), "'I'", "it has no row where there should be one");
    expect_malformed(change('U').raw("X").number(two).raw("nn").str(), "'U'", "it has no row where there should be one");
    expect_malformed(change('U').raw("K").number(two).raw("nnK").str(), "'U'", "it has no row where there should be one");
    expect_malformed(change('D').raw("N").number(two).raw("nn").str(), "'D'", "it has no row where there should be one");
    for (const std::string& count : {big_endian(std::int16_t{-1}), std::string(2, '\0'), big_endian(std::int16_t{3})}) {
        expect_malformed(change('I').raw("N").raw(count).raw("nnn").str(), "'I'",
                         "it has more or fewer values than its table has columns");
    }
    expect_malformed(row('N', "nz"), "'I'", "a value is of an unknown kind");
    for (const std::int32_t size : {-1, -5, 2, INT32_MAX, INT32_MIN}) {
        expect_malformed(row('N', "nb" + big_endian(size) + "x"), "'I'", "it ends too soon");
    }
    expect_malformed(relation_message(7, 'x', {}), "'R'", "its replica identity is not known");
    expect_malformed(relation_message(7, 'd', std::vector<wal_column>(1601, {"c", oids::int4})), "'R'",
                     "it has too many columns");
    EXPECT_FALSE(decode(relation_message(7, 'd', std::vector<wal_column>(1600, {"c", oids::int4}))));
}

TEST_F(pgoutput_messages, of_transactions_do_not_come_inside_blocks) {
    describe_items();
    const auto all = one_of_each_kind();
    const std::string begin_block = wal_bytes('S').number(std::int32_t{5}).number(std::int8_t{1}).str();
    for (const auto& message : all) {
        if (std::string_view("BCbPKrpAcS").find(message[0]) != std::string_view::npos) {
            decoder_ = pgoutput();
            ASSERT_FALSE(decode(begin_block));
            EXPECT_EQ(decode(message), errc::malformed_value) << message[0];
        }
    }
}

TEST_F(pgoutput_messages, of_two_tables_may_alternate) {
    describe_items();
    const auto& r = read<replication::relation>(relation_message(8, 'd', {{"number", oids::int8, true}}));
    decoder_.replace(replication::with_types(*r.table, std::make_shared<const detail::type_catalogue>()));
    for (int i = 0; i < 2; ++i) {
        const auto& first = read<replication::insert>(change('I').raw("N").number(std::int16_t{2}).raw("nn").str());
        EXPECT_EQ(first.row.size(), 2u);
        const auto& second = read<replication::insert>(wal_bytes('I')
                                                           .number(std::int32_t{8})
                                                           .raw("N")
                                                           .number(std::int16_t{1})
                                                           .value('b', big_endian(std::int64_t{9}))
                                                           .str());
        EXPECT_EQ(second.row.as<std::int64_t>().value(), 9);
    }
}

TEST_F(pgoutput_messages, inside_blocks_have_the_id_of_their_transaction) {
    describe_items();
    read<replication::stream_start>(wal_bytes('S').number(std::int32_t{5}).number(std::int8_t{0}).str());
    const auto in_block = [](char kind) { return wal_bytes(kind).number(std::int32_t{6}); };
    constexpr std::int16_t two = 2;
    const auto changed = [&](char kind) { return in_block(kind).number(std::int32_t{7}); };
    EXPECT_EQ(read<replication::update>(changed('U').raw("N").number(two).raw("nn").str()).id, xid(6));
    EXPECT_EQ(read<replication::delete_>(changed('D').raw("K").number(two).raw("nn").str()).id, xid(6));
    EXPECT_EQ(
        read<replication::truncate>(in_block('T').number(std::int32_t{1}).number(std::int8_t{1}).number(std::int32_t{7}).str())
            .id,
        xid(6));
    const auto m = read<replication::message>(
        in_block('M').number(std::int8_t{1}).number(std::int64_t{7}).text("p").number(std::int32_t{0}).str());
    EXPECT_EQ(m.id, xid(6));
    EXPECT_EQ(m.prefix, "p");
    EXPECT_EQ(read<replication::type>(in_block('Y').number(std::int32_t{9}).text("s").text("n").str()).oid, 9u);
    // A table is described anew in each transaction.
    const std::string described = relation_message(9, 'd', {{"id", oids::int4, true}});
    EXPECT_EQ(read<replication::relation>(in_block('R').raw(described.substr(1)).str()).table->oid, 9u);
}

TEST_F(pgoutput_messages, of_a_table_that_is_described_anew_need_its_types_first) {
    describe_items();
    ASSERT_FALSE(decode(relation_message(7, 'd', {{"id", oids::int4, true}})));
    const error failure = decode(change('I').raw("N").number(std::int16_t{1}).raw("n").str());
    EXPECT_EQ(failure, errc::malformed_value);
    EXPECT_NE(failure.message().find("not described"), std::string::npos);
}

} // namespace
