package api

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"kith/graph"
)

// slow is a Runner whose Start waits until it is let go or its request is gone.
type slow struct{ begun, goOn chan struct{} }

func (s slow) Start(ctx context.Context, _ graph.Period) (Run, error) {
	close(s.begun)
	select {
	case <-s.goOn:
		return Run{ID: "run-1", Status: RunStatusRunning, StartedAt: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)}, nil
	case <-ctx.Done():
		return Run{}, ctx.Err()
	}
}

func (s slow) Runs(context.Context) ([]Run, error) { return nil, nil }

// served starts Serve on loopback; stop ends it and gives its error.
func served(t *testing.T, s *Server) (address string, stop func() error) {
	t.Helper()
	ln, err := Listen(t.Context(), "127.0.0.1:0", "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	return ln.Addr().String(), func() error { cancel(); return <-ended }
}

func post(t *testing.T, client *http.Client, address string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/v1/runs", nil)
	if err != nil {
		t.Fatal(err)
	}
	return client.Do(r)
}

func TestServeDrains(t *testing.T) {
	runner := slow{make(chan struct{}), make(chan struct{})}
	s := serving(t, func(o *Options) { o.Runner = runner })
	address, stop := served(t, s)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	type answer struct {
		status   int
		location string
		err      error
	}
	answers := make(chan answer, 1)
	go func() {
		w, err := post(t, client, address)
		if err != nil {
			answers <- answer{err: err}
			return
		}
		_, err = io.Copy(io.Discard, w.Body)
		answers <- answer{w.StatusCode, w.Header.Get("Location"), errors.Join(err, w.Body.Close())}
	}()
	<-runner.begun
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for !s.draining.Load() {
		time.Sleep(time.Millisecond)
	}
	if w := get(t, s, "/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "stopping") {
		t.Errorf("while stopping /readyz says %d %s", w.Code, w.Body)
	}
	select {
	case err := <-stopped:
		t.Errorf("Serve ended before the open request: %v", err)
	default:
	}
	close(runner.goOn)
	if a := <-answers; a.err != nil || a.status != http.StatusAccepted || a.location != "/v1/runs/run-1" {
		t.Errorf("the open request ended with %+v", a)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address); err == nil {
		t.Errorf("%s still listens", address)
		_ = c.Close()
	}
}

func TestServeBreaksOffWhatDoesNotEnd(t *testing.T) {
	runner := slow{make(chan struct{}), make(chan struct{})}
	s := serving(t, func(o *Options) { o.Runner, o.Drain = runner, time.Millisecond })
	address, stop := served(t, s)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	broken := make(chan error, 1)
	go func() {
		w, err := post(t, client, address)
		if err == nil {
			err = w.Body.Close()
		}
		broken <- err
	}()
	<-runner.begun
	if err := stop(); err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := <-broken; err == nil {
		t.Error("the request ended well although it was broken off")
	}
}

// elsewhere is a listener that other machines can reach.
type elsewhere struct{ closed bool }

func (*elsewhere) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (e *elsewhere) Close() error            { e.closed = true; return nil }
func (*elsewhere) Addr() net.Addr            { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 8080} }

func TestBeyondLoopbackNeedsAKey(t *testing.T) {
	ln := &elsewhere{}
	if err := serving(t, nil).Serve(t.Context(), ln); err == nil || !strings.Contains(err.Error(), "KITH_API_KEY") || !ln.closed {
		t.Errorf("Serve beyond loopback without a key: %v, closed %v", err, ln.closed)
	}
	withKey := serving(t, func(o *Options) { o.Key = "secret" })
	if err := withKey.Serve(t.Context(), &elsewhere{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve beyond loopback with a key: %v", err)
	}
	for address, refused := range map[string]bool{":0": true, "0.0.0.0:0": true, "127.0.0.1:0": false, "localhost:0": false} {
		ln, err := Listen(t.Context(), address, "")
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "KITH_API_KEY") {
			t.Errorf("Listen on %s without a key: %v", address, err)
		}
		if err == nil {
			_ = ln.Close()
		}
	}
	if ln, err := Listen(t.Context(), "0.0.0.0:0", "secret"); err != nil {
		t.Errorf("Listen on 0.0.0.0 with a key: %v", err)
	} else {
		_ = ln.Close()
	}
	if _, err := Listen(t.Context(), "no such place", ""); err == nil || !strings.Contains(err.Error(), "listen on no such place") {
		t.Errorf("Listen on nonsense: %v", err)
	}
}
