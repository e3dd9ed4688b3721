package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"kith/api"
	"kith/api/analysis"
	"kith/graph"
	"kith/graph/neo4jstore"
	"kith/loaders"
)

// forget removes a person who is known by some ids from all that the house keeps,
// and searches for what is left. Each step may be repeated, so that the same
// command again ends one that broke off. publish, which may be nil, is given the
// result without the person as soon as that is stored. salt may be none.
func (h *house) forget(ctx context.Context, ids []string, salt loaders.Salt, dry bool, publish func(context.Context, *analysis.Result) error) (f api.Forgotten, err error) {
	if err := h.ownResults(ctx); err != nil {
		return f, err
	}
	ids, note, err := h.storedNames(ctx, ids, salt)
	if err != nil {
		return f, err
	}
	names, err := h.events.NamesOf(ctx, ids)
	if err != nil {
		return f, err
	}
	f = api.Forgotten{DryRun: dry, Names: len(names), Tables: []api.ForgottenRows{}, Note: note}
	touched, err := h.events.Forget(ctx, ids, dry)
	if err != nil {
		return f, err
	}
	for _, t := range touched {
		f.Tables = append(f.Tables, api.ForgottenRows{Table: t.Table, Removed: t.Removed, Emptied: t.Emptied})
	}
	marked, err := h.events.Forgotten(ctx)
	if err != nil {
		return f, err
	}
	if f.RejectedRows, err = loaders.ForgetRejects(ctx, h.dir, names, marked, dry); err != nil {
		return f, err
	}
	server, _ := h.store.(*neo4jstore.Store)
	switch {
	case server != nil && dry:
		f.Neo4JCustomers, err = server.CountCustomers(ctx, names)
	case server != nil:
		f.Neo4JCustomers, err = server.Forget(ctx, names, marked)
	}
	if err != nil || dry {
		return f, err
	}
	if f.Result, err = h.republish(ctx, names, marked, publish); err != nil {
		return f, err
	}
	if err := h.events.Rewrite(ctx); err != nil {
		return f, err
	}
	f.Proof, err = h.prove(ctx, names)
	return f, err
}

// ownResults refuses to remove somebody where the graph is in a Neo4j server that
// was not named: the person would stay there.
func (h *house) ownResults(ctx context.Context) error {
	latest, err := analysis.LatestID(h.results())
	if err != nil || latest == "" {
		return err
	}
	if _, err := os.Stat(filepath.Join(h.results(), latest+".kith")); errors.Is(err, os.ErrNotExist) {
		return nil // it was replaced by a removal that broke off then
	}
	run, err := h.store.Current(ctx)
	if err != nil && !errors.Is(err, graph.ErrNoRun) {
		return err
	}
	if run.ID == latest {
		return nil
	}
	if _, own := h.store.(*neo4jstore.Store); own {
		return nil // an analysis that broke off, or another folder's
	}
	return fmt.Errorf("%w: the graph of %s is in a Neo4j server, which has the person too: name it with --store", errUsage, h.dir)
}

// republish replaces the result by one without those who asked to be forgotten,
// and returns its id; it is empty where there is no result.
func (h *house) republish(ctx context.Context, names []string, marked func(string) bool, publish func(context.Context, *analysis.Result) error) (string, error) {
	whole, err := h.stored(ctx)
	if errors.Is(err, graph.ErrNoRun) {
		// Files of results that no store knows may have the person.
		if err := analysis.Prune(h.results()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		return "", nil
	}
	if err != nil {
		return "", err
	}
	r, err := whole.Without(marked, names...)
	if err != nil {
		return "", err
	}
	if r == whole {
		err = analysis.Prune(h.results(), r.Run.ID)
	} else {
		err = analysis.Publish(ctx, h.store, h.results(), r, nil)
	}
	if err != nil {
		return "", err
	}
	if err := analysis.MarkCurrent(h.results(), r.Run.ID); err != nil {
		return "", err
	}
	if publish != nil {
		if err := publish(ctx, r); err != nil {
			return "", err
		}
	}
	return r.Run.ID, nil
}

// without leaves those out of a result who asked to be forgotten: it may have
// been made before they did, and they must not come back with a backup of it.
func (h *house) without(ctx context.Context, r *analysis.Result) (*analysis.Result, error) {
	marked, err := h.events.Forgotten(ctx)
	if err != nil || marked == nil {
		return r, err
	}
	return r.Without(marked)
}

// privacy removes people for the API.
type privacy struct {
	runs *runner
	// salt is what plain ids are hashed with, where the house has hashed ones; it may
	// be none.
	salt loaders.Salt
}

// Forget removes a person while no analysis is under way.
func (p privacy) Forget(ctx context.Context, ids []string, dry bool) (api.Forgotten, error) {
	h := p.runs.house
	if h.health != nil {
		if err := h.health.ask(ctx); err != nil {
			return api.Forgotten{}, err
		}
	}
	if !p.runs.hold() {
		return api.Forgotten{}, api.ErrRunning
	}
	defer p.runs.release()
	f, err := h.forget(ctx, ids, p.salt, dry, p.runs.publish)
	if option := (*loaders.OptionError)(nil); errors.As(err, &option) { // another salt
		return f, api.NameError{Reason: option.Reason}
	}
	if err == nil && !dry {
		// Also where there is no result.
		err = p.drop(ctx)
	}
	if err == nil && p.runs.log != nil {
		p.runs.log.Info("a person was removed", slog.Bool("dry_run", dry), slog.Int("tables", len(f.Tables)), slog.Bool("clean", f.Proof.Clean))
	}
	return f, err
}

// drop takes people out of what the server remembers.
func (p privacy) drop(ctx context.Context) error {
	marked, err := p.runs.house.events.Forgotten(ctx)
	if err == nil && marked != nil {
		p.runs.drop(marked)
	}
	return err
}

// allow lets people come back.
func (h *house) allow(ctx context.Context, ids []string) (int64, error) {
	return h.events.AllowAgain(ctx, ids)
}

// namesIn are the ids of a list with commas.
func namesIn(id string, also []string) []string {
	ids := []string{id}
	for _, list := range also {
		for other := range strings.SplitSeq(list, ",") {
			if other = strings.TrimSpace(other); other != "" {
				ids = append(ids, other)
			}
		}
	}
	return ids
}
