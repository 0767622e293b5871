package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"syscall"
)

const (
	bufferSize    = 1 << 20
	patience      = 30 // seconds without a byte after which a target is taken for stuck
	correlationAt = 8  // in a request: behind the length, the api key and its version
)

// client has the frames that all of its connections send, and what an answer looks like.
type client struct {
	spec    Spec
	address syscall.SockaddrInet4
	login   [][]byte
	request []byte
	answer  []byte // the first answer, without its length
	buffer  []byte // what is read, for all connections: only one is at work at a time
}

// connection is one blocking socket: without Go's poller a request costs one write and one read.
type connection struct {
	client  *client
	fd      int
	head    [8]byte // length and correlation id of the answer that is being read
	got     int     // bytes of head that are there
	rest    int     // bytes of its body still to come
	next    int32   // the correlation id of the next request
	awaited int32   // the correlation id of the next answer
	in, out int64
}

func newClient(spec Spec) (*client, error) {
	address, err := net.ResolveTCPAddr("tcp4", spec.Address)
	if err != nil {
		return nil, err
	}
	c := &client{spec: spec, address: syscall.SockaddrInet4{Port: address.Port}, buffer: make([]byte, bufferSize)}
	copy(c.address.Addr[:], address.IP.To4())
	for _, name := range spec.Login {
		frame, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c.login = append(c.login, frame)
	}
	c.request, err = os.ReadFile(spec.Request)
	return c, err
}

// open connects, logs in and asks once; later answers must be as long as the first of all.
func (c *client) open() (*connection, error) {
	conn, err := c.dial()
	if err != nil {
		return nil, err
	}
	return conn, conn.greet()
}

func (c *client) dial() (*connection, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	conn := &connection{client: c, fd: fd}
	timeout := syscall.Timeval{Sec: patience}
	for _, err := range []error{
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1),
		syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &timeout),
		syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &timeout),
		c.connect(fd),
	} {
		if err != nil {
			conn.close()
			return nil, err
		}
	}
	return conn, nil
}

// connect goes on with a connect that one of the runtime's signals has interrupted.
func (c *client) connect(fd int) error {
	err := syscall.Connect(fd, &c.address)
	for err == syscall.EINTR || err == syscall.EALREADY {
		err = syscall.Connect(fd, &c.address)
	}
	if err == syscall.EISCONN {
		return nil
	}
	return err
}

// greet logs in and sends one request, each step waiting for its answer.
func (conn *connection) greet() error {
	for _, frame := range conn.client.login {
		answer, err := conn.ask(frame)
		if err != nil {
			return fmt.Errorf("login: %w", err)
		}
		if code := int16(binary.BigEndian.Uint16(answer[4:])); code != 0 {
			return fmt.Errorf("login: error code %d", code)
		}
	}
	answer, err := conn.ask(conn.client.request)
	if err != nil {
		return err
	}
	if conn.client.answer == nil {
		conn.client.answer = append([]byte(nil), answer...)
	}
	return conn.check(len(answer))
}

// ask sends one frame and gives its whole answer without the length.
func (conn *connection) ask(frame []byte) ([]byte, error) {
	if err := conn.write(conn.numbered(frame)); err != nil {
		return nil, err
	}
	filled, size := 0, 8
	for filled < size {
		if missing := size - len(conn.client.buffer); missing > 0 {
			conn.client.buffer = append(conn.client.buffer, make([]byte, missing)...)
		}
		n, err := conn.read(conn.client.buffer[filled:size])
		if err != nil {
			return nil, err
		}
		if filled += n; filled >= 8 && size == 8 {
			size = 4 + int(binary.BigEndian.Uint32(conn.client.buffer))
		}
	}
	if size < 10 {
		return nil, fmt.Errorf("an answer of %d bytes", size-4)
	}
	answer := conn.client.buffer[4:size]
	return answer, conn.number(binary.BigEndian.Uint32(answer))
}

// numbered puts the next correlation id into a frame.
func (conn *connection) numbered(frame []byte) []byte {
	binary.BigEndian.PutUint32(frame[correlationAt:], uint32(conn.next))
	conn.next++
	return frame
}

// number checks an answer's correlation id.
func (conn *connection) number(got uint32) error {
	if int32(got) != conn.awaited {
		return fmt.Errorf("an answer to request %d, that to %d is due", int32(got), conn.awaited)
	}
	conn.awaited++
	return nil
}

// check compares an answer's length with that of the first one, which Klamm's tables have read.
func (conn *connection) check(size int) error {
	if size != len(conn.client.answer) {
		return fmt.Errorf("an answer of %d bytes, the first one had %d", size, len(conn.client.answer))
	}
	return nil
}

func (conn *connection) write(data []byte) error {
	conn.out += int64(len(data))
	for len(data) > 0 {
		n, err := syscall.Write(conn.fd, data)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
		data = data[n:]
	}
	return nil
}

func (conn *connection) read(into []byte) (int, error) {
	for {
		n, err := syscall.Read(conn.fd, into)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("read: %w", err)
		}
		if n == 0 {
			return 0, fmt.Errorf("the connection was closed")
		}
		conn.in += int64(n)
		return n, nil
	}
}

func (conn *connection) close() {
	syscall.Close(conn.fd)
}
