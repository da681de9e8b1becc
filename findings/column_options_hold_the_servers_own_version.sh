#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# PostgreSQL 15.20 (and 17.12), a minor release: pg_attribute.attoptions, where the options of ALTER TABLE ... ALTER COLUMN ...
# SET (n_distinct = 5) are, has an entry of the server's own for each column of each new table and view, pg_attver, with a
# number. Before, the array was null unless somebody had set an option. Tools that list or compare it, as a schema comparison or
# a migration does, find a difference for each column. pg_dump 15.18 writes it as an option (ALTER COLUMN n SET (pg_attver=...)),
# which servers that do not have it refuse: 22023, so that the restore has an error for each column. pg_dump 15.20 leaves it out.
#
# Seen:
#   options of a new column: pg_attver
#   with an option of one's own: pg_attver, n_distinct
#   options of a new view's column: pg_attver
#   pg_dump 15.18: ALTER COLUMN n SET (pg_attver=..., n_distinct=5)
#   pg_dump 15.20: ALTER COLUMN n SET (n_distinct=5)
#   PostgreSQL 15.18 when it is restored: 22023
#
# usage: findings/column_options_hold_the_servers_own_version.sh      needs Debian 12 with its security updates
source "$(dirname "$0")/lib.bash"

extract() { # VERSION: the server and its tools, below $work/VERSION
    mkdir -p "$work/$1/debs"
    (cd "$work/$1/debs" && apt-get -qq -o APT::Sandbox::User=root download "postgresql-15=$1" "postgresql-client-15=$1" "libpq5=$1")
    local file
    for file in "$work/$1"/debs/*.deb; do
        dpkg -x "$file" "$work/$1/root"
    done
}
run() { # VERSION TOOL ARGUMENTS...
    local root=$work/$1/root tool=$2
    shift 2
    LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu "${as_user[@]}" "$root/usr/lib/postgresql/15/bin/$tool" "$@"
}
start() { # VERSION
    local data=$work/$1/data
    mkdir "$data"
    [ "$(id -u)" != 0 ] || chown nobody:nogroup "$data"
    run "$1" initdb -D "$data" -U postgres -A trust --no-sync >/dev/null
    run "$1" pg_ctl -D "$data" -w -l "$data/log" -o "-k $data -c listen_addresses= -c fsync=off" start >/dev/null
    running+=("$1")
}
ask() { run "$1" psql -h "$work/$1/data" -U postgres -X -Atc "$2"; }
dump() { run "$1" pg_dump -h "$work/$new/data" -U postgres -s -t t; }
options() { ask $new "select string_agg(split_part(o, '=', 1), ', ') from pg_attribute a, unnest(attoptions) o where attrelid = '$1'::regclass and attname = 'n'"; }

old=15.18-0+deb12u1 new=15.20-0+deb12u1
running=()
stop_servers() {
    local version
    for version in "${running[@]}"; do
        run "$version" pg_ctl -D "$work/$version/data" -m immediate stop >/dev/null || true
    done
}
trap 'stop_servers; clean_up' EXIT
extract $old
extract $new
chmod -R go+rX "$work"
start $old
start $new

seen=$(
    ask $new "create table t (n int, other int)" >/dev/null
    echo "options of a new column: $(options t)"
    ask $new "alter table t alter n set (n_distinct = 5)" >/dev/null
    echo "with an option of one's own: $(options t)"
    ask $new "create view v as select 1 as n" >/dev/null
    echo "options of a new view's column: $(options v)"
    for version in $old $new; do
        echo "pg_dump ${version%-*}: $(dump $version | grep -o 'ALTER COLUMN n SET ([^)]*)' | sed 's/pg_attver=[0-9]*/pg_attver=.../')"
    done
    dump $old >"$work/dump.sql"
    chmod go+r "$work/dump.sql"
    echo "PostgreSQL ${old%-*} when it is restored: $(run $old psql -h "$work/$old/data" -U postgres -X -q -v VERBOSITY=sqlstate -f "$work/dump.sql" 2>&1 | grep -o 'ERROR: .*' | sort -u | cut -d' ' -f3)"
)
echo "$seen"
expect "\
options of a new column: pg_attver
with an option of one's own: pg_attver, n_distinct
options of a new view's column: pg_attver
pg_dump 15.18: ALTER COLUMN n SET (pg_attver=..., n_distinct=5)
pg_dump 15.20: ALTER COLUMN n SET (n_distinct=5)
PostgreSQL 15.18 when it is restored: 22023" "$seen"
