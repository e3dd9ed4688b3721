package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"kith/api"
	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders"
)

// uploads loads files that are sent to the API, and takes imports back.
type uploads struct {
	house *house
	runs  *runner
	// hash says that ids of customers are hashed, with salt.
	hash bool
	salt loaders.Salt
}

// Load stores a file.
func (u uploads) Load(ctx context.Context, o api.Upload, file io.Reader) (receipt api.Import, again bool, err error) {
	options, err := u.options(o, file)
	if err != nil {
		return api.Import{}, false, err
	}
	if err := u.house.events.Room(); err != nil {
		return api.Import{}, false, uploadError(err)
	}
	list, err := loaders.Load(ctx, u.house.events, options)
	if err != nil {
		return api.Import{}, false, uploadError(err)
	}
	receipt, err = receipts{u.house.events}.Get(ctx, int64(list[0].ID))
	return receipt, list[0].Again, err
}

// Undo takes an import back while no analysis is under way.
func (u uploads) Undo(ctx context.Context, id int64, dry bool) (api.ImportUndone, error) {
	if id > math.MaxInt32 {
		return api.ImportUndone{}, api.ErrUnknown
	}
	if !u.runs.hold() {
		return api.ImportUndone{}, api.ErrRunning
	}
	defer u.runs.release()
	done, err := undoImport(ctx, u.house.events, int(id), dry)
	if kept := (*loaders.UndoError)(nil); errors.As(err, &kept) {
		return api.ImportUndone{}, api.KeptError{Reason: kept.Reason}
	}
	if errors.Is(err, loaders.ErrNoImport) {
		return api.ImportUndone{}, api.ErrUnknown
	}
	if err == nil && !dry && done.Posted {
		err = u.runs.recall(ctx)
	}
	if err != nil {
		return api.ImportUndone{}, uploadError(err)
	}
	if !dry && u.runs.log != nil {
		u.runs.log.Info("an import was taken back", slog.Int64("import", id))
	}
	shown := api.ImportUndone{
		Import: id, Kind: string(done.Import.Kind), File: done.Import.File, DryRun: dry, Again: done.Again, UndoneAt: done.Import.Undone,
		Tables: []api.UndoneRows{}, Customers: done.Customers, Products: done.Products, Lacking: []api.LackingImport{}, Resolved: done.Resolved,
	}
	for _, t := range done.Tables {
		shown.Tables = append(shown.Tables, api.UndoneRows{Table: t.Table, Removed: t.Removed, Restored: t.Restored})
	}
	for _, l := range done.Lacking {
		shown.Lacking = append(shown.Lacking, api.LackingImport{Import: int64(l.Import), Kind: string(l.Kind), File: l.File, Rows: l.Rows, Posted: l.Posted})
	}
	return shown, nil
}

// Explain says what Load would do.
func (u uploads) Explain(ctx context.Context, o api.Upload, file io.Reader) (api.ImportExplanation, error) {
	options, err := u.options(o, file)
	if err != nil {
		return api.ImportExplanation{}, err
	}
	options.Scratch = filepath.Join(u.house.dir, duckstore.PassingName)
	if err := os.MkdirAll(options.Scratch, 0o700); err != nil {
		return api.ImportExplanation{}, fmt.Errorf("make a folder for what passes: %w", err)
	}
	list, err := loaders.Explain(ctx, options)
	if err != nil {
		return api.ImportExplanation{}, uploadError(err)
	}
	return shownExplanation(list[0]), nil
}

// options are those that a request says.
func (u uploads) options(o api.Upload, file io.Reader) (out loaders.Options, err error) {
	out = loaders.Options{
		Kind: loaders.Kind(o.Kind), Files: []string{loaders.Stdin}, Stdin: file, StdinName: o.File, MapFile: loaders.NoMapFile,
		Delimiter: o.Delimiter, Encoding: o.Encoding, Header: loaders.Header(auto(string(o.Header))), Zone: o.Zone,
		Dates: loaders.DateOrder(auto(string(o.Dates))), Decimal: auto(string(o.Decimal)), MaxRejects: o.MaxRejects,
		RefuseCustomers: o.UnknownCustomers == api.ImportStrangersRefuse, RefuseProducts: o.UnknownProducts == api.ImportStrangersRefuse,
		HashIDs: u.hash, Salt: u.salt,
	}
	if out.Map, err = loaders.ParseMap(o.Map); err == nil {
		out.Changes, err = loaders.ParseChanges(o.Change)
	}
	if err == nil && o.Unit != "" {
		out.Units = map[string]string{}
		for pair := range strings.SplitSeq(o.Unit, ",") {
			field, unit, ok := strings.Cut(pair, "=")
			if !ok {
				err = fmt.Errorf("the units %q are not understood: write field=unit,field=unit", o.Unit)
			}
			out.Units[field] = unit
		}
	}
	if err != nil {
		return out, api.UploadError{Parameter: true, Reason: err.Error()}
	}
	return out, nil
}

// uploadError says to the API why a file was not loaded.
func uploadError(err error) error {
	var option *loaders.OptionError
	var all *loaders.AllRejectedError
	var data *graph.DataError
	switch {
	case errors.As(err, &option):
		return api.UploadError{Parameter: true, Reason: option.Reason}
	case errors.As(err, &all):
		return api.UploadError{Reason: fmt.Sprintf("%s; /v1/imports/%d/rejects lists them: correct the mapping or the file, and send it again", all.Reason(), all.Receipt.ID)}
	case errors.As(err, &data):
		return api.UploadError{Reason: asParameters(data.Error())}
	case errors.Is(err, duckstore.ErrFull), errors.Is(err, syscall.ENOSPC):
		return errors.Join(api.ErrDiskFull, err)
	}
	return err
}

// flagText is one of kith load in a sentence, with its value if one follows.
var flagText = regexp.MustCompile(`--(as|map|change|unit|delimiter|encoding|header|zone|dates|decimal|max-rejects|unknown-customers|unknown-products)\b(?:[ =]("[^"]+"|'[^']+'|tab|space|blanks|yes|no|dmy|mdy|point|comma|utf-[^ ,;]+|[a-z]+[0-9]*-[0-9][^ ,;]*|[^ ,;]+=[^ ;]+))?`)

// asParameters says a sentence for those who have parameters and no flags.
func asParameters(text string) string {
	if before, _, ok := strings.Cut(text, "; say with --sql"); ok {
		return before + "; write the rows that you want to a Parquet file and send that, or load it with kith load --sql"
	}
	return flagText.ReplaceAllStringFunc(text, func(found string) string {
		parts := flagText.FindStringSubmatch(found)
		name := strings.ReplaceAll(parts[1], "-", "_")
		if name == "as" {
			name = "kind"
		}
		if parts[2] == "" {
			return "the parameter " + name
		}
		return name + "=" + strings.Trim(parts[2], `"`)
	})
}

func shownExplanation(e *loaders.Explanation) api.ImportExplanation {
	shown := api.ImportExplanation{
		File: e.File, Looked: e.Looked, All: e.All, Header: append([]string{}, e.Header...), Stored: e.Stored, Rejected: e.Rejected,
		Notes: e.Notes, Problem: asParameters(e.Problem),
		Written: []api.ImportTrait{}, Fields: []api.ImportField{}, Columns: []api.ImportColumn{}, Reasons: []api.RejectCount{}, Rejects: []api.ImportReject{},
	}
	shown.Kind.Kind, shown.Kind.Confidence, shown.Kind.Word, shown.Kind.Reason = string(e.Kind.Kind), e.Kind.Confidence, e.Kind.Word, e.Kind.Reason
	for _, k := range e.Kind.Others {
		shown.Kind.Others = append(shown.Kind.Others, string(k))
	}
	for _, t := range e.Written {
		shown.Written = append(shown.Written, api.ImportTrait(t))
	}
	for _, f := range e.Fields {
		shown.Fields = append(shown.Fields, api.ImportField{
			Field: f.Field, Column: f.Column, Confidence: f.Confidence, Word: f.Word, Reason: f.Reason, Others: f.Others, As: f.As,
		})
	}
	for _, c := range e.Columns {
		shown.Columns = append(shown.Columns, api.ImportColumn{Name: c.Name, Looks: c.Looks, Example: c.Example, Becomes: c.Becomes})
	}
	for _, r := range e.Reasons {
		shown.Reasons = append(shown.Reasons, api.RejectCount{Reason: r.Reason, Rows: r.Count})
	}
	for _, r := range e.Rejects {
		shown.Rejects = append(shown.Rejects, api.ImportReject{Line: r.Line, Column: r.Column, Reason: r.Reason, Row: r.Row})
	}
	return shown
}
