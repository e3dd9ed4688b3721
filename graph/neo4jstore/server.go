package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ServerInfo is what a server says about itself.
type ServerInfo struct {
	Version string `json:"version"` // such as 5.26.0
	Edition string `json:"edition"` // community or enterprise
	// Agent is the server's name and version as it greets, such as
	// Neo4j/5.26.0; servers other than Neo4j have names of their own.
	Agent string `json:"agent"`
	// Address is the host and port that answered.
	Address string `json:"address"`
	// Database is the one in use, and Access says whether it takes changes:
	// read-write or read-only.
	Database string `json:"database"`
	Access   string `json:"access"`
	// User is who is logged in. Roles are empty where the edition has none:
	// every user may do everything then.
	User  string   `json:"user"`
	Roles []string `json:"roles,omitempty"`
	// GDS and APOC are the versions of these plugins, empty where there are
	// none or the user may not use them.
	GDS  string `json:"gds,omitempty"`
	APOC string `json:"apoc,omitempty"`
}

// Server asks the server what it is and which plugins it has. It changes
// nothing. What the user may not ask stays empty.
func (s *Store) Server(ctx context.Context) (ServerInfo, error) {
	info, err := s.server(ctx)
	if err != nil {
		return ServerInfo{}, fmt.Errorf("ask Neo4j what it is: %w", err)
	}
	return info, nil
}

func (s *Store) server(ctx context.Context) (ServerInfo, error) {
	var i ServerInfo
	// The first query is one that everybody may run; its failure counts.
	err := s.do(ctx, func(ctx context.Context, tx neo4jTx) error {
		result, err := tx.Run(ctx, "RETURN 1", nil)
		if err != nil {
			return err
		}
		summary, err := result.Consume(ctx)
		if err != nil {
			return err
		}
		i.Agent, i.Address = summary.Server().Agent(), summary.Server().Address()
		i.Database = summary.Database().Name()
		return nil
	})
	if err != nil {
		return i, err
	}
	v, err := s.allowed(ctx, query("server"), nil)
	if err != nil {
		return i, err
	}
	i.Version, i.Edition = v.text("version"), v.text("edition")
	if v, err = s.allowed(ctx, "SHOW CURRENT USER YIELD user, roles RETURN user, roles", nil); err != nil {
		return i, err
	}
	i.User = v.text("user")
	for _, role := range v.list("roles") {
		name, _ := role.(string)
		i.Roles = append(i.Roles, name)
	}
	slices.Sort(i.Roles)
	if v, err = s.allowed(ctx, "SHOW DATABASES YIELD name, access WHERE name = $name RETURN access", map[string]any{"name": i.Database}); err != nil {
		return i, err
	}
	i.Access = v.text("access")
	records, err := s.rows(ctx, query("plugins"), nil)
	if err != nil && !optional(err) {
		return i, err
	}
	for _, record := range records {
		name, _ := record.Values[0].(string)
		into := &i.GDS
		if name == "apoc.version" {
			into = &i.APOC
		}
		// The name is one of the two in the query.
		if v, err = s.allowed(ctx, "RETURN "+name+"() AS version", nil); err != nil {
			return i, err
		}
		*into = v.text("version")
	}
	return i, nil
}

// row is a record by its columns; what is missing or of another kind is zero.
type row map[string]any

func (r row) text(key string) string { v, _ := r[key].(string); return v }
func (r row) list(key string) []any  { v, _ := r[key].([]any); return v }

// allowed is the first record of a query, or an empty one where the user may not
// run it or the server does not know it.
func (s *Store) allowed(ctx context.Context, text string, params map[string]any) (row, error) {
	records, err := s.rows(ctx, text, params)
	if err != nil && !optional(err) {
		return nil, err
	}
	if len(records) == 0 {
		return row{}, nil
	}
	return records[0].AsMap(), nil
}

// optional tells whether a query failed because the server would rather not, and
// not because it could not be reached.
func optional(err error) bool {
	return serverError(err) != nil && !errors.Is(err, ErrUnauthorized) && !errors.Is(err, ErrDown)
}
