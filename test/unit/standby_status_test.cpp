// SPDX-License-Identifier: BSL-1.0
#include "replication/repeated_transactions.hpp"
#include "replication/slot_commands.hpp"
#include "replication/standby_status.hpp"
#include "replication/status_message.hpp"
#include "replication/stream_retry.hpp"

#include <gtest/gtest.h>

namespace {

using namespace pgcoro;
using namespace pgcoro::replication;

TEST(standby_status, confirms_what_the_consumer_has_confirmed) {
    standby_status s(lsn(100));
    EXPECT_EQ(s.confirmed(), lsn(100));
    s.on_complete(lsn(150));
    s.on_complete(lsn(200));
    EXPECT_EQ(s.confirmed(), lsn(100));
    EXPECT_EQ(s.received(), lsn(200));
    s.confirm(lsn(150));
    EXPECT_EQ(s.confirmed(), lsn(150));
    s.confirm(lsn(120));
    EXPECT_EQ(s.confirmed(), lsn(150));
}

TEST(standby_status, offers_keepalives_when_nothing_is_left_to_confirm) {
    standby_status s(lsn(100));
    EXPECT_EQ(s.offer(), lsn());
    s.on_keepalive(lsn(300));
    EXPECT_EQ(s.offer(), lsn(300));
    EXPECT_EQ(s.confirmed(), lsn(100));
    s.confirm(lsn(300));
    EXPECT_EQ(s.offer(), lsn());
    s.on_part();
    s.on_complete(lsn(400));
    s.on_keepalive(lsn(500));
    EXPECT_EQ(s.offer(), lsn()) << "what was not confirmed may not be passed over";
    s.confirm(lsn(400));
    EXPECT_EQ(s.offer(), lsn(500));
}

TEST(standby_status, offers_no_keepalive_from_before_a_transaction_or_from_within) {
    standby_status s(lsn(100));
    s.on_keepalive(lsn(300));
    s.on_part();
    EXPECT_EQ(s.offer(), lsn());
    s.on_keepalive(lsn(310));
    EXPECT_EQ(s.offer(), lsn());
    s.on_part_over(); // it comes again
    EXPECT_EQ(s.offer(), lsn());
    s.on_keepalive(lsn(290));
    EXPECT_EQ(s.offer(), lsn(290));
}

bool is_new(repeated_transactions& r, event e) { return r.is_new(e); }
event begin_at(std::uint64_t commit) { return begin{lsn(commit), {}, xid(1)}; }
event commit_at(std::uint64_t at, std::uint64_t end) { return commit{lsn(at), lsn(end), {}}; }

TEST(repeated_transactions, are_told_from_new_ones_by_their_end) {
    repeated_transactions r;
    EXPECT_TRUE(is_new(r, begin_at(10)));
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, commit_at(10, 15)));
    EXPECT_TRUE(is_new(r, begin_at(20)));
    EXPECT_TRUE(is_new(r, insert()));
    r.on_restart(); // before the second commit
    EXPECT_FALSE(is_new(r, begin_at(10)));
    EXPECT_FALSE(is_new(r, insert()));
    EXPECT_FALSE(is_new(r, commit_at(10, 15)));
    EXPECT_TRUE(is_new(r, begin_at(20)));
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, commit_at(20, 25)));
}

TEST(repeated_transactions, in_blocks_are_told_by_their_ids_until_they_are_confirmed) {
    repeated_transactions r;
    EXPECT_TRUE(is_new(r, stream_start{xid(7), true}));
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, stream_stop()));
    EXPECT_TRUE(is_new(r, stream_commit{xid(7), lsn(10), lsn(15), {}}));
    r.on_restart();
    EXPECT_FALSE(is_new(r, stream_start{xid(7), true}));
    EXPECT_FALSE(is_new(r, insert()));
    EXPECT_FALSE(is_new(r, stream_stop()));
    EXPECT_FALSE(is_new(r, stream_commit{xid(7), lsn(10), lsn(15), {}}));
    r.confirmed(lsn(15)); // the number may be another's from then on
    EXPECT_TRUE(is_new(r, stream_start{xid(7), true}));
}

TEST(repeated_transactions, that_came_whole_and_come_again_in_blocks_are_to_be_discarded) {
    repeated_transactions r;
    EXPECT_TRUE(is_new(r, begin_at(10)));
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, commit_at(10, 15)));
    r.on_restart();
    EXPECT_TRUE(is_new(r, stream_start{xid(7), true})); // whose end is not known yet
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, stream_stop()));
    event end = stream_commit{xid(7), lsn(10), lsn(15), {}};
    EXPECT_TRUE(r.is_new(end));
    ASSERT_TRUE(std::holds_alternative<stream_abort>(end));
    EXPECT_EQ(std::get<stream_abort>(end).id, xid(7));
    EXPECT_EQ(std::get<stream_abort>(end).part, xid(7));
    EXPECT_TRUE(is_new(r, stream_start{xid(7), true})) << "nothing of it was kept";
}

TEST(repeated_transactions, that_are_prepared_come_once_as_well) {
    repeated_transactions r;
    EXPECT_TRUE(is_new(r, begin_prepare{lsn(10), lsn(15), {}, xid(1), "g"}));
    EXPECT_TRUE(is_new(r, prepare{lsn(10), lsn(15), {}, xid(1), "g", false}));
    EXPECT_TRUE(is_new(r, commit_prepared{lsn(20), lsn(25), {}, xid(1), "g"}));
    r.on_restart();
    EXPECT_FALSE(is_new(r, begin_prepare{lsn(10), lsn(15), {}, xid(1), "g"}));
    EXPECT_FALSE(is_new(r, insert()));
    EXPECT_FALSE(is_new(r, prepare{lsn(10), lsn(15), {}, xid(1), "g", false}));
    EXPECT_FALSE(is_new(r, commit_prepared{lsn(20), lsn(25), {}, xid(1), "g"}));
    EXPECT_TRUE(is_new(r, rollback_prepared{lsn(26), lsn(30), {}, {}, xid(2), "h"}));
}

TEST(repeated_transactions, that_were_prepared_before_the_slot_knew_of_them_are_new) {
    repeated_transactions r;
    r.on_restart(lsn(50));
    EXPECT_TRUE(is_new(r, begin_at(60)));
    EXPECT_TRUE(is_new(r, commit_at(60, 65)));
    EXPECT_TRUE(is_new(r, begin_prepare{lsn(10), lsn(15), {}, xid(1), "g"}));
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, prepare{lsn(10), lsn(15), {}, xid(1), "g", false}));
    EXPECT_TRUE(is_new(r, commit_prepared{lsn(70), lsn(75), {}, xid(1), "g"}));
    r.on_restart(lsn(50));
    EXPECT_FALSE(is_new(r, begin_at(60)));
    EXPECT_FALSE(is_new(r, commit_at(60, 65)));
}

event begin_prepared_at(std::uint64_t at) { return begin_prepare{lsn(at), lsn(at + 5), {}, xid(1), "g"}; }
event prepare_at(std::uint64_t at, bool was_streamed = false) {
    return prepare{lsn(at), lsn(at + 5), {}, xid(1), "g", was_streamed};
}
event commit_prepared_at(std::uint64_t at) { return commit_prepared{lsn(at), lsn(at + 5), {}, xid(1), "g"}; }

// The server sends such a transaction whole when it is committed, until that position is confirmed.
TEST(repeated_transactions, that_were_prepared_before_the_slot_knew_of_them_come_once_as_well) {
    repeated_transactions r;
    r.on_restart(lsn(100));
    EXPECT_TRUE(is_new(r, begin_prepared_at(50)));
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, prepare_at(50)));
    EXPECT_TRUE(is_new(r, commit_prepared_at(200)));
    r.confirmed(lsn(150));
    r.on_restart(lsn(150));
    EXPECT_FALSE(is_new(r, begin_prepared_at(50)));
    EXPECT_FALSE(is_new(r, insert()));
    EXPECT_FALSE(is_new(r, prepare_at(50)));
    EXPECT_FALSE(is_new(r, commit_prepared_at(200)));
    r.confirmed(lsn(205)); // the number may be another's from then on
    EXPECT_TRUE(is_new(r, begin_prepared_at(60)));
}

TEST(repeated_transactions, that_were_prepared_before_the_slot_knew_of_them_end_once) {
    repeated_transactions r;
    r.on_restart(lsn(100));
    EXPECT_TRUE(is_new(r, begin_prepared_at(50)));
    EXPECT_TRUE(is_new(r, prepare_at(50)));
    r.confirmed(lsn(100));
    r.on_restart(lsn(100)); // before the commit
    EXPECT_FALSE(is_new(r, begin_prepared_at(50)));
    EXPECT_FALSE(is_new(r, prepare_at(50)));
    EXPECT_TRUE(is_new(r, commit_prepared_at(200)));
    r.on_restart(lsn(100));
    EXPECT_FALSE(is_new(r, begin_prepared_at(50)));
    EXPECT_FALSE(is_new(r, prepare_at(50)));
    EXPECT_FALSE(is_new(r, commit_prepared_at(200)));
}

TEST(repeated_transactions, that_were_cut_before_a_late_prepare_come_again) {
    repeated_transactions r;
    r.on_restart(lsn(100));
    EXPECT_TRUE(is_new(r, begin_prepared_at(50)));
    EXPECT_TRUE(is_new(r, insert()));
    r.on_restart(lsn(100)); // before the prepare
    EXPECT_TRUE(is_new(r, begin_prepared_at(50)));
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, prepare_at(50)));
    EXPECT_TRUE(is_new(r, commit_prepared_at(200)));
}

TEST(repeated_transactions, that_were_prepared_before_the_slot_knew_of_them_come_once_in_blocks) {
    repeated_transactions r;
    r.on_restart(lsn(100));
    EXPECT_TRUE(is_new(r, stream_start{xid(1), true}));
    EXPECT_TRUE(is_new(r, insert()));
    EXPECT_TRUE(is_new(r, stream_stop()));
    EXPECT_TRUE(is_new(r, prepare_at(50, true)));
    EXPECT_TRUE(is_new(r, commit_prepared_at(200)));
    r.confirmed(lsn(150));
    r.on_restart(lsn(150));
    EXPECT_FALSE(is_new(r, stream_start{xid(1), true}));
    EXPECT_FALSE(is_new(r, insert()));
    EXPECT_FALSE(is_new(r, stream_stop()));
    EXPECT_FALSE(is_new(r, prepare_at(50, true)));
    EXPECT_FALSE(is_new(r, commit_prepared_at(200)));
}

TEST(slot_commands, quote_names_and_follow_the_servers_version) {
    slot_options options;
    options.temporary = true;
    options.snapshot = slot_snapshot::exported;
    EXPECT_EQ(create_slot_command("s", options, 150000),
              "CREATE_REPLICATION_SLOT \"s\" TEMPORARY LOGICAL pgoutput (SNAPSHOT 'export')");
    EXPECT_EQ(create_slot_command("s", options, 140000),
              "CREATE_REPLICATION_SLOT \"s\" TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT");
    options = {};
    options.two_phase = options.failover = true;
    EXPECT_EQ(create_slot_command("s", options, 170000),
              "CREATE_REPLICATION_SLOT \"s\" LOGICAL pgoutput (SNAPSHOT 'nothing', TWO_PHASE true, FAILOVER true)");
    EXPECT_EQ(drop_slot_command("s", true), "DROP_REPLICATION_SLOT \"s\" WAIT");
    replication_options stream;
    stream.publications = {"a", "it's \"b\""};
    EXPECT_EQ(start_command("s", lsn(0x16B374D848), stream),
              "START_REPLICATION SLOT \"s\" LOGICAL 16/B374D848 (proto_version '1', publication_names '\"a\", \"it''s "
              "\"\"b\"\"\"', binary 'true')");
    stream.binary = false;
    stream.messages = stream.only_local = true;
    stream.streaming = stream_large_transactions::parallel;
    EXPECT_NE(start_command("s", lsn(), stream).find("(proto_version '4'"), std::string::npos);
    EXPECT_NE(start_command("s", lsn(), stream).find("messages 'true', streaming 'parallel', origin 'none')"),
              std::string::npos);
}

TEST(slot_commands, need_a_server_that_knows_them) {
    slot_options options;
    EXPECT_FALSE(check_slot_options(options, 140000));
    options.failover = true;
    EXPECT_EQ(check_slot_options(options, 160009), errc::invalid_configuration);
    EXPECT_NE(check_slot_options(options, 160009).message().find("the server is 16"), std::string::npos);
    EXPECT_FALSE(check_slot_options(options, 170000));
}

TEST(slot_commands, take_only_names_that_a_server_takes) {
    EXPECT_FALSE(check_slot_name("abc_09"));
    EXPECT_FALSE(check_slot_name(std::string(63, 'a')));
    for (const std::string name : {"", "Upper", "a-b", "a\"b", "a;b"}) {
        EXPECT_EQ(check_slot_name(name), sqlstate::invalid_name) << name;
    }
    EXPECT_EQ(check_slot_name(std::string(64, 'a')), sqlstate::invalid_name);
}

TEST(stream_retry, is_for_what_passes) {
    for (const auto passing : {sqlstate::object_in_use, sqlstate::admin_shutdown, sqlstate::crash_shutdown,
                               sqlstate::cannot_connect_now, sqlstate::too_many_connections}) {
        EXPECT_TRUE(may_pass(passing)) << to_string(passing);
    }
    EXPECT_TRUE(may_pass(errc::connection_lost));
    EXPECT_TRUE(may_pass(errc::timed_out));
    for (const auto lasting : {sqlstate::object_not_in_prerequisite_state, sqlstate::undefined_object,
                               sqlstate::feature_not_supported, sqlstate::insufficient_privilege}) {
        EXPECT_FALSE(may_pass(lasting)) << to_string(lasting);
    }
    for (const auto lasting : {errc::changes_lost, errc::no_such_publication, errc::malformed_value}) {
        EXPECT_FALSE(may_pass(lasting));
    }
}

TEST(status_message, has_the_servers_layout) {
    const auto bytes = status_update(lsn(3), lsn(2), postgresql_epoch + std::chrono::microseconds(5), true);
    EXPECT_EQ(bytes.size(), 34u);
    EXPECT_EQ(bytes[0], std::byte{'r'});
    EXPECT_EQ(bytes[8], std::byte{3});
    EXPECT_EQ(bytes[16], std::byte{2});
    EXPECT_EQ(bytes[24], std::byte{2});
    EXPECT_EQ(bytes[32], std::byte{5});
    EXPECT_EQ(bytes[33], std::byte{1});
    std::array<std::byte, 18> keepalive{std::byte{'k'}};
    keepalive[8] = std::byte{9};
    keepalive[17] = std::byte{1};
    const auto k = std::get<keepalive_message>(read_stream_message(keepalive).value());
    EXPECT_EQ(k.end, lsn(9));
    EXPECT_TRUE(k.wants_reply);
    EXPECT_FALSE(read_stream_message(std::span(keepalive).first(17)));
    EXPECT_FALSE(read_stream_message({}));
}

} // namespace
