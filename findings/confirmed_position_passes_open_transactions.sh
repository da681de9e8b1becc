#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 18.4, logical replication slots: confirmed_flush_lsn moves past the changes of a transaction that is still open, none
# of which was sent. They are not lost: the slot keeps the log from restart_lsn on, and they come when the transaction commits,
# after a restart of the consumer as well. But the usual measure of a slot's lag, pg_current_wal_lsn() - confirmed_flush_lsn, is
# nearly zero while megabytes wait to be sent, and a consumer that stores what it has confirmed stores a position in the middle
# of a transaction that it has not seen.
#
# Seen:
#   changes while the transaction is open: 0
#   written by it: more than 1 MB, of which the lag shows: less than 100 kB
#   confirmed is behind its last change: false, restart is behind its first change: true
#   changes after it has committed: 20000
#
# usage: findings/confirmed_position_passes_open_transactions.sh      needs npm and node
source "$(dirname "$0")/lib.bash"
start_server 18.4.0-beta.17 wal_level=logical

seen=$(ask "$sockets" '
    const writer = await connect(), reader = await connect();
    const one = async (db, sql) => (await db.query({ text: sql, rowMode: "array" })).rows[0];
    const changes = "select count(*)::int from pg_logical_slot_get_changes(\u0027s\u0027, null, null, \u0027skip-empty-xacts\u0027, \u00271\u0027, \u0027include-xids\u0027, \u00270\u0027) where data like \u0027table %\u0027";
    await writer.query("create table notes (n int, t text)");
    await writer.query("select pg_create_logical_replication_slot(\u0027s\u0027, \u0027test_decoding\u0027)");
    const [first] = await one(writer, "select pg_current_wal_insert_lsn()");
    await writer.query("begin");
    await writer.query("insert into notes select n, repeat(md5(n::text), 2) from generate_series(1, 20000) n");
    const [last] = await one(writer, "select pg_current_wal_insert_lsn()");
    await reader.query("create table other (n int)"); // a commit, so that all of that is in the log
    console.log("changes while the transaction is open:", (await one(reader, changes))[0]);
    const [written, lag, behindLast, behindFirst] = await one(reader,
        "select \u0027" + last + "\u0027::pg_lsn - \u0027" + first + "\u0027 > 1000000, pg_current_wal_lsn() - confirmed_flush_lsn < 100000, confirmed_flush_lsn < \u0027" + last +
        "\u0027, restart_lsn <= \u0027" + first + "\u0027 from pg_replication_slots");
    console.log("written by it:", written ? "more than 1 MB," : "less than 1 MB,", "of which the lag shows:", lag ? "less than 100 kB" : "more than 100 kB");
    console.log("confirmed is behind its last change: " + behindLast + ", restart is behind its first change: " + behindFirst);
    await writer.query("commit");
    console.log("changes after it has committed:", (await one(reader, changes))[0]);')
echo "$seen"
expect "\
changes while the transaction is open: 0
written by it: more than 1 MB, of which the lag shows: less than 100 kB
confirmed is behind its last change: false, restart is behind its first change: true
changes after it has committed: 20000" "$seen"
