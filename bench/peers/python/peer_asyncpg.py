# SPDX-License-Identifier: BSL-1.0
"""asyncpg on uvloop."""
import asyncio

import asyncpg

from client import (BALANCE_SQL, BATCH_SIZE, COLUMNS, INSERT_SQL, check, check_balance, check_sum, make_items, many_rows_sql, now,
                    random_account, run_client)

BALANCE = BALANCE_SQL.format("$1")
INSERT = INSERT_SQL.format("$1", "$2", "$3", "$4", "$5")


def settings(options):
    """asyncpg takes no keywords of libpq in a string."""
    words = dict(word.split("=", 1) for word in options.dsn.split())
    found = {"host": words["host"], "port": int(words["port"]), "user": words["user"], "database": words["dbname"],
             "ssl": words.get("sslmode", "disable")}
    if "password" in words:
        found["password"] = words["password"]
    return found


async def connect(options):
    return await asyncpg.connect(**settings(options))


async def ask(statement, m):
    going_on = True
    while going_on:
        began = now()
        account = random_account()
        check_balance(account, await statement.fetchval(account))
        going_on = m.done(began)


async def one_connection(options, m):
    connection = await connect(options)
    await ask(await connection.prepare(BALANCE), m)


async def ten_connections(options, m):
    connections = [await connect(options) for _ in range(10)]
    statements = [await connection.prepare(BALANCE) for connection in connections]
    await asyncio.gather(*(ask(statement, m) for statement in statements))


async def pool_of_ten(options, m):
    async def task(pool):
        going_on = True
        while going_on:
            began = now()
            account = random_account()
            check_balance(account, await pool.fetchval(BALANCE, account))
            going_on = m.done(began)

    async with asyncpg.create_pool(**settings(options), min_size=10, max_size=10) as pool:
        await asyncio.gather(*(task(pool) for _ in range(1000)))


async def thousand_rows(options, m):
    connection = await connect(options)
    statement = await connection.prepare(many_rows_sql(1000))
    going_on = True
    while going_on:
        began = now()
        rows = await statement.fetch()
        check(len(rows) == 1000 and rows[-1]["id"] == 1000, "other rows")
        going_on = m.done(began)


async def stream_rows(options, m):
    connection = await connect(options)
    total = 0
    m.begin()
    async with connection.transaction():
        async for row in connection.cursor(many_rows_sql(options.count), prefetch=1000):
            total += row[0]
    m.end(options.count)
    check_sum(options.count, total)


async def whole_result(options, m):
    connection = await connect(options)
    m.begin()
    rows = await connection.fetch(many_rows_sql(options.count))
    total = sum(row[0] for row in rows)
    m.end(options.count)
    check_sum(options.count, total)


async def copy_rows(options, m):
    connection = await connect(options)
    m.begin()
    await connection.copy_records_to_table("bench_insert", columns=COLUMNS, records=make_items(1, options.count))
    m.end(options.count)


async def insert_rows(options, m):
    connection = await connect(options)
    m.begin()
    await connection.executemany(INSERT, make_items(1, options.count))
    m.end(options.count)


async def insert_batches(options, m):
    connection = await connect(options)
    following, going_on = 1, True
    while going_on:
        began = now()
        await connection.executemany(INSERT, make_items(following, BATCH_SIZE))
        following += BATCH_SIZE
        going_on = m.done(began, BATCH_SIZE)


async def connect_and_close(options, m):
    going_on = True
    while going_on:
        began = now()
        connection = await connect(options)
        check(await connection.fetchval("select 1") == 1, "another number")
        await connection.close()
        going_on = m.done(began)


NO_PIPELINING = "a connection has one query at a time"
run_client({
    "W1": ("fetchval of a prepared statement", one_connection),
    "W2": ("fetchval, a task per connection", ten_connections),
    "W3": (NO_PIPELINING, None),
    "W3one": (NO_PIPELINING, None),
    "W4": ("fetch into records", thousand_rows),
    "W5": ("cursor, 1 000 rows each", stream_rows),
    "W5full": ("fetch into records", whole_result),
    "W6copy": ("copy_records_to_table", copy_rows),
    "W6insert": ("executemany", insert_rows),
    "W7": ("executemany", insert_batches),
    "W8": ("connect", connect_and_close),
    "W9": ("fetchval on a pool", pool_of_ten),
})
