package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kith/graph/duckstore"
)

// HashedIDs are the ids of people in a store where they are hashed.
type HashedIDs struct {
	// Steps are those that came before the hash, as people write them; none where
	// ids were hashed as they stood.
	Steps []string

	salt Salt
}

// HashedIn says how the ids of people in a store are hashed; nil where they are not. A
// salt that is given must be the one that they are hashed with.
func HashedIn(ctx context.Context, st *duckstore.Store, salt Salt) (*HashedIDs, error) {
	db := st.DB()
	if is, err := sealed(ctx, db); err != nil || !is {
		return nil, err
	}
	if !salt.none() {
		other, err := salt.other(ctx, db)
		if err != nil {
			return nil, err
		}
		if other.Valid {
			return nil, &OptionError{Reason: fmt.Sprintf("the salt is another than that of import %d, by which its ids are hashed: give that one", other.Int64)}
		}
	}
	h := &HashedIDs{salt: salt}
	err := eachOf(ctx, db, "hash_steps.sql", nil, nil, func(rows *sql.Rows) error {
		var steps string
		err := rows.Scan(&steps)
		steps = strings.TrimSuffix(strings.TrimSuffix(steps, changeHash), ", ")
		if err == nil && steps != "" && !slices.Contains(h.Steps, steps) {
			h.Steps = append(h.Steps, steps)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look how ids are hashed: %w", err)
	}
	return h, nil
}

// Of is the hash of an id; ok is false without a salt.
func (h *HashedIDs) Of(id string) (hash string, ok bool) {
	if h.salt.none() {
		return "", false
	}
	return h.salt.hash(id), true
}

var hashShape = regexp.MustCompile(`^[0-9a-f]{64}$`)

// IsHash says whether an id is a hash.
func IsHash(id string) bool { return hashShape.MatchString(id) }
