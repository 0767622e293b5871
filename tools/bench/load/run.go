package main

import (
	"encoding/binary"
	"slices"
	"syscall"
	"time"
)

// measure sends count requests and says what that was like.
func measure(c *client, conn *connection, count int) (Result, error) {
	latencies := make([]time.Duration, 0, count)
	in, out, cpu, begin := conn.in, conn.out, cpuTime(), time.Now()
	var err error
	if c.spec.Reconnect {
		in, out = 0, 0
		latencies, err = conn.reconnecting(count, latencies)
	} else {
		latencies, err = conn.requesting(count, latencies)
	}
	if err != nil {
		return Result{}, err
	}
	elapsed, used := time.Since(begin), cpuTime()-cpu
	slices.Sort(latencies)
	at := func(part float64) float64 {
		return float64(latencies[int(part*float64(count-1))].Nanoseconds()) / 1e3
	}
	return Result{
		Requests: count, BytesOut: conn.out - out, BytesIn: conn.in - in,
		Seconds: elapsed.Seconds(), CPUSeconds: used.Seconds(),
		P50: at(0.5), P99: at(0.99), P999: at(0.999),
	}, nil
}

// requesting keeps Depth requests under way on one connection. What one read has answered is replaced by one write.
func (conn *connection) requesting(count int, latencies []time.Duration) ([]time.Duration, error) {
	depth := min(conn.client.spec.Depth, count)
	sent, batch, begun := 0, []byte(nil), make([]time.Time, depth)
	wanted := depth
	for {
		now := time.Now()
		batch = batch[:0]
		for range wanted {
			begun[sent%depth] = now
			batch = append(batch, conn.numbered(conn.client.request)...)
			sent++
		}
		if err := conn.write(batch); err != nil {
			return nil, err
		}
		n, err := conn.read(conn.client.buffer)
		if err != nil {
			return nil, err
		}
		answered, err := conn.answers(conn.client.buffer[:n])
		if err != nil {
			return nil, err
		}
		now = time.Now()
		for range answered {
			latencies = append(latencies, now.Sub(begun[len(latencies)%depth]))
		}
		if len(latencies) == count {
			return latencies, nil
		}
		wanted = min(answered, count-sent)
	}
}

// answers moves over what was read, and gives how many answers it completes.
func (conn *connection) answers(data []byte) (int, error) {
	complete := 0
	for len(data) > 0 {
		if conn.got < len(conn.head) {
			n := copy(conn.head[conn.got:], data)
			conn.got += n
			data = data[n:]
			if conn.got < len(conn.head) {
				break
			}
			size := int(binary.BigEndian.Uint32(conn.head[:]))
			if err := conn.check(size); err != nil {
				return 0, err
			}
			if err := conn.number(binary.BigEndian.Uint32(conn.head[4:])); err != nil {
				return 0, err
			}
			conn.rest = size - 4
		}
		n := min(conn.rest, len(data))
		conn.rest -= n
		data = data[n:]
		if conn.rest == 0 {
			conn.got = 0
			complete++
		}
	}
	return complete, nil
}

// reconnecting makes a connection for each request and closes it behind the answer.
func (conn *connection) reconnecting(count int, latencies []time.Duration) ([]time.Duration, error) {
	conn.in, conn.out = 0, 0
	for range count {
		begin := time.Now()
		fresh, err := conn.client.dial()
		if err != nil {
			return nil, err
		}
		err = fresh.greet()
		fresh.close()
		if err != nil {
			return nil, err
		}
		conn.in += fresh.in
		conn.out += fresh.out
		latencies = append(latencies, time.Since(begin))
	}
	return latencies, nil
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
