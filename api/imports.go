package api

import (
	"context"
	"errors"
	"strconv"
)

// Imports gives the receipts of the files that were loaded.
type Imports interface {
	// List gives at most limit receipts with an id below before, the newest
	// (of the highest id) first.
	List(ctx context.Context, before int64, limit int) ([]Import, error)
	// Get gives one receipt with its rejected rows counted by reason, or
	// ErrUnknown.
	Get(ctx context.Context, id int64) (Import, error)
	// Rejects gives some limit rejected rows of an import by line, those
	// behind the line after, with all of the last line; or ErrUnknown.
	Rejects(ctx context.Context, id, after int64, limit int) ([]ImportReject, error)
}

// lastImport is above every id of a receipt that a cursor can hold.
const lastImport = 1<<32 - 1

// importList is what cursors of imports belong to: receipts are only ever added,
// at the front, so a cursor holds the last id shown and never grows stale.
var importList = listOf("imports", "imports")

// ListImports serves GET /v1/imports.
func (h *handlers) ListImports(ctx context.Context, r ListImportsRequestObject) (ListImportsResponseObject, error) {
	if h.imports == nil {
		return nil, noData("list imports")
	}
	before, err := importList.offset(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	if before == 0 {
		before = lastImport
	}
	limit := limitOr(r.Params.Limit, pageSize)
	items, err := h.imports.List(ctx, int64(before), limit+1)
	if err != nil {
		return nil, err
	}
	list := ListImports200JSONResponse{Items: append([]Import{}, items[:min(limit, len(items))]...)}
	if len(items) > limit {
		next := importList.cursor(int(list.Items[limit-1].ID))
		list.NextCursor = &next
	}
	return list, nil
}

// GetImport serves GET /v1/imports/{id}.
func (h *handlers) GetImport(ctx context.Context, r GetImportRequestObject) (GetImportResponseObject, error) {
	if h.imports == nil {
		return nil, noData("list imports")
	}
	found, err := h.imports.Get(ctx, r.ID)
	if errors.Is(err, ErrUnknown) {
		return nil, notFound("there is no import %d", r.ID)
	}
	if err != nil {
		return nil, err
	}
	return GetImport200JSONResponse(found), nil
}

// ListRejects serves GET /v1/imports/{id}/rejects. A receipt never changes, so a
// cursor holds the last line shown.
func (h *handlers) ListRejects(ctx context.Context, r ListRejectsRequestObject) (ListRejectsResponseObject, error) {
	if h.imports == nil {
		return nil, noData("list rejected rows")
	}
	of := listOf("imports", "rejects", strconv.FormatInt(r.ID, 10))
	after, err := of.offset(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOr(r.Params.Limit, pageSize)
	items, err := h.imports.Rejects(ctx, r.ID, int64(after), limit)
	if errors.Is(err, ErrUnknown) {
		return nil, notFound("there is no import %d", r.ID)
	}
	if err != nil {
		return nil, err
	}
	list := ListRejects200JSONResponse{Items: append([]ImportReject{}, items...)}
	if len(items) < limit {
		return list, nil
	}
	last := items[len(items)-1].Line
	more, err := h.imports.Rejects(ctx, r.ID, last, 1)
	if err == nil && len(more) > 0 {
		next := of.cursor(int(last))
		list.NextCursor = &next
	}
	return list, err
}
