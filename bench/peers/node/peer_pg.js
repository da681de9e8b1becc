// SPDX-License-Identifier: BSL-1.0
// pg, the driver that most programs on Node.js use, with pg-query-stream and pg-copy-streams.
'use strict'
const { Readable } = require('stream')
const { pipeline } = require('stream/promises')
const { check, checkSum, copyText, fromHere, makeItems, manyRowsSql, randomAccount, repeat, repeatInTasks, runClient } =
  require('./client.js')
const { Client, Pool } = fromHere('pg')

const BATCH_SIZE = 100

function settings({ keywords }) {
  return { host: keywords.host, port: Number(keywords.port), user: keywords.user, password: keywords.password,
    database: keywords.dbname, ssl: keywords.sslmode === 'require' ? { rejectUnauthorized: false } : false }
}

async function connect(options) {
  const client = new Client(settings(options))
  await client.connect()
  return client
}

async function ask(client) {
  const account = randomAccount()
  const text = 'select abalance from pgbench_accounts where aid = $1'
  const { rows } = await client.query({ name: 'q', text, values: [account] })
  check(rows[0].abalance === account % 1000, 'another balance')
}

function insert(client, item) {
  const text = 'insert into bench_insert (id, quantity, price, name, created_at) values ($1, $2, $3, $4, $5)'
  return client.query({ name: 'i', text, values: item })
}

async function withConnections(options, count, work) {
  const clients = []
  for (let i = 0; i < count; i++) clients.push(await connect(options))
  await work(clients)
  for (const client of clients) await client.end()
}

const overConnections = (connections) => (o, m) =>
  withConnections(o, connections, (clients) => repeatInTasks(connections, m, (i) => ask(clients[i])))

async function poolOfTen(options, m) {
  const pool = new Pool({ ...settings(options), max: 10 })
  await repeatInTasks(1000, m, () => ask(pool))
  await pool.end()
}

const thousandRows = (o, m) => withConnections(o, 1, ([client]) => repeat(m, async () => {
  const { rows } = await client.query({ name: 'r', text: manyRowsSql(1000) })
  check(rows.length === 1000 && Number(rows[999].id) === 1000, 'other rows')
}))

const streamRows = (o, m) => withConnections(o, 1, async ([client]) => {
  const QueryStream = fromHere('pg-query-stream')
  let sum = 0
  m.begin()
  for await (const row of client.query(new QueryStream(manyRowsSql(o.count), [], { batchSize: 1000 }))) sum += Number(row.id)
  m.end(o.count)
  checkSum(o.count, sum)
})

const wholeResult = (o, m) => withConnections(o, 1, async ([client]) => {
  let sum = 0
  m.begin()
  const { rows } = await client.query(manyRowsSql(o.count))
  for (const row of rows) sum += Number(row.id)
  m.end(o.count)
  checkSum(o.count, sum)
})

const copyRows = (o, m) => withConnections(o, 1, async ([client]) => {
  const { from } = fromHere('pg-copy-streams')
  m.begin()
  const to = client.query(from('copy bench_insert (id, quantity, price, name, created_at) from stdin'))
  await pipeline(Readable.from(copyText(o.count)), to)
  m.end(o.count)
})

const insertRows = (o, m) => withConnections(o, 1, async ([client]) => {
  m.begin()
  await client.query('begin')
  for (let first = 1; first <= o.count; first += 1000) {
    await Promise.all(makeItems(first, 1000).map((item) => insert(client, item)))
  }
  await client.query('commit')
  m.end(o.count)
})

const insertBatches = (o, m) => withConnections(o, 1, ([client]) => {
  let next = 1
  return repeat(m, async () => {
    await Promise.all(makeItems(next, BATCH_SIZE).map((item) => insert(client, item)))
    next += BATCH_SIZE
  }, BATCH_SIZE)
})

const connectAndClose = (o, m) => repeat(m, () => withConnections(o, 1, async ([client]) => {
  const { rows } = await client.query('select 1 as one')
  check(rows[0].one === 1, 'another number')
}))

const NO_PIPELINING = 'a connection has one query at a time'
runClient({
  W1: ['query, named', overConnections(1)],
  W2: ['query, named, a task per connection', overConnections(10)],
  W3: [NO_PIPELINING],
  W3one: [NO_PIPELINING],
  W4: ['query into objects', thousandRows],
  W5: ['pg-query-stream, 1 000 rows each', streamRows],
  W5full: ['query into objects', wholeResult],
  W6copy: ['pg-copy-streams, text', copyRows],
  W6insert: ['query; one round trip per row', insertRows],
  W7: ['query; one round trip per row', insertBatches],
  W8: ['connect', connectAndClose],
  W9: ['query on a pool', poolOfTen],
})
