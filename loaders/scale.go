package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
)

// scales are those that scores are taken to be on where the file names none,
// the first that holds all of them.
var scales = [][2]float64{{0, 1}, {1, 5}, {0, 5}, {1, 7}, {0, 10}, {0, 100}, {-100, 100}}

// promoter is a header of net promoter scores, which are asked from 0 to 10 whatever
// the answers are.
var promoter = regexp.MustCompile(`(?i)(^|[^a-z])nps([^a-z]|$)|promoter`)

// findScale finds the scale of scores from their span, and says so.
func (l *loading) findScale(ctx context.Context, conn *sql.Conn) error {
	score, scored := l.plan.fields["score"]
	if _, named := l.plan.fields["scale"]; l.plan.kind != Satisfaction || !scored || named {
		return nil
	}
	if words := l.plan.scores; words != nil && words.scale != nil {
		return l.setScale(ctx, conn, 1, float64(len(words.scale)))
	}
	query, err := render("scores.sql", nil)
	if err != nil {
		return err
	}
	var low, high sql.NullFloat64
	if err := conn.QueryRowContext(ctx, query).Scan(&low, &high); err != nil {
		return fmt.Errorf("look for the scale of the scores: %w", err)
	}
	if !low.Valid {
		return nil
	}
	likely := scales
	if score.column >= 0 && l.plan.src.named() && promoter.MatchString(l.plan.src.columns[score.column]) {
		likely = slices.Insert(slices.Clone(scales), 0, [2]float64{0, 10})
	}
	for _, s := range likely {
		if s[0] <= low.Float64 && high.Float64 <= s[1] {
			if err := l.setScale(ctx, conn, s[0], s[1]); err != nil {
				return err
			}
			l.plan.notes = append(l.plan.notes, fmt.Sprintf(
				"scores run from %g to %g, so their scale is taken to be %g to %g; if it is another, say for example --map scale='1-5'", low.Float64, high.Float64, s[0], s[1]))
			return nil
		}
	}
	l.plan.notes = append(l.plan.notes, fmt.Sprintf("scores run from %g to %g, on no scale that is known; name it, for example --map scale='0-1000'", low.Float64, high.Float64))
	return nil
}

// setScale writes the scale down.
func (l *loading) setScale(ctx context.Context, conn *sql.Conn, lowest, highest float64) error {
	if _, err := run(ctx, conn, "scale.sql", struct{ Lowest, Highest float64 }{lowest, highest}); err != nil {
		return fmt.Errorf("write the scale down: %w", err)
	}
	return nil
}
