package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// Limits of a batch of events; the contract names them.
const (
	maxEventBytes = 4 << 20
	// MaxEventRows is how many rows a batch may have.
	MaxEventRows = 10_000
	// MaxEventRejects is how many rejected rows an answer lists.
	MaxEventRejects = 100
	// eventRoom and eventPosts are how many bytes and batches may be on
	// their way into the store at any time.
	eventRoom  = 32 << 20
	eventPosts = 1024
)

// Events takes in what happens.
type Events interface {
	// Post stores a batch and returns once it is on the disk, with replayed
	// when it was stored before. It returns ErrKeyUsed where the key belongs
	// to another batch, ErrDiskFull, a BatchError where the batch as a whole
	// cannot be read, and a Fault where nothing can be stored at the moment.
	Post(ctx context.Context, b EventPost) (r EventReceipt, replayed bool, err error)
}

// EventPost is a batch as it came in.
type EventPost struct {
	Key string
	// Lines says that the body has one row on each line.
	Lines bool
	Body  []byte
}

// BatchError says why a batch as a whole was not taken.
type BatchError struct {
	// TooMany says that it has more than MaxEventRows rows.
	TooMany bool
	Reason  string
}

func (e BatchError) Error() string { return "the batch " + e.Reason }

// PostEvents serves POST /v1/events.
func (h *handlers) PostEvents(ctx context.Context, r PostEventsRequestObject) (PostEventsResponseObject, error) {
	if h.events == nil {
		return nil, noData("take events")
	}
	post := EventPost{Key: r.Params.IdempotencyKey}
	switch kind, _, err := mime.ParseMediaType(r.ContentType); {
	case err == nil && kind == "application/x-ndjson":
		post.Lines = true
	case err != nil || kind != "application/json":
		return nil, &problemError{
			status: http.StatusUnsupportedMediaType, kind: "unsupported-media-type", title: "Not a type of events",
			detail: "send events as application/json or application/x-ndjson, and say which in Content-Type",
		}
	}
	var err error
	if post.Body, err = io.ReadAll(io.LimitReader(r.Body, maxEventBytes+1)); err != nil {
		return nil, badRequest(ParameterError{"body", "did not come whole"})
	}
	if len(post.Body) > maxEventBytes {
		return nil, &http.MaxBytesError{Limit: maxEventBytes}
	}
	receipt, replayed, err := h.events.Post(ctx, post)
	if err != nil {
		return nil, eventProblem(err)
	}
	return PostEvents200JSONResponse{
		Body: receipt, Headers: PostEvents200ResponseHeaders{IdempotentReplayed: fmt.Sprint(replayed)},
	}, nil
}

// eventProblem names what Post may return.
func eventProblem(err error) error {
	var batch BatchError
	switch {
	case errors.As(err, &batch) && batch.TooMany:
		return &problemError{
			status: http.StatusRequestEntityTooLarge, kind: "too-large", title: "The batch is too large",
			detail: "the body " + batch.Reason, cause: err,
		}
	case errors.As(err, &batch):
		return badRequest(ParameterError{"body", batch.Reason})
	case errors.Is(err, ErrKeyUsed):
		return &problemError{
			status: http.StatusUnprocessableEntity, kind: "key-used", title: "The key was used for another batch",
			detail: "this Idempotency-Key belongs to another batch: give each batch a key of its own, and send a batch again as it was",
		}
	case errors.Is(err, ErrDiskFull):
		return &problemError{
			status: http.StatusInsufficientStorage, kind: "disk-full", title: "The disk is full",
			detail: "the disk of the data folder is full and nothing of the batch was stored: free some space, then send the batch again", cause: err,
		}
	}
	return err
}

// admission bounds what is on its way into the store, so that neither a crowd of
// clients nor a slow disk fills the memory.
type admission struct {
	mu    sync.Mutex
	bytes int64
	posts int
}

// take admits a body of n bytes, unless there is no room.
func (a *admission) take(n int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.posts == eventPosts || a.bytes+n > eventRoom {
		return false
	}
	a.posts++
	a.bytes += n
	return true
}

func (a *admission) give(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.posts--
	a.bytes -= n
}

// admit is the middleware before a batch is read. A body that does not say how
// long it is counts with the most that it may have.
func (a *admission) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		n := c.Request().ContentLength
		if n > maxEventBytes {
			return &http.MaxBytesError{Limit: maxEventBytes}
		}
		if n < 0 {
			n = maxEventBytes
		}
		if !a.take(n) {
			return &problemError{
				status: http.StatusTooManyRequests, kind: "busy", title: "Too much is waiting",
				detail: "more events are waiting to be stored than this server holds, and nothing of this batch was: send it again after the seconds in Retry-After, with the same Idempotency-Key",
			}
		}
		defer a.give(n)
		// What waits is bounded, and not how long: an answer that is late says that
		// the batch is stored, where a connection that ends says nothing.
		r, connection := c.Request(), http.NewResponseController(c.Response())
		_ = connection.SetWriteDeadline(time.Time{})
		r.Body = &arriving{r.Body, connection}
		return next(c)
	}
}

// arriving is a body that must come in time; once it is there the client may wait.
type arriving struct {
	io.ReadCloser
	connection *http.ResponseController
}

func (b *arriving) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		// Where the connection has no deadline there is none to lift.
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}
