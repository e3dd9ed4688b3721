package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// problemError is the one error that handlers return; whatever else comes up is
// turned into one. cause is for the log only.
type problemError struct {
	status      int
	kind, title string
	detail      string
	errors      []ParameterError
	cause       error
}

func (p *problemError) Error() string {
	if p.cause != nil {
		return fmt.Sprintf("%s: %v", p.detail, p.cause)
	}
	return p.detail
}

func (p *problemError) Unwrap() error { return p.cause }

// Errors that a Runner, Imports or Events returns for the API to name them.
var (
	// ErrRunning says that a run is under way already.
	ErrRunning = errors.New("a run is under way already")
	// ErrUnknown says that there is nothing of the given id.
	ErrUnknown = errors.New("there is nothing of that id")
	// ErrKeyUsed says that an Idempotency-Key belongs to another batch.
	ErrKeyUsed = errors.New("the key belongs to another batch")
	// ErrDiskFull says that there is no room for what was to be stored.
	ErrDiskFull = errors.New("the disk is full")
)

func notFound(format string, args ...any) error {
	return &problemError{status: http.StatusNotFound, kind: "not-found", title: "Not found", detail: fmt.Sprintf(format, args...)}
}

func badRequest(faults ...ParameterError) error {
	list := make([]string, len(faults))
	for i, f := range faults {
		list[i] = f.Parameter + ": " + f.Reason
	}
	return &problemError{
		status: http.StatusBadRequest, kind: "bad-request", title: "The request breaks the contract",
		detail: strings.Join(list, "; "), errors: faults,
	}
}

func staleCursor(now string) error {
	return &problemError{
		status: http.StatusGone, kind: "stale-cursor", title: "The list has changed",
		detail: "the cursor belongs to a result that has been replaced; result " + now + " is served now: start the list again without a cursor",
	}
}

func noResult() error {
	return &problemError{
		status: http.StatusServiceUnavailable, kind: "no-result", title: "No result yet",
		detail: noResultDetail,
	}
}

const noResultDetail = "no result has been published yet: run kith load and kith analyze on the data folder, or kith demo for a first look"

func noData(what string) error {
	return &problemError{
		status: http.StatusNotImplemented, kind: "no-data", title: "Serving without a data folder",
		detail: "this server has no data folder and cannot " + what + ": start it with kith serve --data DIR",
	}
}

// asProblem turns any error into the one that is shown. What is not meant for
// the client stays in cause.
func asProblem(err error) *problemError {
	var p *problemError
	if errors.As(err, &p) {
		return p
	}
	var h *echo.HTTPError
	var fault Fault
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &fault):
		return &problemError{
			status: http.StatusServiceUnavailable, kind: fault.Code, title: "Not possible at the moment",
			detail: fault.Detail, cause: err,
		}
	case errors.As(err, &tooLarge):
		return &problemError{
			status: http.StatusRequestEntityTooLarge, kind: "too-large", title: "The body is too large",
			detail: fmt.Sprintf("the body may have %d bytes at most", tooLarge.Limit), cause: err,
		}
	case errors.As(err, &h) && h.Code == http.StatusNotFound:
		return &problemError{status: h.Code, kind: "no-route", title: "Not found", detail: "there is nothing at this path; /docs lists what there is"}
	case errors.As(err, &h) && h.Code >= 400 && h.Code < 500:
		title := http.StatusText(h.Code)
		return &problemError{
			status: h.Code, kind: strings.ReplaceAll(strings.ToLower(title), " ", "-"), title: title,
			detail: fmt.Sprint(h.Message), cause: h.Internal,
		}
	}
	return &problemError{
		status: http.StatusInternalServerError, kind: "internal", title: "Something went wrong here",
		detail: "this is a fault of the server; its log has the cause under the id of this answer", cause: err,
	}
}

// render writes the problem: as a page to who asked for a page, as problem+json
// to everyone else. It is the one place where errors become answers.
func (s *Server) render(c echo.Context, p *problemError, id string) {
	h := c.Response().Header()
	for _, name := range []string{"Etag", "Content-Length", "Content-Encoding", "Location"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	switch p.status {
	case http.StatusServiceUnavailable, http.StatusInsufficientStorage:
		h.Set("Retry-After", strconv.Itoa(30))
	case http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(1))
	}
	body := Problem{
		Type: "urn:kith:problem:" + p.kind, Title: p.title, Status: p.status, Detail: p.detail,
		Instance: c.Request().URL.Path, ID: id, Errors: p.errors,
	}
	if s.wantsPage(c) {
		if err := s.pages.render(c.Response(), p.status, "problem", problemPage{frame: s.frame(p.title, nil), Problem: body}); err != nil {
			s.log.Error("problem page not written", slog.String("id", id), slog.Any("error", err))
		}
		return
	}
	h.Set("Content-Type", "application/problem+json")
	text, err := json.Marshal(body)
	if err != nil {
		// A struct of strings and numbers always has a JSON form.
		panic(err)
	}
	c.Response().WriteHeader(p.status)
	// A client that has gone away is no concern of the server's.
	_, _ = c.Response().Write(append(text, '\n'))
}
