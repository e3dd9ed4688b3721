package neo4jstore

import (
	"context"
	"fmt"
	"slices"
)

// Check tells whether the graph can be used, for a probe of readiness. Its error
// matches ErrDown, ErrUnauthorized, ErrVersion, ErrMigrating or graph.ErrNewer
// where one of them is the reason. It does not wait for a server that is down:
// bound it by the context.
func (s *Store) Check(ctx context.Context) error {
	known, err := migrations()
	if err != nil {
		return err
	}
	missing, err := s.missing(ctx, -1, known) // the next probe will try again
	if err != nil {
		return fmt.Errorf("check Neo4j: %w", err)
	}
	if len(missing) > 0 {
		last := slices.MaxFunc(missing, func(a, b migration) int { return int(a.number - b.number) })
		return fmt.Errorf("check Neo4j: %w: it lacks migration %04d_%s", ErrMigrating, last.number, last.name)
	}
	return nil
}
