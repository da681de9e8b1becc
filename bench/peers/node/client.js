// SPDX-License-Identifier: BSL-1.0
// The command line of a client, the measurement and its line of JSON: as in ../cpp/client.hpp. And the rows that are inserted.
'use strict'
const fs = require('fs')

const EXIT_UNSUPPORTED = 3
const KEPT_LATENCIES = 100_000
const now = () => performance.now()

function parseOptions() {
  const options = { workload: process.argv[2], warmup: 0.3, seconds: 2, count: 0 }
  for (let i = 3; i + 1 < process.argv.length; i += 2) {
    const name = process.argv[i].slice(2)
    options[name] = name === 'dsn' ? process.argv[i + 1] : Number(process.argv[i + 1])
  }
  options.keywords = Object.fromEntries(options.dsn.split(' ').map((word) => word.split('=')))
  return options
}

// The measured part of a run. Keeps the latest latencies.
class Measurement {
  constructor(options) {
    this.options = options
    this.phase = 'warming up'
    this.began = now()
    this.latest = new Float64Array(KEPT_LATENCIES)
  }

  begin() {
    this.phase = 'measuring'
    this.operations = this.latencies = 0
    this.usage = process.cpuUsage()
    this.began = now()
  }

  end(operations) {
    this.elapsed = now() - this.began
    this.usage = process.cpuUsage(this.usage)
    this.operations = operations
    this.phase = 'over'
  }

  // An operation that began at `began` has completed, or a batch of some. Gives whether to go on.
  done(began, operations = 1) {
    const at = now()
    const { count, warmup, seconds } = this.options
    if (this.phase === 'over') return false
    if (this.phase === 'warming up') {
      if (!count && at - this.began < warmup * 1000) return true
      this.begin()
      if (!count) return true
    }
    this.latest[this.latencies++ % KEPT_LATENCIES] = at - began
    this.operations += operations
    const over = count ? this.latencies >= count : at - this.began >= seconds * 1000
    if (over) this.end(this.operations)
    return !over
  }

  print(how) {
    const kept = this.latest.slice(0, Math.min(this.latencies ?? 0, KEPT_LATENCIES)).sort()
    const quantile = (q) => (kept.length ? kept[Math.floor(q * (kept.length - 1))] * 1000 : 0)
    const peak = /VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))
    console.log(JSON.stringify({ how, operations: this.operations, seconds: this.elapsed / 1000, user_us: this.usage.user,
      system_us: this.usage.system, p50_us: quantile(0.5), p99_us: quantile(0.99), peak_kib: Number(peak[1]) }))
  }
}

// `workloads`: by name what the client does, in words, and a function for it. No function: it cannot, for that reason.
async function runClient(workloads) {
  const options = parseOptions()
  const [how, run] = workloads[options.workload]
  if (!run) {
    console.log(JSON.stringify({ unsupported: how }))
    process.exit(EXIT_UNSUPPORTED)
  }
  const measurement = new Measurement(options)
  await run(options, measurement)
  measurement.print(how)
}

// Runs until the measurement is over: `work` does one operation, or a batch of some.
async function repeat(m, work, operations = 1) {
  let began
  do {
    began = now()
    await work()
  } while (m.done(began, operations))
}

const repeatInTasks = (tasks, m, work) => Promise.all(Array.from({ length: tasks }, (_, i) => repeat(m, () => work(i))))

function check(condition, what) {
  if (!condition) throw new Error(what)
}

const randomAccount = () => 1 + Math.floor(Math.random() * 1_000_000)
const manyRowsSql = (rows) => `select id, quantity, price, name, created_at from bench_rows limit ${rows}`
const checkSum = (rows, sum) => check(sum === (rows * (rows + 1)) / 2, 'other rows')

// The values of row number `i` of `bench_rows`, and of what is inserted; a Date has milliseconds only.
const START = Date.UTC(2024, 0, 1)
const makeItem = (i) => [i, i % 1_000_003, i * 0.37, `row text number ${i} 0123456789abcdef`, new Date(START + i * 1234.567)]
const makeItems = (first, count) => Array.from({ length: count }, (_, i) => makeItem(first + i))

// COPY's text format, in pieces of 64 KiB.
async function* copyText(rows) {
  let piece = ''
  for (let i = 1; i <= rows; i++) {
    const item = makeItem(i)
    item[4] = item[4].toISOString()
    piece += item.join('\t') + '\n'
    if (piece.length > 65536) {
      yield piece
      piece = ''
    }
  }
  yield piece
}

// A module from the folder that this runs in.
const fromHere = (name) => require(require.resolve(name, { paths: [process.cwd()] }))

module.exports = { check, checkSum, copyText, fromHere, makeItems, manyRowsSql, randomAccount, repeat, repeatInTasks, runClient }
