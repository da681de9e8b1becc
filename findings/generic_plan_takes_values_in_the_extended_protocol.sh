#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 18.4: EXPLAIN (GENERIC_PLAN), which is there to plan a statement with $1 without a value, does so in the simple
# protocol only. In the extended one, which most drivers use, it fails with 08P01 without values; with values, its plan is the one
# for these values, with them in the conditions and without the partitions that they rule out. (So a slow statement's plan shows
# its values, and with NULL it is a plan that reads nothing.) One would expect a generic plan or a refusal.
# What does work in both protocols: PREPARE, and EXPLAIN (GENERIC_PLAN) EXECUTE with NULLs. The manual does not say that the option
# goes with EXECUTE; it does, and keeps the partitions that EXPLAIN EXECUTE under plan_cache_mode = force_generic_plan removes.
#
# Seen:
#   simple, no value: Append | Seq Scan on p1 t_1 | Filter: (id = $1) | Seq Scan on p2 t_2 | Filter: (id = $1)
#   extended, no value: 08P01
#   extended, 2: Seq Scan on p2 t | Filter: (id = 2)
#   extended, NULL: Result | One-Time Filter: false
#   execute: Append | Subplans Removed: 2
#   generic execute: Append | Seq Scan on p1 t_1 | Filter: (id = $1) | Seq Scan on p2 t_2 | Filter: (id = $1)
#
# usage: findings/generic_plan_takes_values_in_the_extended_protocol.sh      needs npm and node
source "$(dirname "$0")/lib.bash"
start_server 18.4.0-beta.17

seen=$(ask "$sockets" '
    const db = await connect();
    await db.query("create table t (id int) partition by list (id)");
    await db.query("create table p1 partition of t for values in (1)");
    await db.query("create table p2 partition of t for values in (2)");
    const show = async (what, query) => {
        const lines = await db.query(query).then(
            (r) => r.rows.map((row) => row["QUERY PLAN"].replace(/^[ >-]+|  \(cost=.*$/g, "")), (e) => [e.code]);
        console.log(what + ": " + lines.join(" | "));
    };
    const explain = "explain (generic_plan) select * from t where id = $1";
    await show("simple, no value", explain);
    await show("extended, no value", { name: "named", text: explain });
    await show("extended, 2", { text: explain, values: [2] });
    await show("extended, NULL", { text: explain, values: [null] });
    await db.query("set plan_cache_mode = force_generic_plan");
    await db.query("prepare q (int) as select * from t where id = $1");
    await show("execute", "explain execute q(null)");
    await show("generic execute", "explain (generic_plan) execute q(null)");')
echo "$seen"
expect "\
simple, no value: Append | Seq Scan on p1 t_1 | Filter: (id = \$1) | Seq Scan on p2 t_2 | Filter: (id = \$1)
extended, no value: 08P01
extended, 2: Seq Scan on p2 t | Filter: (id = 2)
extended, NULL: Result | One-Time Filter: false
execute: Append | Subplans Removed: 2
generic execute: Append | Seq Scan on p1 t_1 | Filter: (id = \$1) | Seq Scan on p2 t_2 | Filter: (id = \$1)" "$seen"
