// SPDX-License-Identifier: BSL-1.0
// Rows decoded into structs, and rows into a table.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const insertSQL = "insert into bench_insert (id, quantity, price, name, created_at) values ($1, $2, $3, $4, $5)"
const batchSize = 100

var columns = []string{"id", "quantity", "price", "name", "created_at"}
var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

type item struct {
	id        int64
	quantity  int32
	price     float64
	name      string
	createdAt time.Time
}

// The values of row number `i` of `bench_rows`, and of what is inserted.
func itemValues(i int) []any {
	return []any{int64(i), int32(i % 1_000_003), float64(i) * 0.37, fmt.Sprintf("row text number %d 0123456789abcdef", i),
		start.Add(time.Duration(i) * 1_234_567 * time.Microsecond)}
}

func manyRowsSQL(rows int) string {
	return fmt.Sprintf("select id, quantity, price, name, created_at from bench_rows limit %d", rows)
}

func eachItem(c *pgx.Conn, sql string, take func(item)) {
	rows, err := c.Query(context.Background(), sql)
	check(err)
	for rows.Next() {
		var i item
		check(rows.Scan(&i.id, &i.quantity, &i.price, &i.name, &i.createdAt))
		take(i)
	}
	check(rows.Err())
}

func thousandRows(o options, m *measurement) {
	c := connect(o)
	for {
		began := time.Now()
		items := make([]item, 0, 1000)
		eachItem(c, manyRowsSQL(1000), func(i item) { items = append(items, i) })
		require(len(items) == 1000 && items[999].id == 1000, "other rows")
		if !m.done(began, 1) {
			return
		}
	}
}

func streamRows(o options, m *measurement) {
	c := connect(o)
	sum := 0
	m.begin()
	eachItem(c, manyRowsSQL(o.count), func(i item) { sum += int(i.id) })
	m.end(o.count)
	require(sum == o.count*(o.count+1)/2, "other rows")
}

func wholeResult(o options, m *measurement) {
	c := connect(o)
	var items []item
	sum := 0
	m.begin()
	eachItem(c, manyRowsSQL(o.count), func(i item) { items = append(items, i) })
	for _, i := range items {
		sum += int(i.id)
	}
	m.end(o.count)
	require(sum == o.count*(o.count+1)/2, "other rows")
}

func copyRows(o options, m *measurement) {
	c := connect(o)
	m.begin()
	made := 0
	_, err := c.CopyFrom(context.Background(), pgx.Identifier{"bench_insert"}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		if made == o.count {
			return nil, nil
		}
		made++
		return itemValues(made), nil
	}))
	check(err)
	m.end(o.count)
}

func insertBatch(c *pgx.Conn, first int, rows int) {
	batch := &pgx.Batch{}
	for i := first; i < first+rows; i++ {
		batch.Queue(insertSQL, itemValues(i)...)
	}
	check(c.SendBatch(context.Background(), batch).Close())
}

func insertRows(o options, m *measurement) {
	c := connect(o)
	m.begin()
	for first := 1; first <= o.count; first += 1000 {
		insertBatch(c, first, min(1000, o.count+1-first))
	}
	m.end(o.count)
}

func insertBatches(o options, m *measurement) {
	c := connect(o)
	next := 1
	for {
		began := time.Now()
		insertBatch(c, next, batchSize)
		next += batchSize
		if !m.done(began, batchSize) {
			return
		}
	}
}
