package neo4jstore

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
)

// Forget removes customers with their relationships, and their ids from what is
// said of others. It takes the customers with the given ids and those of whom
// marked is true, which may be nil, and says how many there were. What a writer
// had noted down is made first, so that no note has them. It may be repeated.
//
// Neo4j's own transaction logs keep what was removed until they are pruned
// (db.tx_log.rotation.retention_policy), and so do backups.
func (s *Store) Forget(ctx context.Context, ids []string, marked func(id string) bool) (removed int64, err error) {
	w, err := s.lock(ctx, &reporter{})
	if err != nil {
		return 0, fmt.Errorf("remove a person from Neo4j: %w", err)
	}
	removed, err = s.forget(w.ctx, ids, marked)
	err = w.why(err)
	w.release()
	if err != nil {
		return 0, fmt.Errorf("remove a person from Neo4j: %w", err)
	}
	return removed, nil
}

func (s *Store) forget(ctx context.Context, ids []string, marked func(id string) bool) (removed int64, err error) {
	ids = slices.Clone(ids)
	if marked != nil {
		records, err := s.rows(ctx, query("forget_ids"), nil)
		if err != nil {
			return 0, err
		}
		for _, r := range records {
			if id, _ := r.Values[0].(string); marked(id) && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	params := map[string]any{"ids": ids}
	if removed, err = s.number(ctx, "count_customers", params); err != nil {
		return 0, err
	}
	for _, name := range []string{"forget_leaders", "forget_risks", "forget_aliases"} {
		if err := s.exec(ctx, query(name), params); err != nil {
			return 0, err
		}
	}
	records, err := s.rows(ctx, query("forget_texts"), map[string]any{"telling": tellingOf(ids)})
	if err != nil {
		return 0, err
	}
	for _, r := range records {
		if err := s.forgetText(ctx, r, ids); err != nil {
			return 0, err
		}
	}
	return removed, s.exec(ctx, query("forget_nodes"), params)
}

// CountCustomers says how many of the ids are those of customers.
func (s *Store) CountCustomers(ctx context.Context, ids []string) (int64, error) {
	n, err := s.number(ctx, "count_customers", map[string]any{"ids": ids})
	if err != nil {
		return 0, fmt.Errorf("look for customers in Neo4j: %w", err)
	}
	return n, nil
}

// number runs a query for one whole number.
func (s *Store) number(ctx context.Context, name string, params map[string]any) (int64, error) {
	records, err := s.rows(ctx, query(name), params)
	if err != nil || len(records) == 0 {
		return 0, err
	}
	n, _ := records[0].Values[0].(int64)
	return n, nil
}

// forgetText takes the members with an id in them out of somebody's attributes.
func (s *Store) forgetText(ctx context.Context, r *neo4j.Record, ids []string) error {
	id, _ := r.Values[0].(string)
	text, _ := r.Values[1].(string)
	left, gone := graph.Unmention(text, ids)
	if gone == nil || slices.Contains(ids, id) {
		return nil
	}
	removed := map[string]any{}
	for _, name := range gone {
		if plainName.MatchString(name) && !slices.Contains(takenNames, name) {
			removed[name] = nil
		}
	}
	return s.exec(ctx, query("forget_text"), map[string]any{"id": id, "attributes": left, "removed": removed})
}

func tellingOf(ids []string) []string {
	list := []string{}
	for _, id := range ids {
		if utf8.RuneCountInString(id) >= graph.Telling {
			list = append(list, id)
		}
	}
	return list
}

// Found says where in the graph an id was found, as Label.property or
// TYPE.property, and how often.
type Found struct {
	Place string
	Count int64
}

// Search looks for ids in every property of every node and relationship. It reads
// the whole database.
func (s *Store) Search(ctx context.Context, ids []string) ([]Found, error) {
	var found []Found
	for _, name := range []string{"search_nodes", "search_ties"} {
		records, err := s.rows(ctx, query(name), map[string]any{"ids": ids, "telling": tellingOf(ids)})
		if err != nil {
			return nil, fmt.Errorf("search Neo4j: %w", err)
		}
		for _, r := range records {
			var f Found
			f.Place, _ = r.Values[0].(string)
			f.Count, _ = r.Values[1].(int64)
			found = append(found, f)
		}
	}
	notes, err := s.number(ctx, "search_notes", nil)
	if err != nil {
		return nil, fmt.Errorf("search Neo4j: %w", err)
	}
	if notes > 0 {
		found = append(found, Found{"KithChange (packed)", notes})
	}
	return found, nil
}
