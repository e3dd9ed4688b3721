package neo4jtest

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"testing"
)

// Fake returns the URI of a server that speaks as much Bolt 4.4 as it takes to
// tell its version, such as Neo4j/4.4.9: it answers every message by SUCCESS with
// that. It ends with the test.
func Fake(t testing.TB, agent string) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				handshake := make([]byte, 20)
				if _, err := io.ReadFull(in, handshake); err != nil {
					return
				}
				_, _ = c.Write([]byte{0, 0, 4, 4})
				for skipMessage(in) == nil {
					_, _ = c.Write(success(agent))
				}
			}()
		}
	}()
	return "bolt://" + l.Addr().String()
}

// skipMessage reads chunks up to the empty one that ends a message.
func skipMessage(in *bufio.Reader) error {
	for {
		var size uint16
		if err := binary.Read(in, binary.BigEndian, &size); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
		if _, err := in.Discard(int(size)); err != nil {
			return err
		}
	}
}

// success is SUCCESS {server: agent, connection_id: "c", fields: []} in PackStream.
func success(agent string) []byte {
	text := func(b []byte, s string) []byte { return append(append(b, 0x80|byte(len(s))), s...) }
	body := []byte{0xb1, 0x70, 0xa3}
	body = text(text(body, "server"), agent)
	body = text(text(body, "connection_id"), "c")
	body = append(text(body, "fields"), 0x90)
	message := binary.BigEndian.AppendUint16(nil, uint16(len(body)))
	return append(append(message, body...), 0, 0)
}
