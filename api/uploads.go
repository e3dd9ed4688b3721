package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	// DefaultUpload is how many bytes an uploaded file may have by default; the
	// contract names it.
	DefaultUpload = 4 << 30
	// uploadsAtOnce is how many files may be on their way into the store.
	uploadsAtOnce = 4
	// uploadPause is how long a file that is being sent may stand still.
	uploadPause = 30 * time.Second
)

// Uploads loads files that are sent.
type Uploads interface {
	// Load stores a file and returns once it is on the disk, with again when it
	// was loaded in the same way before. It returns an UploadError where the
	// file or what is said of it is at fault, and ErrDiskFull.
	Load(ctx context.Context, o Upload, file io.Reader) (receipt Import, again bool, err error)
	// Undo takes an import back, or only counts when dry. It returns ErrUnknown
	// where there is none, ErrRunning while an analysis is under way, and a
	// KeptError where it cannot be done.
	Undo(ctx context.Context, id int64, dry bool) (ImportUndone, error)
	// Explain says what Load would do, from the first rows.
	Explain(ctx context.Context, o Upload, file io.Reader) (ImportExplanation, error)
}

// Upload says what a file is called, and how it is read.
type Upload PostImportParams

// UploadError says why a file was not loaded.
type UploadError struct {
	// Parameter says that it is not the file that is at fault but what was said
	// of it.
	Parameter bool
	Reason    string
}

func (e UploadError) Error() string { return e.Reason }

// KeptError says why an import cannot be taken back.
type KeptError struct{ Reason string }

func (e KeptError) Error() string { return e.Reason }

// UndoImport serves DELETE /v1/imports/{id}.
func (h *handlers) UndoImport(ctx context.Context, r UndoImportRequestObject) (UndoImportResponseObject, error) {
	if h.uploads == nil {
		return nil, noData("take imports back")
	}
	// What has begun is brought to its end, also when the client goes away.
	done, err := h.uploads.Undo(context.WithoutCancel(ctx), r.ID, r.Params.DryRun == "true")
	var kept KeptError
	switch {
	case errors.Is(err, ErrUnknown):
		return nil, notFound("there is no import %d", r.ID)
	case errors.Is(err, ErrRunning):
		return nil, &problemError{
			status: http.StatusConflict, kind: "running", title: "Something is under way",
			detail: "an analysis or a removal is under way: ask again when it has ended", cause: err,
		}
	case errors.As(err, &kept):
		return nil, &problemError{
			status: http.StatusConflict, kind: "kept", title: "The import cannot be taken back", detail: kept.Reason, cause: err,
		}
	case err != nil:
		return nil, err
	}
	return UndoImport200JSONResponse(done), nil
}

// PostImport serves POST /v1/imports.
func (h *handlers) PostImport(ctx context.Context, r PostImportRequestObject) (PostImportResponseObject, error) {
	file, o, err := h.upload(r.Params, r.ContentType, r.Body)
	if err != nil {
		return nil, err
	}
	receipt, again, err := h.uploads.Load(ctx, o, file)
	switch {
	case err != nil:
		return nil, uploadProblem(file, err)
	case again:
		return PostImport200JSONResponse(receipt), nil
	}
	return PostImport201JSONResponse{
		Body: receipt, Headers: PostImport201ResponseHeaders{Location: "/v1/imports/" + strconv.FormatInt(receipt.ID, 10)},
	}, nil
}

// ExplainImport serves POST /v1/imports/explain.
func (h *handlers) ExplainImport(ctx context.Context, r ExplainImportRequestObject) (ExplainImportResponseObject, error) {
	file, o, err := h.upload(PostImportParams(r.Params), r.ContentType, r.Body)
	if err != nil {
		return nil, err
	}
	found, err := h.uploads.Explain(ctx, o, file)
	if err != nil {
		return nil, uploadProblem(file, err)
	}
	return ExplainImport200JSONResponse(found), nil
}

// upload looks at what is said of a file before it is read.
func (h *handlers) upload(p PostImportParams, contentType string, body io.Reader) (*sentFile, Upload, error) {
	if h.uploads == nil {
		return nil, Upload{}, noData("load files")
	}
	if kind, _, err := mime.ParseMediaType(contentType); err == nil && strings.HasPrefix(kind, "multipart/") {
		return nil, Upload{}, &problemError{
			status: http.StatusUnsupportedMediaType, kind: "unsupported-media-type", title: "A form is no file",
			detail: "send the file itself as the body, as curl --data-binary @FILE does, and not as a form",
		}
	}
	// The name stands in receipts, and in the name of the file of rejects.
	name := p.File[strings.LastIndexAny(p.File, `/\`)+1:]
	if name == "" || name == "." || name == ".." || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, Upload{}, badRequest(ParameterError{"file", "is not the name of a file"})
	}
	p.File = name
	return &sentFile{body: body}, Upload(p), nil
}

// sentFile is a body that remembers why it could not be read.
type sentFile struct {
	body io.Reader
	err  atomic.Pointer[error] // who gives up on a file may leave somebody reading it
}

func (f *sentFile) Read(b []byte) (int, error) {
	n, err := f.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err.Store(&err)
	}
	return n, err
}

// uploadProblem names why a file was not loaded.
func uploadProblem(file *sentFile, err error) error {
	var tooLarge *http.MaxBytesError
	var fault UploadError
	broken := file.err.Load()
	switch {
	case broken != nil && errors.As(*broken, &tooLarge):
		return uploadTooLarge(tooLarge.Limit)
	case broken != nil:
		return badRequest(ParameterError{"body", "did not come whole"})
	case errors.As(err, &fault) && fault.Parameter:
		return badRequest(ParameterError{"query", fault.Reason})
	case errors.As(err, &fault):
		return &problemError{
			status: http.StatusUnprocessableEntity, kind: "bad-file", title: "The file was not loaded", detail: fault.Reason, cause: err,
		}
	case errors.Is(err, ErrDiskFull):
		return &problemError{
			status: http.StatusInsufficientStorage, kind: "disk-full", title: "The disk is full",
			detail: "the disk of the data folder is full and nothing of the file was stored: free some space, then send the file again", cause: err,
		}
	}
	return err
}

func uploadTooLarge(limit int64) error {
	return &problemError{
		status: http.StatusRequestEntityTooLarge, kind: "too-large", title: "The file is too large",
		detail: fmt.Sprintf("the file may have %d bytes at most: pack it with gzip or zstd, cut it in parts, or have the server started with a higher --import-gb", limit),
	}
}

// uploading is the middleware before a file is read: it may take as long as it
// comes along, is bounded, and so is the number of files at once.
func (s *Server) uploading(limit int64) echo.MiddlewareFunc {
	room := make(chan struct{}, uploadsAtOnce)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return unhurried(func(c echo.Context) error {
			r := c.Request()
			if r.ContentLength > limit {
				return uploadTooLarge(limit)
			}
			select {
			case room <- struct{}{}:
				defer func() { <-room }()
			default:
				return &problemError{
					status: http.StatusTooManyRequests, kind: "busy", title: "Too much is waiting",
					detail: fmt.Sprintf("%d files are on their way into the store, and nothing of this one was stored: send it again after the seconds in Retry-After", uploadsAtOnce),
				}
			}
			r.Body = &patientBody{http.MaxBytesReader(c.Response(), r.Body, limit), http.NewResponseController(c.Response())}
			return next(c)
		})
	}
}

// patientBody is a body that may come slowly, but not stand still.
type patientBody struct {
	io.ReadCloser
	connection *http.ResponseController
}

func (b *patientBody) Read(p []byte) (int, error) {
	// Where the connection has no deadline there is none to move.
	_ = b.connection.SetReadDeadline(time.Now().Add(uploadPause))
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		// While the file is loaded nothing comes, and the client may wait.
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}
