package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Why a server cannot be used. Check and every method of a Store return errors
// that match one of these, or graph.ErrNewer, where the cause is known.
var (
	// ErrDown says that the server does not answer.
	ErrDown = errors.New("the Neo4j server does not answer")
	// ErrUnauthorized says that it refuses the user or the password.
	ErrUnauthorized = errors.New("the Neo4j server refuses the user or the password")
	// ErrForbidden says that the user may not do what was asked.
	ErrForbidden = errors.New("the user has not the right to do this in Neo4j")
	// ErrVersion says that the server is too old.
	ErrVersion = errors.New("this version of Neo4j is too old")
	// ErrMigrating says that the graph lacks migrations that this version of
	// kith needs; another process may be making them.
	ErrMigrating = errors.New("the graph is being migrated")
	// ErrReadOnly says that the database takes no changes.
	ErrReadOnly = errors.New("the database is read-only")
	// ErrMemory says that not even one row fits into a transaction.
	ErrMemory = errors.New("the server's memory for a transaction is too small")
	// ErrClosed says that the store has been closed.
	ErrClosed = errors.New("the store is closed")
)

const codeUnauthorized = "Neo.ClientError.Security.Unauthorized"

// explain says in our own terms what an error of the driver means. The driver's
// errors name addresses and queries, but neither parameters nor passwords.
func explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	// The driver reports an ended context in several ways.
	if ended := context.Cause(ctx); ended != nil {
		if errors.Is(err, ended) {
			return err
		}
		return fmt.Errorf("%w (%w)", ended, err)
	}
	if e := serverError(err); e != nil {
		for _, known := range []struct {
			code string
			is   error
		}{
			{codeUnauthorized, ErrUnauthorized},
			{"Neo.ClientError.Security.AuthenticationRateLimit", ErrUnauthorized},
			{"Neo.ClientError.Security.CredentialsExpired", ErrUnauthorized},
			{"Neo.ClientError.Security.Forbidden", ErrForbidden},
			{"Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", ErrReadOnly},
			{"Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", ErrReadOnly},
			{"Neo.TransientError.General.DatabaseUnavailable", ErrDown},
			{"Neo.TransientError.Database.DatabaseUnavailable", ErrDown},
		} {
			if e.Code == known.code {
				return fmt.Errorf("%w: %w", known.is, err)
			}
		}
		if outOfMemory(err) {
			return fmt.Errorf("%w: %w", ErrMemory, err)
		}
		return err
	}
	if lost(err) {
		return fmt.Errorf("%w: %w", ErrDown, err)
	}
	return err
}

// serverError is the error that the server sent, or nil.
func serverError(err error) *neo4j.Neo4jError {
	var e *neo4j.Neo4jError
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// lost tells whether a connection could not be made or has broken.
func lost(err error) bool {
	var broken *neo4j.ConnectivityError
	var network net.Error
	// In the middle of a stream the driver gives the bare error of the connection.
	return errors.As(err, &broken) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// outOfMemory tells whether a transaction was too large for the server. The
// server calls that transient, but the same again ends the same.
func outOfMemory(err error) bool {
	e := serverError(err)
	return e != nil && (strings.Contains(e.Code, "MemoryPoolOutOfMemory") || strings.Contains(e.Code, "TransactionOutOfMemory") ||
		strings.Contains(e.Code, "General.OutOfMemory"))
}

// passing tells whether the same transaction may succeed when it is tried again.
func passing(err error) bool {
	if outOfMemory(err) {
		return false
	}
	if e := serverError(err); e != nil {
		return neo4j.IsRetryable(e)
	}
	return lost(err)
}
