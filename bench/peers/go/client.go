// SPDX-License-Identifier: BSL-1.0
// The command line of a client, the measurement and its line of JSON: as in ../cpp/client.hpp.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const keptLatencies = 100_000

type options struct {
	workload string
	dsn      string
	warmup   time.Duration
	seconds  time.Duration
	count    int
}

func parseOptions() options {
	o := options{workload: os.Args[1], warmup: 300 * time.Millisecond, seconds: 2 * time.Second}
	seconds := func(text string) time.Duration {
		number, err := strconv.ParseFloat(text, 64)
		check(err)
		return time.Duration(number * float64(time.Second))
	}
	for i := 2; i+1 < len(os.Args); i += 2 {
		value := os.Args[i+1]
		switch os.Args[i] {
		case "--dsn":
			o.dsn = value
		case "--warmup":
			o.warmup = seconds(value)
		case "--seconds":
			o.seconds = seconds(value)
		case "--count":
			count, err := strconv.Atoi(value)
			check(err)
			o.count = count
		default:
			panic("unknown option " + os.Args[i])
		}
	}
	return o
}

type phase int

const (
	warmingUp phase = iota
	measuring
	over
)

// The measured part of a run. Keeps the latest latencies. Goroutines share it.
type measurement struct {
	mutex      sync.Mutex
	options    options
	phase      phase
	began      time.Time
	elapsed    time.Duration
	usage      syscall.Rusage
	userUs     int64
	systemUs   int64
	operations int
	latencies  int
	latest     []time.Duration
}

func newMeasurement(o options) *measurement {
	return &measurement{options: o, began: time.Now(), latest: make([]time.Duration, 0, keptLatencies)}
}

func (m *measurement) begin() {
	m.phase = measuring
	m.operations, m.latencies, m.latest = 0, 0, m.latest[:0]
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &m.usage))
	m.began = time.Now()
}

func (m *measurement) end(operations int) {
	m.elapsed = time.Since(m.began)
	var now syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &now))
	m.userUs = (now.Utime.Nano() - m.usage.Utime.Nano()) / 1000
	m.systemUs = (now.Stime.Nano() - m.usage.Stime.Nano()) / 1000
	m.operations = operations
	m.phase = over
}

// An operation that began at `began` has completed, or a batch of some. Gives whether to go on.
func (m *measurement) done(began time.Time, operations int) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	now := time.Now()
	if m.phase == over {
		return false
	}
	if m.phase == warmingUp {
		if m.options.count == 0 && now.Sub(m.began) < m.options.warmup {
			return true
		}
		m.begin()
		if m.options.count == 0 {
			return true
		}
	}
	if m.latencies < keptLatencies {
		m.latest = append(m.latest, now.Sub(began))
	} else {
		m.latest[m.latencies%keptLatencies] = now.Sub(began)
	}
	m.latencies++
	m.operations += operations
	isOver := now.Sub(m.began) >= m.options.seconds
	if m.options.count != 0 {
		isOver = m.latencies >= m.options.count
	}
	if isOver {
		m.end(m.operations)
	}
	return !isOver
}

func (m *measurement) print(how string) {
	sort.Slice(m.latest, func(a, b int) bool { return m.latest[a] < m.latest[b] })
	quantile := func(q float64) float64 {
		if len(m.latest) == 0 {
			return 0
		}
		return float64(m.latest[int(q*float64(len(m.latest)-1))].Nanoseconds()) / 1e3
	}
	printJSON(map[string]any{"how": how, "operations": m.operations, "seconds": m.elapsed.Seconds(),
		"user_us": m.userUs, "system_us": m.systemUs, "p50_us": quantile(0.5), "p99_us": quantile(0.99),
		"peak_kib": peakKiB()})
}

func printJSON(line map[string]any) {
	text, err := json.Marshal(line)
	check(err)
	fmt.Println(string(text))
}

func peakKiB() int {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	for _, line := range strings.Split(string(status), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "VmHWM:" {
			peak, _ := strconv.Atoi(words[1])
			return peak
		}
	}
	return 0
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func require(condition bool, what string) {
	if !condition {
		panic(what)
	}
}
