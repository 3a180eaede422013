// The program in the test cluster's images: it logs as services do, leaks as one of them does, and holds a sandbox.
// What it logs it is told in its arguments and environment, so that a test knows every byte that may be secret.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	arguments := os.Args[2:]
	switch os.Args[1] {
	case "pause":
		untilTerminated()
	case "web":
		go serve()
		every(interval(), func(n int) { logJSON(n, arguments) })
	case "logfmt":
		every(interval(), func(n int) { logLogfmt(n, arguments) })
	case "leak":
		leak(arguments)
	case "crash":
		crash(arguments)
	default:
		usage()
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: workload pause | web [LINE...] | logfmt [LINE...] | leak MIB-PER-SECOND | crash [LINE...]")
	os.Exit(2)
}

func untilTerminated() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
}

// interval is the time between two log lines, from WORKLOAD_INTERVAL (a Go duration; 1 s by default).
func interval() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("WORKLOAD_INTERVAL")); err == nil && d > 0 {
		return d
	}
	return time.Second
}

// every calls step at once and then on each tick, until the program is told to end.
func every(d time.Duration, step func(n int)) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	tick := time.NewTicker(d)
	defer tick.Stop()
	for n := 0; ; n++ {
		step(n)
		select {
		case <-stop:
			return
		case <-tick.C:
		}
	}
}

var served, failed atomic.Int64

// logJSON writes an access line, and each given line as the message of a line of its own every fifth time.
func logJSON(n int, lines []string) {
	status := 200
	if n%10 == 9 {
		status = 503
		failed.Add(1)
	} else {
		served.Add(1)
	}
	write := func(level, message string, more map[string]any) {
		entry := map[string]any{"ts": time.Now().UTC().Format(time.RFC3339Nano), "level": level, "msg": message, "seq": n}
		for key, value := range more {
			entry[key] = value
		}
		line, err := json.Marshal(entry)
		if err != nil {
			return
		}
		fmt.Println(string(line))
	}
	write("info", "request", map[string]any{"method": "GET", "path": "/cart/" + strconv.Itoa(n%7), "status": status, "ms": 3 + n%40})
	if n%5 == 0 {
		for _, line := range lines {
			write("warn", line, nil)
		}
	}
}

// logLogfmt writes key=value lines, and each given line as it stands every fifth time.
func logLogfmt(n int, lines []string) {
	fmt.Printf("ts=%s level=info msg=\"charge settled\" seq=%d amount=%d\n", time.Now().UTC().Format(time.RFC3339Nano), n, 100+n%900)
	if n%5 == 0 {
		for _, line := range lines {
			fmt.Println(line)
		}
	}
}

// serve answers /metrics with the counters that the log lines move, in Prometheus' text format.
func serve() {
	http.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintln(w, "# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter")
		fmt.Fprintf(w, "http_requests_total{code=\"200\"} %d\nhttp_requests_total{code=\"503\"} %d\n", served.Load(), failed.Load())
	})
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	if err := http.ListenAndServe(":8080", nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// leak keeps and touches so many MiB more each second, and says so, until the kernel ends it.
func leak(arguments []string) {
	rate := 8
	if len(arguments) > 0 {
		if n, err := strconv.Atoi(arguments[0]); err == nil && n > 0 {
			rate = n
		}
	}
	var kept [][]byte
	every(time.Second, func(n int) {
		block := make([]byte, rate<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
		fmt.Printf("level=warn msg=\"cache grew\" seq=%d mib=%d entries=%d\n", n, len(kept)*rate, len(kept)*1000)
	})
}

// crash writes the given lines and why it ends, to the log and as the termination message, and exits with 3.
func crash(lines []string) {
	for _, line := range lines {
		fmt.Println(line)
	}
	time.Sleep(500 * time.Millisecond)
	if message := os.Getenv("WORKLOAD_LAST_WORDS"); message != "" {
		fmt.Fprintln(os.Stderr, message)
		if err := os.WriteFile("/dev/termination-log", []byte(message), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(3)
}
