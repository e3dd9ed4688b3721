package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of a connection. A header that does not come, a body that trickles and
// a client that does not read all end.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
)

// Listen opens address for Serve. Beyond loopback it asks for a key.
func Listen(ctx context.Context, address, key string) (net.Listener, error) {
	var config net.ListenConfig
	ln, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	if err := mayListen(ln.Addr(), key); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

// mayListen refuses to serve other machines without a key.
func mayListen(address net.Addr, key string) error {
	if key != "" {
		return nil
	}
	if tcp, ok := address.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		return fmt.Errorf("%s can be reached from other machines: set KITH_API_KEY to the key that clients must show, or listen on 127.0.0.1", address)
	}
	return nil
}

// Serve answers requests on ln until ctx is done. Then it takes no new ones,
// says so in /readyz, waits for the open ones for Options.Drain, breaks off what
// is left and returns nil. It closes ln in any case.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if err := mayListen(ln.Addr(), s.options.Key); err != nil {
		return errors.Join(err, ln.Close())
	}
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.draining.Store(true)
	drain := s.options.Drain
	if drain <= 0 {
		drain = 10 * time.Second
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := server.Shutdown(wait)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests broken off at the end", slog.Duration("waited", drain))
		err = server.Close()
	}
	if ended := <-ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	if err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}
