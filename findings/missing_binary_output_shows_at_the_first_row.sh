#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 18.4: whether a column can be sent in binary is checked when the first row is sent, not when the format is asked for.
# A query for a type without a binary output function, such as aclitem, passes all tests on an empty result, and fails with
# 42883 (undefined_function) as soon as there is one row, even if the value in it is NULL. An INSERT ... RETURNING has run by
# then, and is undone.
#
# One would guess that Bind refuses the format, or that NULL, which has no bytes, needs no function.
#
# Seen, with all result columns asked for in binary:
#   no row                0 rows
#   one row, NULL         42883 no binary output function available for type aclitem
#   one row, a value      42883 no binary output function available for type aclitem
#   insert ... returning  42883 no binary output function available for type aclitem
#   rows inserted         0
#
# usage: findings/missing_binary_output_shows_at_the_first_row.sh      needs npm and node
source "$(dirname "$0")/lib.bash"
start_server 18.4.0-beta.17

seen=$(ask "$sockets" '
    const db = await connect();
    const show = async (label, text, binary = true) => {
        const said = await db.query({ text, queryMode: "extended", binary }).then((r) => r.rows[0]?.count ?? r.rows.length + " rows", (e) => e.code + " " + e.message);
        console.log(label.padEnd(22) + said);
    };
    const one = "makeaclitem(10, 10, \u0027SELECT\u0027, false)";
    await db.query("create table t (n int)");
    await show("no row", "select null::aclitem where false");
    await show("one row, NULL", "select null::aclitem");
    await show("one row, a value", "select " + one);
    await show("insert ... returning", "insert into t values (1) returning " + one);
    await show("rows inserted", "select count(*) from t", false);')
echo "$seen"
expect "\
no row                0 rows
one row, NULL         42883 no binary output function available for type aclitem
one row, a value      42883 no binary output function available for type aclitem
insert ... returning  42883 no binary output function available for type aclitem
rows inserted         0" "$seen"
