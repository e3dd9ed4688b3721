package api

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"
)

// headerID has the id of a request, in and out.
const headerID = "X-Request-Id"

var noSniff = []string{"nosniff"}

// observe is the outermost middleware: it names the request, catches panics,
// renders errors, counts and logs. The log has the route and not the path, and
// no address, as both are personal data.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		id := nameRequest(c)
		header := c.Response().Header()
		header["X-Content-Type-Options"] = noSniff
		if degraded := s.degraded(); degraded != nil {
			header[headerDegraded] = degraded
		}
		err := protect(next, c)
		if err != nil {
			p := asProblem(err)
			if c.Response().Committed {
				s.fail(c, err)
			} else {
				s.render(c, p, id)
			}
			if p.status >= http.StatusInternalServerError && p.cause != nil {
				s.log.Error("request failed", slog.String("id", id), slog.String("route", routeOf(c)), slog.Any("error", p.cause))
			}
		}
		took := time.Since(start)
		status, route := c.Response().Status, routeOf(c)
		s.metrics.request(c.Request().Method, route, status, took)
		s.log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
			slog.String("id", id), slog.String("method", c.Request().Method), slog.String("route", route),
			slog.Int("status", status), slog.Int64("bytes", c.Response().Size), slog.Duration("took", took))
		return nil
	}
}

// protect turns a panic of a handler into an error with its stack, but for the
// one by which a handler breaks the connection off.
func protect(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if abort, ok := p.(error); ok && errors.Is(abort, http.ErrAbortHandler) {
			panic(p)
		}
		err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}()
	return next(c)
}

// nameRequest takes the client's id for the request where it is harmless in a
// log, or makes one.
func nameRequest(c echo.Context) string {
	id := c.Request().Header.Get(headerID)
	if !harmless(id) {
		var b [8]byte
		var text [16]byte
		n := rand.Uint64()
		for i := range b {
			b[i] = byte(n >> (8 * i))
		}
		hex.Encode(text[:], b[:])
		id = string(text[:])
	}
	c.Response().Header()[headerID] = []string{id}
	return id
}

// requestID is the id that nameRequest gave.
func requestID(c echo.Context) string { return c.Response().Header().Get(headerID) }

func harmless(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// routeOf is the pattern of the route, or "other" where there is none, so that
// neither the log nor the metrics have what a client made up.
func routeOf(c echo.Context) string {
	if route := c.Path(); route != "" {
		return route
	}
	return "other"
}
