// SPDX-License-Identifier: BSL-1.0
// pgx 5, its native interface.
package main

import "os"

type workload struct {
	how string
	run func(options, *measurement)
}

func main() {
	const noPipelining = "a connection has one query at a time"
	workloads := map[string]workload{
		"W1":       {"QueryRow", func(o options, m *measurement) { tasksOverConnections(o, m, 1) }},
		"W2":       {"QueryRow, a goroutine per connection", func(o options, m *measurement) { tasksOverConnections(o, m, 10) }},
		"W3":       {noPipelining, nil},
		"W3one":    {noPipelining, nil},
		"W4":       {"Query and Scan", thousandRows},
		"W5":       {"Query and Scan", streamRows},
		"W5full":   {"Query and Scan", wholeResult},
		"W6copy":   {"CopyFrom", copyRows},
		"W6insert": {"SendBatch, 1 000 each", insertRows},
		"W7":       {"SendBatch", insertBatches},
		"W8":       {"Connect", connectAndClose},
		"W9":       {"QueryRow on a pgxpool", tasksOverPool},
	}
	w, found := workloads[os.Args[1]]
	require(found, "unknown workload: "+os.Args[1])
	if w.run == nil {
		printJSON(map[string]any{"unsupported": w.how})
		os.Exit(3)
	}
	o := parseOptions()
	m := newMeasurement(o)
	w.run(o, m)
	m.print(w.how)
}
