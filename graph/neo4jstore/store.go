package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Store is a graph.Store in a Neo4j database.
type Store struct {
	driver neo4j.DriverWithContext
	o      Options
	login  *login
	secure bool // the address asks for encryption
	health health
	// writing has one token: a process has one writer at a time, the others
	// wait here and not each on a connection of its own.
	writing chan struct{}
	closed  atomic.Bool
	access  neo4j.AccessMode // how transactions are opened
}

// Open connects to a server and brings the graph up to the schema of this
// version. The URI has one of the schemes neo4j, neo4j+s, bolt and bolt+s; a user
// and password in it are used where the options have none.
//
// Errors match ErrDown, ErrUntrusted, ErrUnauthorized, ErrVersion, ErrReadOnly or
// graph.ErrNewer where that is the reason.
func Open(ctx context.Context, uri string, o Options) (*Store, error) {
	s, err := Connect(uri, o)
	if err != nil {
		return nil, err
	}
	if err := s.Prepare(ctx); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Prepare brings the graph up to the schema of this version.
func (s *Store) Prepare(ctx context.Context) error {
	err := s.migrate(ctx)
	if err == nil {
		return nil
	}
	if !s.secure && errors.Is(err, ErrDown) && strings.Contains(err.Error(), "EOF") {
		return fmt.Errorf("open the graph: %w; if it takes encrypted connections only, use neo4j+s:// or bolt+s://", err)
	}
	return fmt.Errorf("open the graph: %w", err)
}

// Connect makes a Store without talking to the server, for programs that start
// while it is down. Check tells when it can be used, after Prepare.
func Connect(uri string, o Options) (*Store, error) {
	a, err := parseURI(uri)
	if err != nil {
		return nil, err
	}
	if o.User == "" {
		o.User = a.user
	}
	if o.Password == "" {
		o.Password = a.password
	}
	o = o.withDefaults()
	configure, err := o.configure(a)
	if err != nil {
		return nil, err
	}
	who := &login{user: o.User, password: o.Password, file: o.PasswordFile}
	driver, err := neo4j.NewDriverWithContext(a.uri, who, configure)
	if err != nil {
		return nil, fmt.Errorf("the address of Neo4j: %w", err)
	}
	return &Store{driver: driver, o: o, login: who, secure: a.secure, writing: make(chan struct{}, 1)}, nil
}

// Close ends all connections. What is being written meanwhile fails.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return s.driver.Close(ctx)
}

func (s *Store) session(ctx context.Context) neo4j.SessionWithContext {
	return s.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: s.o.Database, AccessMode: s.access})
}

// checkVersion refuses servers whose Cypher lacks what the queries use.
func checkVersion(agent string) error {
	m := regexp.MustCompile(`^Neo4j/(\d+)\.(\d+)`).FindStringSubmatch(agent)
	if m == nil {
		return nil // not Neo4j's own numbering; the queries will tell
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < 5 || major == 5 && minor < 23 {
		return fmt.Errorf("%w: it is %s, and kith needs 5.23 or newer, such as 5.26 LTS", ErrVersion, agent)
	}
	return nil
}
