# SPDX-License-Identifier: BSL-1.0
"""The load test of samples/shop_service on FastAPI and asyncpg: /db, /queries and /updates, with one worker process.

usage: app.py [--connections N]     libpq's environment (PGHOST and so on) says where the database is

Exits with 77 if a package is missing: scripts/install-packages service-bench.
"""
import argparse
import asyncio
import contextlib
import random
import socket
import sys

try:
    import asyncpg
    import fastapi
    import uvicorn
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)

ROWS = 10_000
READ = "select id, randomnumber from world where id = $1"
UPDATE = "update world set randomnumber = $2 where id = $1"
POOL_SIZE = argparse.ArgumentParser()
POOL_SIZE.add_argument("--connections", type=int, default=16)

versions = {"Python": sys.version.split()[0]}
versions |= {module.__name__: module.__version__ for module in (fastapi, uvicorn, asyncpg)}
loop, http, Json = "asyncio", "h11", fastapi.responses.JSONResponse
with contextlib.suppress(ImportError):
    import uvloop

    loop, versions["uvloop"] = "uvloop", uvloop.__version__
with contextlib.suppress(ImportError):
    import httptools

    http, versions["httptools"] = "httptools", httptools.__version__
with contextlib.suppress(ImportError):
    import ujson

    Json, versions["ujson"] = fastapi.responses.UJSONResponse, ujson.__version__

app = fastapi.FastAPI()


# Handlers return a response, so that FastAPI need not find out how to encode each value. asyncpg prepares a statement once for
# each connection, by itself.


async def read_row(connection, first, last):
    return dict(await connection.fetchrow(READ, random.randint(first, last)))


async def read_rows(connection, count, first, last):
    return [await read_row(connection, first, last) for _ in range(count)]


def one_of(default):
    return fastapi.Query(default, ge=1, le=ROWS)


@app.get("/db")
async def read_one(first: int = one_of(1), last: int = one_of(ROWS)):
    async with app.state.pool.acquire() as connection:
        row = await read_row(connection, first, last)
    return Json(row)


@app.get("/queries")
async def read_many(count: int = fastapi.Query(20, ge=1, le=500), first: int = one_of(1), last: int = one_of(ROWS)):
    async with app.state.pool.acquire() as connection:
        rows = await read_rows(connection, count, first, last)
    return Json(rows)


@app.get("/updates")
async def update_many(count: int = fastapi.Query(20, ge=1, le=500), first: int = one_of(1), last: int = one_of(ROWS)):
    async with app.state.pool.acquire() as connection:
        rows = await read_rows(connection, count, first, last)
        new_numbers = {row["id"]: random.randint(1, ROWS) for row in rows}
        # Sorted: all requests lock rows in the same order, so there is no deadlock.
        await connection.executemany(UPDATE, sorted(new_numbers.items()))
    for row in rows:
        row["randomnumber"] = new_numbers[row["id"]]
    return Json(rows)


@app.exception_handler(asyncpg.PostgresError)
@app.exception_handler(asyncpg.InterfaceError)
@app.exception_handler(asyncio.TimeoutError)
@app.exception_handler(OSError)
async def database_failed(request, why):
    return Json({"title": "The database is not available"}, status_code=503, headers={"Retry-After": "1"})


async def serve(pool_size):
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    async with asyncpg.create_pool(min_size=pool_size, max_size=pool_size, command_timeout=30) as pool:
        app.state.pool = pool
        listed = ", ".join(f"{name} {version}" for name, version in versions.items())
        print(f"listening on http://127.0.0.1:{listening.getsockname()[1]} ({listed})", flush=True)
        config = uvicorn.Config(app, loop=loop, http=http, access_log=False, log_level="error")
        await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    if loop == "uvloop":
        uvloop.install()
    asyncio.run(serve(POOL_SIZE.parse_args().connections))
