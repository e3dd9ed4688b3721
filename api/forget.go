package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// Privacy removes people.
type Privacy interface {
	// Forget removes a person who is known by some ids everywhere, serves a
	// Result without the person, and searches for what is left. It only counts
	// when dry. It returns ErrRunning while an analysis or another removal is
	// under way, a NameError where an id cannot name anybody, and a Fault where a
	// store cannot be used.
	Forget(ctx context.Context, ids []string, dry bool) (Forgotten, error)
}

// NameError says why an id names nobody: those of the house are hashed.
type NameError struct{ Reason string }

func (e NameError) Error() string { return e.Reason }

// ForgetCustomer serves DELETE /v1/customers/{id}.
func (h *handlers) ForgetCustomer(ctx context.Context, r ForgetCustomerRequestObject) (ForgetCustomerResponseObject, error) {
	if h.privacy == nil {
		return nil, noData("remove people")
	}
	ids := []string{r.ID}
	for id := range strings.SplitSeq(r.Params.Also, ",") {
		if id = strings.TrimSpace(id); id != "" {
			ids = append(ids, id)
		}
	}
	// What has begun is brought to its end, also when the client goes away.
	done, err := h.privacy.Forget(context.WithoutCancel(ctx), ids, r.Params.DryRun == "true")
	if errors.Is(err, ErrRunning) {
		return nil, &problemError{
			status: http.StatusConflict, kind: "running", title: "Something is under way",
			detail: "an analysis or another removal is under way: ask again when it has ended", cause: err,
		}
	}
	var name NameError
	if errors.As(err, &name) {
		return nil, badRequest(ParameterError{"id", name.Reason})
	}
	if err != nil {
		return nil, err
	}
	return ForgetCustomer200JSONResponse(done), nil
}
