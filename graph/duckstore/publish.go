package duckstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"kith/graph"
)

// Publish replaces the findings of the former run by f, in one transaction.
func (s *Store) Publish(ctx context.Context, f *graph.Findings, p graph.Progress) error {
	if err := s.publish(ctx, f, p); err != nil {
		return fmt.Errorf("store the findings of run %s: %w", f.Run.ID, err)
	}
	return nil
}

func (s *Store) publish(ctx context.Context, f *graph.Findings, p graph.Progress) error {
	if f.Run.ID == "" {
		return errors.New("a run needs an id")
	}
	quality, err := json.Marshal(f.Run.Quality)
	if err != nil {
		return fmt.Errorf("the figures of quality: %w", err)
	}
	return s.update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, query("publish_clear")); err != nil {
			return err
		}
		r := f.Run
		_, err := conn.ExecContext(ctx, query("publish_run"),
			r.ID, r.At.UTC(), orNull(r.AsOf), strconv.FormatUint(r.Seed, 10), r.Version, string(quality))
		if err != nil {
			return err
		}
		err = copyFindings(ctx, conn, "communities", p, slices.Values(f.Communities), func(c graph.CommunityFinding, row []driver.Value) []driver.Value {
			return append(row, c.ID, c.Parent, int32(c.Level), int32(c.Size), c.Density, c.Risk, c.ExpectedLoss, c.Leader, c.Disseminator)
		})
		if err != nil {
			return err
		}
		err = copyFindings(ctx, conn, "customers", p, f.Customers, func(c graph.CustomerFinding, row []driver.Value) []driver.Value {
			return append(row, c.ID, c.Community, c.Role, c.Core, c.PageRank, c.Authority, c.Dissemination,
				c.Susceptibility, c.ChurnRisk, c.OwnValue, c.Gone, c.RiskOwn, c.RiskOther)
		})
		if err != nil {
			return err
		}
		err = copyFindings(ctx, conn, "risk_parts", p, riskParts(f.Customers), func(r riskPart, row []driver.Value) []driver.Value {
			return append(row, r.customer, r.From, r.Part)
		})
		if err != nil {
			return err
		}
		err = copyFindings(ctx, conn, "memberships", p, f.Memberships, func(m graph.Membership, row []driver.Value) []driver.Value {
			return append(row, m.Customer, m.Community, m.Degree, m.Core, m.Leader)
		})
		if err != nil {
			return err
		}
		return copyFindings(ctx, conn, "preferences", p, f.Preferences, func(r graph.Preference, row []driver.Value) []driver.Value {
			return append(row, r.Community, r.Product, int32(r.Supporters), r.Support, r.Lift, r.LiftLow)
		})
	}, s.network)
}

// riskPart is a row of result.risk_parts.
type riskPart struct {
	customer string
	graph.RiskPart
}

func riskParts(customers iter.Seq[graph.CustomerFinding]) iter.Seq[riskPart] {
	if customers == nil {
		return nil
	}
	return func(yield func(riskPart) bool) {
		for c := range customers {
			for _, part := range c.RiskParts {
				if !yield(riskPart{c.ID, part}) {
					return
				}
			}
		}
	}
}

// copyFindings appends a sequence, which may be nil, to a table of schema result.
func copyFindings[T any](ctx context.Context, conn *sql.Conn, table string, p graph.Progress,
	items iter.Seq[T], columns func(T, []driver.Value) []driver.Value,
) error {
	if items == nil {
		return nil
	}
	sure := func(yield func(T, error) bool) {
		for item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
	return copyTo(ctx, conn, "", "result", table, "writing "+table, p, sure,
		func(item T, row []driver.Value) ([]driver.Value, error) { return columns(item, row), nil })
}

// Current returns the run whose findings are stored.
func (s *Store) Current(ctx context.Context) (graph.Run, error) {
	var r graph.Run
	found := false
	err := s.rows(ctx, func(rows *sql.Rows) error {
		var asOf sql.NullTime
		var quality string
		if err := rows.Scan(&r.ID, &r.At, &asOf, &r.Seed, &r.Version, &quality); err != nil {
			return err
		}
		found = true
		r.At = r.At.UTC()
		if asOf.Valid {
			r.AsOf = asOf.Time.UTC()
		}
		return json.Unmarshal([]byte(quality), &r.Quality)
	}, "current")
	if err == nil && !found {
		err = graph.ErrNoRun
	}
	if err != nil {
		return graph.Run{}, fmt.Errorf("read the current run: %w", err)
	}
	return r, nil
}
