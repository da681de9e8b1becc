#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Pgpool-II 4.3.5, raw mode, before PostgreSQL 18.4: an INSERT through the extended protocol, outside of a transaction, is
# acknowledged with its command tag but not committed. Pgpool-II has sent a BEGIN of its own and no COMMIT: at the server the session
# stays "idle in transaction", further INSERTs join it, and when the client disconnects all of them are rolled back.
#
# One would guess that raw mode, which is for a single server, passes statements through unchanged, and that a command tag followed by
# ReadyForQuery outside of a transaction block means "committed". The status in that ReadyForQuery is what gives it away.
#
# Seen:
#   first insert     INSERT 1
#   rows             0
#   server session   idle in transaction
#   second insert    INSERT 1
#   rows             0
#   after closing    0
#
# usage: findings/pgpool_raw_mode_keeps_insert_open.sh      on Debian 12; needs npm, node and apt-get
source "$(dirname "$0")/lib.bash"
start_server 18.4.0-beta.17
extract_deb pgpool2=4.3.5-1+deb12u1 libpgpool2=4.3.5-1+deb12u1 libmemcached11=1.1.4-1 libhashkit2=1.1.4-1

# libpq, and the OpenSSL it is linked with, come with the server.
mkdir "$work/lib"
for library in libpq.so.5 libssl.so.1.1 libcrypto.so.1.1; do
    ln -s "$(dirname "$bin")/lib/$library" "$work/lib/"
done
pool=$work/pool
mkdir "$pool"
touch "$work/pcp.conf" "$work/pool_hba.conf"
cat >"$work/pgpool.conf" <<END
backend_clustering_mode = 'raw'
backend_hostname0 = '$sockets'
backend_port0 = 5432
listen_addresses = ''
pcp_listen_addresses = ''
port = 5432
socket_dir = '$pool'
pcp_socket_dir = '$pool'
wd_ipc_socket_dir = '$pool'
pid_file_name = '$pool/pid'
logdir = '$pool'
work_dir = '$pool'
pool_passwd = ''
num_init_children = 2
max_pool = 1
sr_check_period = 0
load_balance_mode = off
enable_pool_hba = off
END
if [ "$(id -u)" = 0 ]; then
    chown nobody:nogroup "$pool"
fi
libraries=$work/root/usr/lib/x86_64-linux-gnu:$work/root/usr/lib:$work/lib
"${as_user[@]}" env LD_LIBRARY_PATH="$libraries" "$work/root/usr/sbin/pgpool" -n -f "$work/pgpool.conf" -F "$work/pcp.conf" \
    -a "$work/pool_hba.conf" >"$work/pool.log" 2>&1 &
started+=($!)
for ((i = 0; i < 100; ++i)); do
    [ ! -S "$pool/.s.PGSQL.5432" ] || break
    sleep 0.1
done

seen=$(ask "$sockets" '
    const direct = await connect();
    const pooled = await connect({ host: process.cwd() + "/pool" });
    const show = (label, said) => console.log(label.padEnd(17) + said);
    const rows = async () => (await direct.query("select count(*) from t")).rows[0].count;
    const sessions = "from pg_stat_activity where backend_type = \u0027client backend\u0027 and pid <> pg_backend_pid()";
    const insert = async (n) => {
        const done = await pooled.query({ text: "insert into t values ($1)", values: [n] });
        return done.command + " " + done.rowCount;
    };
    await direct.query("create table t (n int)");
    show("first insert", await insert(1));
    show("rows", await rows());
    show("server session", (await direct.query("select state " + sessions)).rows[0].state);
    show("second insert", await insert(2));
    show("rows", await rows());
    await pooled.end();
    // Until the server has ended the transaction one way or the other.
    while ((await direct.query("select count(*) " + sessions + " and xact_start is not null")).rows[0].count !== "0");
    show("after closing", await rows());')
echo "$seen"
expect "\
first insert     INSERT 1
rows             0
server session   idle in transaction
second insert    INSERT 1
rows             0
after closing    0" "$seen"
