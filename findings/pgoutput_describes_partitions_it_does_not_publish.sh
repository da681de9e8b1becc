#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 18.4, pgoutput: with publish_via_partition_root, changes of a partition come as those of its root, but a Relation
# message for the partition itself comes as well, after that of the root. A consumer that creates or alters a table for each
# Relation message makes tables that it was promised not to see, or fails because they do not exist.
#
# And a column of a domain has the domain's OID in the Relation message, while the Type message for that OID has the schema and the
# name of the type that the domain is made of. One would take the name for that of the domain, and could not find it by that.
#
# Seen (T is the OID of the domain, which differs):
#   Y T pg_catalog.text
#   R public.events at:1082 note:T
#   Y T pg_catalog.text
#   R public.events_2026 at:1082 note:T
#   I public.events
#
# usage: findings/pgoutput_describes_partitions_it_does_not_publish.sh      needs npm and node
source "$(dirname "$0")/lib.bash"
start_server 18.4.0-beta.17 wal_level=logical

seen=$(ask "$sockets" '
    const db = await connect();
    for (const sql of [
        "create domain short as text check (length(value) < 20)",
        "create table events (at date, note short) partition by range (at)",
        "create table events_2026 partition of events for values from (\u00272026-01-01\u0027) to (\u00272027-01-01\u0027)",
        "create publication p for table events with (publish_via_partition_root = true)",
        "select pg_create_logical_replication_slot(\u0027s\u0027, \u0027pgoutput\u0027)",
        "insert into events values (\u00272026-05-01\u0027, \u0027hello\u0027)"]) await db.query(sql);
    const domain = (await db.query("select \u0027short\u0027::regtype::oid::int as oid")).rows[0].oid;
    const type = (oid) => oid === domain ? "T" : oid;
    const names = {};
    const { rows } = await db.query("select data from pg_logical_slot_get_binary_changes(\u0027s\u0027, null, null, \u0027proto_version\u0027, \u00271\u0027, \u0027publication_names\u0027, \u0027p\u0027)");
    for (const { data } of rows) {
        const kind = String.fromCharCode(data[0]);
        let at = 5;
        const text = () => { const end = data.indexOf(0, at); const found = data.toString("utf8", at, end); at = end + 1; return found; };
        const oid = data.length > 5 ? data.readUInt32BE(1) : 0;
        if (kind === "Y") console.log("Y", type(oid), (text() || "pg_catalog") + "." + text());
        if (kind === "I") console.log("I", names[oid]);
        if (kind !== "R") continue;
        names[oid] = text() + "." + text();
        at += 1;
        const columns = [];
        let left = data.readUInt16BE(at);
        for (at += 2; left > 0; --left) {
            at += 1;
            columns.push(text() + ":" + type(data.readUInt32BE(at)));
            at += 8;
        }
        console.log("R", names[oid], columns.join(" "));
    }')
echo "$seen"
expect "\
Y T pg_catalog.text
R public.events at:1082 note:T
Y T pg_catalog.text
R public.events_2026 at:1082 note:T
I public.events" "$seen"
