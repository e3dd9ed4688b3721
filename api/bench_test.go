//go:build unix

package api

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"syscall"
	"testing"

	"github.com/labstack/echo/v4"
)

// The two benchmarks are read as a pair: a recommendation from memory against an
// Echo handler that returns the same bytes behind the same middleware, both in
// process (the handler's own time) and over loopback TCP with connections kept
// alive (what a client sees). The floor is half the requests per second.
//
//	go test ./api -run '^$' -bench 'Recommendation|SameBytes' -count 5

func BenchmarkRecommendation(b *testing.B) {
	s := benchServer(b)
	for _, c := range benchTargets {
		b.Run("handler/"+c.name, func(b *testing.B) { benchHandler(b, s.Handler(), c.target) })
		b.Run("tcp/"+c.name, func(b *testing.B) { benchTCP(b, s.Handler(), c.target) })
	}
}

func BenchmarkSameBytes(b *testing.B) {
	s := benchServer(b)
	for _, c := range benchTargets {
		h := sameBytes(b, s, c.target)
		b.Run("handler/"+c.name, func(b *testing.B) { benchHandler(b, h, c.target) })
		b.Run("tcp/"+c.name, func(b *testing.B) { benchTCP(b, h, c.target) })
	}
}

// benchTargets are a customer of one community, whose list is read off, and one
// of two, whose lists are blended.
var benchTargets = []struct{ name, target string }{
	{"one", "/v1/customers/c10001/recommendations?limit=10"},
	{"two", "/v1/customers/c10000/recommendations?limit=10"},
}

// BenchmarkPublish prepares a Result to be served.
func BenchmarkPublish(b *testing.B) {
	s := benchServer(b)
	r := s.snapshot.Load().Result
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Publish(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(r.Customers.Len())*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

// benchServer has 20,000 customers in communities of 40 and 500 products. The
// access log is written, to nowhere.
func benchServer(b *testing.B) *Server {
	b.Helper()
	return serving(b, func(o *Options) {
		o.Result = made(b, "r1", 20000, 40, 500)
		o.Logger = slog.New(slog.NewJSONHandler(io.Discard, nil))
	})
}

// sameBytes is an Echo server with the middleware of s and the answer of s.
func sameBytes(b *testing.B, s *Server, target string) http.Handler {
	b.Helper()
	w := get(b, s, target)
	if w.Code != http.StatusOK || w.Body.Len() < 2000 {
		b.Fatalf("the answer is %d %s", w.Code, w.Body)
	}
	body := w.Body.Bytes()
	e := echo.New()
	e.Use(s.observe, s.guard)
	e.GET("/v1/customers/:id/recommendations", func(c echo.Context) error {
		// Without it net/http sends chunks, which is slower.
		c.Response().Header().Set("Content-Length", strconv.Itoa(len(body)))
		return c.Blob(http.StatusOK, "application/json", body)
	})
	return headAsGet(e)
}

func benchHandler(b *testing.B, h http.Handler, target string) {
	b.ReportAllocs()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, target, nil)
	r.Host = "localhost"
	w := &discard{header: make(http.Header)}
	before := cpuTime(b)
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
	if w.status != http.StatusOK {
		b.Fatalf("status %d", w.status)
	}
}

// cpuTime is what the process has used of all processors, in nanoseconds: unlike
// the time on the clock it does not grow when the machine has other work.
func cpuTime(b *testing.B) int64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

// discard is a ResponseWriter that keeps nothing but the status.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// benchTCP writes requests and reads answers on raw connections, so that little
// but the server is measured.
func benchTCP(b *testing.B, h http.Handler, target string) {
	server := httptest.NewServer(h)
	defer server.Close()
	request := []byte("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
	before := cpuTime(b)
	b.RunParallel(func(pb *testing.PB) {
		c, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer c.Close()
		size := 0
		buffer := make([]byte, 64<<10)
		for pb.Next() {
			if _, err := c.Write(request); err != nil {
				b.Error(err)
				return
			}
			n, err := readAnswer(c, buffer, size)
			if err != nil || !bytes.HasPrefix(buffer[:n], []byte("HTTP/1.1 200")) {
				b.Errorf("answer %q: %v", buffer[:n], err)
				return
			}
			size = n
		}
	})
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

// readAnswer reads one answer. The first tells how long it is; those after it
// are as long, but for the digits of nothing: date and ids have fixed lengths.
func readAnswer(c net.Conn, buffer []byte, size int) (int, error) {
	if size > 0 {
		return io.ReadFull(c, buffer[:size])
	}
	n := 0
	for {
		m, err := c.Read(buffer[n:])
		n += m
		if err != nil {
			return n, err
		}
		if head := bytes.Index(buffer[:n], []byte("\r\n\r\n")); head >= 0 {
			var length int
			for line := range bytes.SplitSeq(buffer[:head], []byte("\r\n")) {
				if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
					for _, digit := range value {
						length = 10*length + int(digit-'0')
					}
				}
			}
			if total := head + 4 + length; n >= total {
				return total, nil
			}
		}
	}
}
