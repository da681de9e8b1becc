// SPDX-License-Identifier: BSL-1.0
// postgres, also called postgres.js: pipelines on its own, and always has a pool.
'use strict'
const { Readable } = require('stream')
const { pipeline } = require('stream/promises')
const { check, checkSum, copyText, fromHere, makeItems, manyRowsSql, randomAccount, repeat, repeatInTasks, runClient } =
  require('./client.js')
const postgres = fromHere('postgres')

const BATCH_SIZE = 100

function connect({ keywords }, max) {
  return postgres({ host: keywords.host, port: Number(keywords.port), user: keywords.user, pass: keywords.password,
    database: keywords.dbname, ssl: keywords.sslmode === 'require' ? { rejectUnauthorized: false } : false, max,
    onnotice: () => {} })
}

async function withConnections(options, max, work) {
  const sql = connect(options, max)
  await work(sql)
  await sql.end()
}

const overConnections = (connections, tasks) => (o, m) =>
  withConnections(o, connections, (sql) => repeatInTasks(tasks, m, async () => {
    const account = randomAccount()
    const [row] = await sql`select abalance from pgbench_accounts where aid = ${account}`
    check(row.abalance === account % 1000, 'another balance')
  }))

const insert = (sql, [id, quantity, price, name, at]) =>
  sql`insert into bench_insert (id, quantity, price, name, created_at) values (${id}, ${quantity}, ${price}, ${name}, ${at})`

const select = (sql, rows) => sql.unsafe(manyRowsSql(rows), [], { prepare: true })

const thousandRows = (o, m) => withConnections(o, 1, (sql) => repeat(m, async () => {
  const rows = await select(sql, 1000)
  check(rows.length === 1000 && Number(rows[999].id) === 1000, 'other rows')
}))

const streamRows = (o, m) => withConnections(o, 1, async (sql) => {
  await sql`select 1`
  let sum = 0
  m.begin()
  for await (const rows of select(sql, o.count).cursor(1000)) {
    for (const row of rows) sum += Number(row.id)
  }
  m.end(o.count)
  checkSum(o.count, sum)
})

const wholeResult = (o, m) => withConnections(o, 1, async (sql) => {
  await sql`select 1`
  let sum = 0
  m.begin()
  for (const row of await select(sql, o.count)) sum += Number(row.id)
  m.end(o.count)
  checkSum(o.count, sum)
})

const copyRows = (o, m) => withConnections(o, 1, async (sql) => {
  await sql`select 1`
  m.begin()
  const to = await sql`copy bench_insert (id, quantity, price, name, created_at) from stdin`.writable()
  await pipeline(Readable.from(copyText(o.count)), to)
  m.end(o.count)
})

const insertRows = (o, m) => withConnections(o, 1, async (sql) => {
  await sql`select 1`
  m.begin()
  await sql.begin(async (transaction) => {
    for (let first = 1; first <= o.count; first += 1000) {
      await Promise.all(makeItems(first, 1000).map((item) => insert(transaction, item)))
    }
  })
  m.end(o.count)
})

const insertBatches = (o, m) => withConnections(o, 1, (sql) => {
  let next = 1
  return repeat(m, async () => {
    await Promise.all(makeItems(next, BATCH_SIZE).map((item) => insert(sql, item)))
    next += BATCH_SIZE
  }, BATCH_SIZE)
})

const connectAndClose = (o, m) => repeat(m, () => withConnections(o, 1, async (sql) => {
  const [row] = await sql`select 1 as one`
  check(row.one === 1, 'another number')
}))

runClient({
  W1: ['a tagged template', overConnections(1, 1)],
  W2: ['a tagged template, 10 connections', overConnections(10, 10)],
  W3: ['a tagged template, pipelined', overConnections(4, 64)],
  W3one: ['a tagged template, pipelined', overConnections(1, 64)],
  W4: ['await into objects', thousandRows],
  W5: ['cursor, 1 000 rows each', streamRows],
  W5full: ['await into objects', wholeResult],
  W6copy: ['writable, text', copyRows],
  W6insert: ['a tagged template, 1 000 at once', insertRows],
  W7: ['a tagged template, pipelined', insertBatches],
  W8: ['connect on the first query', connectAndClose],
  W9: ['a tagged template, 10 connections', overConnections(10, 1000)],
})
