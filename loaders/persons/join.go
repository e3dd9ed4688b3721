package persons

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// join makes one field of fields that hold the same and never stand beside each other
// in a record: the first_name of one file and the Vorname of another are one thing.
// address_1 and address_2, which records have both, stay two. What a map says is one
// field already.
func (r *reading) join(ctx context.Context, db *sql.DB) error {
	words := map[string]int{}
	for _, f := range r.fields {
		words[f.Holds]++
	}
	for word, n := range words {
		if n < 2 || word == "code" || word == "category" || word == "text" {
			delete(words, word)
		}
	}
	if len(words) == 0 {
		return nil
	}
	rows, err := texts(ctx, db, query("beside", nil))
	if err != nil {
		return fmt.Errorf("look for attributes that stand beside each other: %w", err)
	}
	records := make([][]string, len(rows))
	for i, row := range rows {
		records[i] = strings.Split(row, "\x1f")
	}
	beside := func(all, more []string) bool {
		has := func(record, names []string) bool {
			return slices.ContainsFunc(names, func(a string) bool { return slices.Contains(record, a) })
		}
		return slices.ContainsFunc(records, func(record []string) bool { return has(record, all) && has(record, more) })
	}
	var joined []Field
	for _, f := range r.fields {
		at := -1
		if words[f.Holds] > 1 {
			at = slices.IndexFunc(joined, func(g Field) bool { return g.Holds == f.Holds && !beside(g.Attributes, f.Attributes) })
		}
		if at < 0 {
			joined = append(joined, f)
			continue
		}
		joined[at].Attributes = append(slices.Clone(joined[at].Attributes), f.Attributes...)
	}
	r.fields = joined
	return nil
}

// spliced is one column of several of which no record has more than one, and these
// themselves otherwise.
func spliced(columns [][]string) [][]string {
	if len(columns) < 2 {
		return columns
	}
	one := slices.Clone(columns[0])
	for _, c := range columns[1:] {
		for i, v := range c {
			switch {
			case v == "":
			case one[i] != "":
				return columns
			default:
				one[i] = v
			}
		}
	}
	return [][]string{one}
}
