#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# MariaDB 10.11.19: where the server has a global sql_select_limit, mariadb-dump writes that many rows of each table, and ends
# with status 0 and without a warning. It resets sql_mode, character sets and max_statement_time for its session, and not this.
# A program that reads tables to copy them must set the limit itself. "set sql_select_limit = default" does not lift it:
# DEFAULT is the global value. The greatest number does. CHECKSUM TABLE and INSERT ... SELECT see all rows.
#
# Seen with a global limit of 2 and a table of 5 rows:
#   dump: status 0, 2 rows, complaints: none
#   after set sql_select_limit = default: 2 rows
#   after set sql_select_limit = 18446744073709551615: 5 rows
#   insert ... select: 5 rows
#
# usage: findings/mariadb_dump_stops_at_the_servers_select_limit.sh      needs apt-get on Debian 12
source "$(dirname "$0")/lib.bash"
version=1:10.11.19-0+deb12u1
extract_deb mariadb-server-core=$version mariadb-client-core=$version mariadb-client=$version liburing2=2.3-3 \
    libnuma1=2.0.16-1 liblz4-1=1.9.4-1 libaio1=0.3.113-4
start_mariadb

ask_mariadb -e 'create database d; set global sql_select_limit = 2'
ask_mariadb d -e 'create table t (id int primary key); insert into t values (1), (2), (3), (4), (5)'
count_rows() { ask_mariadb d -e "$1; select id from t" | wc -l; }

status=0
"$root/usr/bin/mariadb-dump" --no-defaults --socket="$work/data/socket" --skip-extended-insert d t \
    >"$work/dump" 2>"$work/complaints" || status=$?
seen="dump: status $status, $(grep -c '^INSERT' "$work/dump") rows, complaints: $(grep . "$work/complaints" || echo none)
after set sql_select_limit = default: $(count_rows 'set sql_select_limit = default') rows
after set sql_select_limit = 18446744073709551615: $(count_rows 'set sql_select_limit = 18446744073709551615') rows
insert ... select: $(ask_mariadb d -e 'create table copy like t; insert into copy select * from t;
    set sql_select_limit = 18446744073709551615; select id from copy' | wc -l) rows"
echo "$seen"
expect "\
dump: status 0, 2 rows, complaints: none
after set sql_select_limit = default: 2 rows
after set sql_select_limit = 18446744073709551615: 5 rows
insert ... select: 5 rows" "$seen"
