package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"kith/api/analysis"
)

// Options are the settings of a Server. The zero value serves, but has nothing
// to show yet.
type Options struct {
	// Result is served from the start; nil until Publish.
	Result *analysis.Result
	// Runner starts analysis runs and Imports has the receipts of loads. Both
	// are nil when serving without a data folder.
	Runner  Runner
	Imports Imports
	// Uploads loads files, of at most UploadBytes; 0 means DefaultUpload.
	Uploads     Uploads
	UploadBytes int64
	// Events takes in what happens, Histories tells what was loaded about
	// customers, and Privacy removes people; nil like those.
	Events    Events
	Histories Histories
	Privacy   Privacy
	// Notice is asked for a sentence that people who look at communities should
	// read, such as that newer data are not in them yet; nil has none.
	Notice func(context.Context) (string, error)
	// Health is asked by /readyz and for a header of each answer; nil means
	// that nothing else is needed.
	Health Health
	// Logger gets the access log and faults; nil logs nothing.
	Logger *slog.Logger
	// Version is the version of kith.
	Version string
	// Key is what clients must show, as a bearer token, or in a browser as
	// the password of any user. Empty asks for none, and then the server
	// listens on loopback only.
	Key string
	// Drain is how long Serve waits for open requests at its end; 0 means
	// 10 s.
	Drain time.Duration
}

// Server serves one Result after another. Its methods may be called by any
// number of goroutines.
type Server struct {
	options  Options
	log      *slog.Logger
	snapshot atomic.Pointer[snapshot]
	publish  sync.Mutex // held while a Result is prepared
	arrivals arrivals
	draining atomic.Bool
	keyHash  [sha256.Size]byte
	metrics  *metrics
	pages    *pages

	crossOrigin *http.CrossOriginProtection
	handler     http.Handler
}

// New makes a server. It does not listen yet.
func New(o Options) (*Server, error) {
	s := &Server{
		options: o, log: o.Logger,
		keyHash: sha256.Sum256([]byte(o.Key)), crossOrigin: http.NewCrossOriginProtection(),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.metrics = newMetrics(s.snapshot.Load)
	s.metrics.registry.MustRegister(faultCollector{s.faults})
	var err error
	if s.pages, err = newPages(); err != nil {
		return nil, err
	}
	if s.handler, err = s.routes(); err != nil {
		return nil, err
	}
	if o.Result != nil {
		if err := s.Publish(context.Background(), o.Result); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Publish makes r what is served from now on. Requests that have begun end on
// the Result that they began with. A Result of wrong shape is refused, and the
// one before stays. r must not change any more.
func (s *Server) Publish(ctx context.Context, r *analysis.Result) error {
	s.publish.Lock()
	defer s.publish.Unlock()
	next, err := newSnapshot(ctx, r, s.options.Version+" "+s.pages.hash)
	if err != nil {
		return err
	}
	s.arrivals.mu.Lock()
	next.follow(s.arrivals.since(r.Run.Started))
	s.snapshot.Store(next)
	s.arrivals.mu.Unlock()
	s.log.Info("result published", slog.String("result", r.Run.ID),
		slog.Int("customers", r.Customers.Len()), slog.Int("communities", r.Levels[0].Count()))
	return nil
}

// Handler is the whole service as an http.Handler.
func (s *Server) Handler() http.Handler { return s.handler }

// handlers implements the operations of the contract.
type handlers struct {
	current func() *snapshot
	runner  Runner
	imports Imports
	uploads Uploads
	events  Events
	metrics *metrics

	histories Histories
	privacy   Privacy
}

var _ StrictServerInterface = (*handlers)(nil)

// withoutResult are the operations, by their names in Go, that read no Result.
var withoutResult = map[string]bool{
	"ListRuns": true, "GetRun": true, "StartRun": true, "ListImports": true, "GetImport": true,
	"PostImport": true, "ExplainImport": true, "ListRejects": true, "UndoImport": true,
	"PostEvents": true, "ForgetCustomer": true,
}

// routes wires Echo. Handlers of the contract never see it: they are given
// what the generated code has decoded, and return what it encodes.
func (s *Server) routes() (http.Handler, error) {
	doc, err := contract()
	if err != nil {
		return nil, err
	}
	e := echo.New()
	// Addresses are neither logged nor counted. Should something come to
	// depend on them, it is the peer's and not a header's word.
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = func(err error, c echo.Context) { s.fail(c, err) }
	e.Use(s.observe, s.guard)

	h := &handlers{current: s.snapshot.Load, runner: s.options.Runner, imports: s.options.Imports, uploads: s.options.Uploads, events: s.options.Events, metrics: s.metrics,
		histories: s.options.Histories, privacy: s.options.Privacy}
	checks := make(map[string][]echo.MiddlewareFunc)
	for id, o := range operations(doc) {
		checks[id] = []echo.MiddlewareFunc{o.check}
	}
	checks["postEvents"] = append(checks["postEvents"], new(admission).admit)
	limit := s.options.UploadBytes
	if limit == 0 {
		limit = DefaultUpload
	}
	uploading := s.uploading(limit)
	checks["postImport"] = append(checks["postImport"], uploading)
	checks["explainImport"] = append(checks["explainImport"], uploading)
	checks["forgetCustomer"] = append(checks["forgetCustomer"], unhurried)
	checks["undoImport"] = append(checks["undoImport"], unhurried)
	strict := NewStrictHandler(h, []StrictMiddlewareFunc{s.versioned})
	RegisterHandlersWithOptions(e, strict, RegisterHandlersOptions{OperationMiddlewares: checks})
	s.site(e)
	if err := s.browser(e); err != nil {
		return nil, err
	}
	return headAsGet(e), nil
}

// versioned gives a handler the current snapshot for the whole request and its
// answer the ETag of that, or 304 where the client has it. Whether it has is
// asked after the handler, as only what would be 200 may become 304.
func (s *Server) versioned(next StrictHandlerFunc, operation string) StrictHandlerFunc {
	if withoutResult[operation] {
		return func(c echo.Context, request any) (any, error) {
			c.Response().Header()["Cache-Control"] = noStore
			return next(c, request)
		}
	}
	return func(c echo.Context, request any) (any, error) {
		snapshot := s.snapshot.Load()
		if snapshot == nil {
			return nil, noResult()
		}
		r := c.Request()
		c.SetRequest(r.WithContext(&withSnapshot{r.Context(), snapshot}))
		response, err := next(c, request)
		if err != nil {
			return nil, err
		}
		header := c.Response().Header()
		if r.Method != http.MethodGet {
			header["Cache-Control"] = noStore
			return response, nil
		}
		etag := snapshot.etag
		header["Etag"] = snapshot.etagHeader
		if own, ok := response.(interface{ etagOf() string }); ok && own.etagOf() != "" {
			etag = own.etagOf()
			header["Etag"] = []string{etag}
		}
		if page, ok := response.(GetCustomer200JSONResponse); ok && page.History.Customer != "" {
			// It tells more than the Result.
			if etag, err = etagWith(etag, page.History); err != nil {
				return nil, err
			}
			header["Etag"] = []string{etag}
		}
		header["Cache-Control"] = revalidate
		if match := r.Header["If-None-Match"]; match != nil && matches(match, etag) {
			return nil, c.NoContent(http.StatusNotModified)
		}
		return response, nil
	}
}

// unhurried lets an answer take as long as it takes. The deadline of reading would
// end the request as well: the server goes on reading, to see whether the client
// is still there.
func unhurried(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		connection := http.NewResponseController(c.Response())
		// Where the connection has no deadline there is none to lift.
		_ = connection.SetWriteDeadline(time.Time{})
		_ = connection.SetReadDeadline(time.Time{})
		return next(c)
	}
}

var (
	noStore    = []string{"no-store"}
	revalidate = []string{"private, no-cache"}
)

// headAsGet answers HEAD as GET; net/http leaves the body out.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := *r
			get.Method = http.MethodGet
			r = &get
		}
		next.ServeHTTP(w, r)
	})
}

// fail turns an error that no middleware took into an answer.
func (s *Server) fail(c echo.Context, err error) {
	if !c.Response().Committed {
		s.render(c, asProblem(err), requestID(c))
	} else if !errors.Is(err, context.Canceled) {
		s.log.Error("answer broken off", slog.String("id", requestID(c)), slog.Any("error", err))
	}
}
