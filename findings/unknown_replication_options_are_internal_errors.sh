#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 18.4: an option of CREATE_REPLICATION_SLOT or of pgoutput that the server does not know is an internal error, XX000:
# the code of corrupted data and of bugs. One would expect 42601 (syntax error) or 22023 (invalid parameter value); a wrong value
# of a known option has the latter. So a client that uses an option of newer servers (failover before PostgreSQL 17, origin
# before 16) cannot tell an old server from a broken one by the SQLSTATE, and a monitor that watches class XX for corruption is
# alarmed. A version of the protocol that is too new is 0A000.
#
# Seen:
#   slot, unknown option: XX000
#   slot, wrong value: 22023
#   stream, unknown option: XX000
#   stream, wrong value: 22023
#   stream, newer protocol: 0A000
#
# usage: findings/unknown_replication_options_are_internal_errors.sh      needs npm and node
source "$(dirname "$0")/lib.bash"
start_server 18.4.0-beta.17 wal_level=logical

seen=$(ask "$sockets" '
    await (await connect()).query("select pg_create_logical_replication_slot(\u0027s\u0027, \u0027pgoutput\u0027)");
    const code = async (what, command) => {
        const db = await connect({ replication: "database" });
        await db.query(command).then(() => console.log(what + ": accepted"), (e) => console.log(what + ": " + e.code));
        await db.end();
    };
    const start = (options) => "START_REPLICATION SLOT s LOGICAL 0/0 (" + options + ", publication_names \u0027p\u0027)";
    await code("slot, unknown option", "CREATE_REPLICATION_SLOT t LOGICAL pgoutput (LATER true)");
    await code("slot, wrong value", "CREATE_REPLICATION_SLOT t LOGICAL pgoutput (SNAPSHOT \u0027later\u0027)");
    await code("stream, unknown option", start("proto_version \u00271\u0027, later \u0027true\u0027"));
    await code("stream, wrong value", start("proto_version \u00271\u0027, origin \u0027later\u0027"));
    await code("stream, newer protocol", start("proto_version \u002799\u0027"));')
echo "$seen"
expect "\
slot, unknown option: XX000
slot, wrong value: 22023
stream, unknown option: XX000
stream, wrong value: 22023
stream, newer protocol: 0A000" "$seen"
