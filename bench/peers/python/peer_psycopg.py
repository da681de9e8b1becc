# SPDX-License-Identifier: BSL-1.0
"""psycopg 3 with its C extension: synchronous where one statement follows the other, else on uvloop."""
import asyncio

import psycopg
from psycopg_pool import AsyncConnectionPool

from client import (BALANCE_SQL, BATCH_SIZE, COLUMNS, INSERT_SQL, check, check_balance, check_sum, make_items, many_rows_sql, now,
                    random_account, run_client)

BALANCE = BALANCE_SQL.format("%s")
INSERT = INSERT_SQL.format("%s", "%s", "%s", "%s", "%s")
ALWAYS_PREPARE = {"autocommit": True, "prepare_threshold": 0}


def connect(options):
    return psycopg.connect(options.dsn, **ALWAYS_PREPARE)


async def connect_async(options):
    return await psycopg.AsyncConnection.connect(options.dsn, **ALWAYS_PREPARE)


def one_connection(options, m):
    cursor = connect(options).cursor(binary=True)
    going_on = True
    while going_on:
        began = now()
        account = random_account()
        check_balance(account, cursor.execute(BALANCE, (account,)).fetchone()[0])
        going_on = m.done(began)


async def ask(connection, m):
    """Each task has a cursor of its own; those of a connection in pipeline mode are in flight together."""
    cursor = connection.cursor(binary=True)
    going_on = True
    while going_on:
        began = now()
        account = random_account()
        await cursor.execute(BALANCE, (account,))
        check_balance(account, (await cursor.fetchone())[0])
        going_on = m.done(began)


async def ten_connections(options, m):
    connections = [await connect_async(options) for _ in range(10)]
    await asyncio.gather(*(ask(connection, m) for connection in connections))


def pipelined(count):
    async def run(options, m):
        connections = [await connect_async(options) for _ in range(count)]
        pipelines = [connection.pipeline() for connection in connections]
        for pipeline in pipelines:
            await pipeline.__aenter__()
        await asyncio.gather(*(ask(connections[i % count], m) for i in range(64)))
        for pipeline in pipelines:
            await pipeline.__aexit__(None, None, None)
    return run


async def pool_of_ten(options, m):
    async def task(pool):
        going_on = True
        while going_on:
            began = now()
            account = random_account()
            async with pool.connection() as connection:
                cursor = await connection.cursor(binary=True).execute(BALANCE, (account,))
                check_balance(account, (await cursor.fetchone())[0])
            going_on = m.done(began)

    async with AsyncConnectionPool(options.dsn, kwargs=ALWAYS_PREPARE, min_size=10, max_size=10, timeout=600) as pool:
        await asyncio.gather(*(task(pool) for _ in range(1000)))


def thousand_rows(options, m):
    cursor = connect(options).cursor(binary=True)
    going_on = True
    while going_on:
        began = now()
        rows = cursor.execute(many_rows_sql(1000)).fetchall()
        check(len(rows) == 1000 and rows[-1][0] == 1000, "other rows")
        going_on = m.done(began)


def stream_rows(options, m):
    cursor = connect(options).cursor(binary=True)
    total = 0
    m.begin()
    for row in cursor.stream(many_rows_sql(options.count), binary=True, size=256):
        total += row[0]
    m.end(options.count)
    check_sum(options.count, total)


def whole_result(options, m):
    cursor = connect(options).cursor(binary=True)
    m.begin()
    rows = cursor.execute(many_rows_sql(options.count)).fetchall()
    total = sum(row[0] for row in rows)
    m.end(options.count)
    check_sum(options.count, total)


def copy_rows(options, m):
    connection = connect(options)
    m.begin()
    with connection.cursor().copy(f"copy bench_insert ({', '.join(COLUMNS)}) from stdin (format binary)") as copy:
        copy.set_types(["int8", "int4", "float8", "text", "timestamptz"])
        for item in make_items(1, options.count):
            copy.write_row(item)
    m.end(options.count)


def insert_rows(options, m):
    connection = connect(options)
    m.begin()
    with connection.transaction():
        connection.cursor().executemany(INSERT, make_items(1, options.count))
    m.end(options.count)


def insert_batches(options, m):
    connection = connect(options)
    following, going_on = 1, True
    while going_on:
        began = now()
        connection.cursor().executemany(INSERT, make_items(following, BATCH_SIZE))
        following += BATCH_SIZE
        going_on = m.done(began, BATCH_SIZE)


def connect_and_close(options, m):
    going_on = True
    while going_on:
        began = now()
        with connect(options) as connection:
            check(connection.execute("select 1").fetchone()[0] == 1, "another number")
        going_on = m.done(began)


run_client({
    "W1": ("execute, synchronous", one_connection),
    "W2": ("execute, asyncio", ten_connections),
    "W3": ("pipeline mode, asyncio", pipelined(4)),
    "W3one": ("pipeline mode, asyncio", pipelined(1)),
    "W4": ("fetchall into tuples", thousand_rows),
    "W5": ("stream, 256 rows each", stream_rows),
    "W5full": ("fetchall into tuples", whole_result),
    "W6copy": ("write_row, binary", copy_rows),
    "W6insert": ("executemany", insert_rows),
    "W7": ("executemany", insert_batches),
    "W8": ("connect", connect_and_close),
    "W9": ("AsyncConnectionPool", pool_of_ten),
})
