// SPDX-License-Identifier: BSL-1.0
// Single rows by primary key, over connections or a pool, and connecting.
package main

import (
	"context"
	"math/rand"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const balanceSQL = "select abalance from pgbench_accounts where aid = $1"

type database interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func connect(o options) *pgx.Conn {
	c, err := pgx.Connect(context.Background(), o.dsn)
	check(err)
	return c
}

func ask(db database, m *measurement) {
	for {
		began := time.Now()
		account := rand.Int31n(1_000_000) + 1
		var balance int32
		check(db.QueryRow(context.Background(), balanceSQL, account).Scan(&balance))
		require(balance == account%1000, "another balance")
		if !m.done(began, 1) {
			return
		}
	}
}

func runTasks(tasks int, task func(number int)) {
	var running sync.WaitGroup
	for i := 0; i < tasks; i++ {
		running.Add(1)
		go func(number int) {
			defer running.Done()
			task(number)
		}(i)
	}
	running.Wait()
}

func tasksOverConnections(o options, m *measurement, connections int) {
	all := make([]*pgx.Conn, connections)
	for i := range all {
		all[i] = connect(o)
	}
	runTasks(connections, func(number int) { ask(all[number], m) })
}

func tasksOverPool(o options, m *measurement) {
	config, err := pgxpool.ParseConfig(o.dsn)
	check(err)
	config.MaxConns = 10
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	check(err)
	runTasks(1000, func(int) { ask(pool, m) })
}

func connectAndClose(o options, m *measurement) {
	for {
		began := time.Now()
		c := connect(o)
		var one int
		check(c.QueryRow(context.Background(), "select 1", pgx.QueryExecModeSimpleProtocol).Scan(&one))
		require(one == 1, "another number")
		check(c.Close(context.Background()))
		if !m.done(began, 1) {
			return
		}
	}
}
