#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# MariaDB 10.11.19: SHOW CREATE TABLE, and so a dump of the schema, says of a default value of a binary column that is not valid
# text something else than what the column has: each byte that is not UTF-8 has become a question mark, without a warning. The
# table that is made of it has other defaults. The same holds for information_schema.columns.column_default.
# One would expect a hexadecimal literal, as in the text of a CHECK, a generated column or a view that has the same value; a
# default that is an expression in parentheses is kept, too. MariaDB 11.8 does write the literal. The true value can be had:
# DEFAULT(column) of a row gives it.
#
# Seen (default, then what a new row holds; before and after a copy of the table by SHOW CREATE TABLE):
#   literal: '??'  80FF 80FF  copied: 3F3F
#   expression: unhex('80ff')  80FF 80FF  copied: 80FF
#   check: `literal` <> X'00'
#
# usage: findings/mariadb_show_create_table_changes_binary_defaults.sh      needs apt-get on Debian 12
source "$(dirname "$0")/lib.bash"
extract_deb mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 liburing2=2.3-3 \
    libnuma1=2.0.16-1 liblz4-1=1.9.4-1 libaio1=0.3.113-4
start_mariadb --character-set-server=utf8mb4

ask_mariadb -e 'create database d'
ask_mariadb d -e "create table original (id int, literal varbinary(4) default x'80ff', expression varbinary(4) default (unhex('80ff')),
    check (literal <> x'00')); insert into original (id) values (1)"
ask_mariadb d -e 'show create table original' | cut -f 2 | sed 's/`original`/`copy`/' | ask_mariadb d
ask_mariadb d -e 'insert into copy (id) values (1)'

seen=$(for column in literal expression; do
    ask_mariadb d -e "select concat('$column: ', column_default, '  ', (select hex($column) from original), ' ',
        (select hex(default($column)) from original), '  copied: ', (select hex($column) from copy))
        from information_schema.columns where table_name = 'original' and column_name = '$column'"
done
ask_mariadb d -e "select concat('check: ', check_clause) from information_schema.check_constraints where table_name = 'original'")
echo "$seen"
expect "\
literal: '??'  80FF 80FF  copied: 3F3F
expression: unhex('80ff')  80FF 80FF  copied: 80FF
check: \`literal\` <> X'00'" "$seen"
