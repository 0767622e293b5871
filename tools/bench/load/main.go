// Load sends ready-made Kafka requests to one address and counts and checks the answers.
//
// It is a measuring instrument: it costs little, and does exactly what it is told. The one argument names a JSON file
// with a Spec. When every connection is open, logged in and has had one answer it prints "ready"; then each line
// "run N" on standard input makes it send N requests and print a Result as one line of JSON. The connections stay open
// between runs. It ends with its standard input.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Spec says what to do; the names of files are relative to the working directory.
type Spec struct {
	Address     string   `json:"address"`
	Login       []string `json:"login"`
	Request     string   `json:"request"`
	Answer      string   `json:"answer"`
	Connections int      `json:"connections"`
	Depth       int      `json:"depth"`
	Reconnect   bool     `json:"reconnect"`
}

// Result says what a run was like: bytes with their frames' lengths, latencies in microseconds, CPU of this process.
type Result struct {
	Requests   int     `json:"requests"`
	BytesOut   int64   `json:"bytes_out"`
	BytesIn    int64   `json:"bytes_in"`
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	P50        float64 `json:"p50"`
	P99        float64 `json:"p99"`
	P999       float64 `json:"p99.9"`
}

func main() {
	runtime.LockOSThread()
	// A run allocates one slice of latencies; a collection in the middle of it would be measured too.
	debug.SetGCPercent(-1)
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	spec, err := readSpec(os.Args[1])
	if err != nil {
		return err
	}
	client, err := newClient(spec)
	if err != nil {
		return err
	}
	connections := make([]*connection, spec.Connections)
	for i := range connections {
		if connections[i], err = client.open(); err != nil {
			return fmt.Errorf("connection %d: %w", i+1, err)
		}
	}
	if err := os.WriteFile(spec.Answer, client.answer, 0o600); err != nil {
		return err
	}
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var count int
		if _, err := fmt.Sscanf(lines.Text(), "run %d", &count); err != nil || count < 1 {
			return fmt.Errorf("not a command: %q", strings.TrimSpace(lines.Text()))
		}
		result, err := measure(client, connections[0], count)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
			return err
		}
		runtime.GC()
	}
	return lines.Err()
}

func readSpec(name string) (Spec, error) {
	var spec Spec
	text, err := os.ReadFile(name)
	if err != nil {
		return spec, err
	}
	return spec, json.Unmarshal(text, &spec)
}
