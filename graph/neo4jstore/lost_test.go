package neo4jstore

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// proxy is a way to a server that can be cut.
type proxy struct {
	net.Listener
	server string
	// allow is how many more bytes of answers get through before all
	// connections are cut once; negative for any number.
	allow atomic.Int64
	cuts  atomic.Int64

	mu   sync.Mutex
	open []net.Conn
}

// newProxy returns a proxy and its address in the form of the server's.
func newProxy(t *testing.T, server *neo4jtest.Server) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(server.URI)
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, server: u.Host}
	p.allow.Store(-1)
	go p.serve()
	t.Cleanup(func() {
		_ = l.Close()
		p.cut()
	})
	u.Host = l.Addr().String()
	return p, u.String()
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.open = append(p.open, client, server)
		p.mu.Unlock()
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
		}()
		go func() {
			p.answers(client, server)
			_ = client.Close()
		}()
	}
}

func (p *proxy) answers(client io.Writer, server io.Reader) {
	buf := make([]byte, 4096)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
		if left := p.allow.Load(); left >= 0 {
			if p.allow.Add(-int64(n)) < 0 {
				p.allow.Store(-1)
				p.cut()
				return
			}
		}
	}
}

// cut closes all connections that there are.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cuts.Add(1)
	for _, c := range p.open {
		_ = c.Close()
	}
	p.open = nil
}

func TestConnectionCut(t *testing.T) {
	server := opened(t)
	direct := openEmpty(t, server, small)
	a, b := crowd{150, 1}, crowd{150, 2}
	mustSync(t, direct, b)
	after := digest(t, direct)
	mustSync(t, direct, a)
	before := digest(t, direct)

	p, address := newProxy(t, server)
	o := small
	o.User, o.Password, o.RetryFor = server.User, server.Password, 20*time.Second
	s, err := Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	t.Run("while streaming", func(t *testing.T) {
		p.allow.Store(9000)
		if got := digest(t, s); got != before {
			t.Error("the network differs")
		}
		if p.cuts.Load() == 0 {
			t.Error("the stream was so short that nothing was cut")
		}
	})
	t.Run("while noting", func(t *testing.T) {
		err := s.Sync(t.Context(), b, cutAt(p, "comparing BOUGHT ties"))
		if !errors.Is(err, ErrDown) {
			t.Fatalf("Sync whose lock was lost: %v", err)
		}
		if digest(t, s) != before {
			t.Error("the network has changed")
		}
		mustSync(t, s, b)
		if digest(t, s) != after || stored(server) != b.counts() {
			t.Errorf("%v customers, products, calls and purchases, want %v", stored(server), b.counts())
		}
		mustSync(t, s, a)
	})
	t.Run("while writing", func(t *testing.T) {
		// What counts already is written all the same, over new connections.
		if err := s.Sync(t.Context(), b, cutAt(p, "writing changes")); err != nil {
			t.Fatal(err)
		}
		if digest(t, s) != after || stored(server) != b.counts() {
			t.Errorf("%v customers, products, calls and purchases, want %v", stored(server), b.counts())
		}
		mustSync(t, s, a)
	})
	t.Run("anywhere", func(t *testing.T) {
		// The answer to any request may be the one that is lost, that to a
		// commit too.
		for _, n := range []int64{100, 300, 1000, 2000, 4000, 6000, 8000, 12000} {
			p.allow.Store(n)
			err := s.Sync(t.Context(), b, nil)
			if err != nil && !errors.Is(err, ErrDown) {
				t.Errorf("Sync, cut after %d bytes: %v", n, err)
			}
			if got := digest(t, direct); got != before && got != after || err == nil && got != after {
				t.Errorf("Sync, cut after %d bytes, left neither the former nor the next network; %v", n, err)
			}
			mustSync(t, direct, a)
			if digest(t, direct) != before || stored(server)[2] != a.counts()[2] {
				t.Fatalf("the network is not the former one again after a cut after %d bytes", n)
			}
		}
	})
}

// The same of a first load, which goes straight into the graph: no batch is made
// twice when the answer to its commit is lost.
func TestConnectionCutInFirstLoad(t *testing.T) {
	server := opened(t)
	b := crowd{150, 2}
	direct := openEmpty(t, server, small)
	none := digest(t, direct)
	mustSync(t, direct, b)
	after := digest(t, direct)
	p, address := newProxy(t, server)
	o := small
	o.User, o.Password, o.RetryFor = server.User, server.Password, 20*time.Second
	for _, n := range []int64{1500, 2500, 3300, 4100} {
		openEmpty(t, server, small)
		s, err := Open(t.Context(), address, o)
		if err != nil {
			t.Fatal(err)
		}
		before := p.cuts.Load()
		p.allow.Store(n)
		err = s.Sync(t.Context(), b, nil)
		p.allow.Store(-1)
		if err != nil && !errors.Is(err, ErrDown) {
			t.Errorf("Sync, cut after %d bytes: %v", n, err)
		}
		if p.cuts.Load() == before {
			t.Errorf("nothing was cut after %d bytes", n)
		}
		if got := digest(t, direct); got != none && got != after || err == nil && got != after {
			t.Errorf("Sync, cut after %d bytes, left neither nothing nor the network; %v", n, err)
		}
		mustSync(t, s, b)
		if got := stored(server); got != b.counts() || digest(t, direct) != after {
			t.Errorf("cut after %d bytes and resumed: %v customers, products, calls and purchases, want %v", n, got, b.counts())
		}
		_ = s.Close()
	}
}

// cutAt cuts the connections once, when a stage has begun.
func cutAt(p *proxy, stage string) graph.Progress {
	done := false
	return func(now string, n, _ int64) {
		if now == stage && n > 0 && !done {
			done = true
			p.cut()
		}
	}
}

func TestServerThatIsDown(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "bolt://" + l.Addr().String()
	_ = l.Close()
	_, err = Open(t.Context(), address, Options{Password: "secret", RetryFor: 100 * time.Millisecond})
	if !errors.Is(err, ErrDown) {
		t.Errorf("Open: %v, want ErrDown", err)
	}
	s, err := Connect(address, Options{Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	began := time.Now()
	if err := s.Check(ctx); !errors.Is(err, ErrDown) || time.Since(began) > 15*time.Second {
		t.Errorf("Check: %v after %v, want ErrDown at once", err, time.Since(began))
	}
}
