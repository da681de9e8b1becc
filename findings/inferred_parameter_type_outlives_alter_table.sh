#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 18.4: the type the server infers for a parameter is fixed when the statement is prepared. ALTER TABLE makes the server
# analyse the statement again, but with the old parameter type, so that a statement whose text is still right fails until it is
# prepared anew.
#
# One would guess that the server infers the type again together with the new plan, or that the error is "cached plan must not
# change result type" (0A000). It is 42883, the same as for a typing error, and it stays for the life of the session.
#
# Seen, with the text "select k from t where k = $1" and the value "1":
#   prepared while k is text             1 row
#   after alter table t alter k type int 42883 operator does not exist: integer = text
#   again                                42883 operator does not exist: integer = text
#   parameter_types                      {text}
#   the same text prepared anew          1 row
#
# usage: findings/inferred_parameter_type_outlives_alter_table.sh      needs npm and node
source "$(dirname "$0")/lib.bash"
start_server 18.4.0-beta.17

seen=$(ask "$sockets" '
    const db = await connect();
    const show = async (label, query) => {
        const said = await db.query(query).then((r) => r.rows[0].parameter_types ?? r.rows.length + " row", (e) => e.code + " " + e.message);
        console.log(label.padEnd(37) + said);
    };
    await db.query("create table t (k text); insert into t values (1)");
    const prepared = { name: "s", text: "select k from t where k = $1", values: ["1"] };
    await show("prepared while k is text", prepared);
    await db.query("alter table t alter k type int using k::int");
    await show("after alter table t alter k type int", prepared);
    await show("again", prepared);
    await show("parameter_types", "select parameter_types::text from pg_prepared_statements where name = \u0027s\u0027");
    await show("the same text prepared anew", { ...prepared, name: "s2" });')
echo "$seen"
expect "\
prepared while k is text             1 row
after alter table t alter k type int 42883 operator does not exist: integer = text
again                                42883 operator does not exist: integer = text
parameter_types                      {text}
the same text prepared anew          1 row" "$seen"
