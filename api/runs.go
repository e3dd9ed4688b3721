package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"kith/graph"
)

// Runner starts analysis runs and remembers them.
type Runner interface {
	// Start begins a run over the events of a period that goes on after ctx is
	// done, and returns it as it stands. While another is under way it returns
	// ErrRunning, a graph.PeriodError where the period means nothing, and a
	// Fault where none can be started at the moment.
	Start(ctx context.Context, p graph.Period) (Run, error)
	// Runs lists the runs that were started, the newest first.
	Runs(ctx context.Context) ([]Run, error)
}

// ListRuns serves GET /v1/runs.
func (h *handlers) ListRuns(ctx context.Context, _ ListRunsRequestObject) (ListRunsResponseObject, error) {
	runs, err := h.runs(ctx)
	if err != nil {
		return nil, err
	}
	list := ListRuns200JSONResponse{Items: runs}
	if s := h.current(); s != nil {
		list.Result = s.Run.ID
	}
	return list, nil
}

// GetRun serves GET /v1/runs/{id}.
func (h *handlers) GetRun(ctx context.Context, r GetRunRequestObject) (GetRunResponseObject, error) {
	runs, err := h.runs(ctx)
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if runs[i].ID == r.ID {
			return GetRun200JSONResponse(runs[i]), nil
		}
	}
	if s := h.current(); s != nil && s.Run.ID == r.ID {
		return GetRun200JSONResponse(s.run()), nil
	}
	return nil, notFound("this server knows no run %q", r.ID)
}

// StartRun serves POST /v1/runs.
func (h *handlers) StartRun(ctx context.Context, r StartRunRequestObject) (StartRunResponseObject, error) {
	if h.runner == nil {
		return nil, noData("analyse")
	}
	run, err := h.runner.Start(ctx, graph.Period{From: r.Params.From, To: r.Params.To, AsOf: r.Params.AsOf})
	var wrong *graph.PeriodError
	switch {
	case errors.As(err, &wrong):
		return nil, badRequest(ParameterError{wrong.Time, wrong.Reason})
	case errors.Is(err, ErrRunning):
		return nil, &problemError{
			status: http.StatusConflict, kind: "already-running", title: "A run is under way already",
			detail: "wait for it to end; GET /v1/runs shows how far it has come",
		}
	case err != nil:
		return nil, err
	}
	return StartRun202JSONResponse{
		Body:    run,
		Headers: StartRun202ResponseHeaders{Location: "/v1/runs/" + url.PathEscape(run.ID)},
	}, nil
}

// runs lists what the Runner remembers, and the run whose Result is served. A
// run of the Runner that gave this Result is shown with the details of both.
func (h *handlers) runs(ctx context.Context) ([]Run, error) {
	runs := []Run{}
	if h.runner != nil {
		known, err := h.runner.Runs(ctx)
		if err != nil {
			return nil, err
		}
		runs = slices.Clone(known)
	}
	s := h.current()
	if s == nil {
		return runs, nil
	}
	served := s.run()
	for i, run := range runs {
		if run.Result == served.ID {
			runs[i] = served
			runs[i].ID, runs[i].StartedAt, runs[i].EndedAt = run.ID, run.StartedAt, run.EndedAt
			return runs, nil
		}
	}
	return append(runs, served), nil
}

// run describes the run that made the Result.
func (s *snapshot) run() Run {
	r := &s.Run
	run := Run{
		ID: r.ID, Status: RunStatusPublished, Result: r.ID,
		StartedAt: r.Started.UTC(), EndedAt: r.At.UTC(), AsOf: r.AsOf.UTC(),
		Window: Window{From: r.Window.From.UTC(), To: r.Window.To.UTC()},
		Seed:   r.Seed, Version: r.Version,
		Customers: s.Customers.Len(), Communities: s.Levels[0].Count(),
		Quality: map[string]float64{}, Parameters: map[string]string{},
	}
	for name, figure := range r.Quality {
		run.Quality[name] = finite(figure)
	}
	for _, p := range r.Parameters {
		run.Parameters[p.Name] = p.Value
	}
	for _, in := range r.Inputs {
		run.Inputs = append(run.Inputs, RunInput{Kind: in.Kind, File: in.File, Hash: in.Hash, Rows: in.Rows})
	}
	return run
}
