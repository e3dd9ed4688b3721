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
	// ErrUntrusted says that no encrypted connection came about, as for a
	// certificate that nobody vouches for.
	ErrUntrusted = errors.New("the connection to the Neo4j server cannot be encrypted and trusted")
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
	// ErrBroken says that the database has stopped working, as when its disk is
	// full, until the server is restarted.
	ErrBroken = errors.New("the database has stopped, as it does when its disk is full: make room, look at the server's debug.log, restart the server and do this again")
	// ErrMemory says that not even one row fits into a transaction.
	ErrMemory = errors.New("the server's memory for a transaction is too small")
	// ErrClosed says that the store has been closed.
	ErrClosed = errors.New("the store is closed")
)

const (
	codeUnauthorized = "Neo.ClientError.Security.Unauthorized"
	codeLocked       = "Neo.ClientError.Security.AuthenticationRateLimit"
)

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
			{codeLocked, ErrUnauthorized},
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
		if strings.HasPrefix(e.Code, "Neo.DatabaseError.Transaction.") {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if outOfMemory(err) {
			return fmt.Errorf("%w: %w", ErrMemory, err)
		}
		return err
	}
	if what := untrusted(err); what != "" {
		return fmt.Errorf("%w: %s: %w", ErrUntrusted, what, err)
	}
	if lost(err) {
		return fmt.Errorf("%w: %w", ErrDown, err)
	}
	return err
}

// untrusted says what is wrong with a connection that should be encrypted, or
// nothing where that is not the fault. The driver hides the cause, so its text
// has to tell.
func untrusted(err error) string {
	if err == nil || !lost(err) {
		return ""
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "x509: certificate signed by unknown authority"), strings.Contains(text, "x509: certificate is not trusted"):
		return "the server's certificate is not vouched for by a known one: name the file of the one that does (kith: --store-ca)"
	case strings.Contains(text, "x509: certificate has expired"):
		return "the server's certificate is out of date, or the clock of one of the two is wrong"
	case strings.Contains(text, "x509: certificate is valid for"), strings.Contains(text, "x509: certificate is not valid for"), strings.Contains(text, "x509: cannot validate certificate for"):
		return "the server's certificate is for another name: use the name that stands in it"
	case strings.Contains(text, "x509: "):
		return "the server's certificate is not valid"
	case strings.Contains(text, "first record does not look like a TLS handshake"), strings.Contains(text, "check that TLS is enabled on the server"):
		return "the server does not encrypt on this port: use neo4j:// or bolt://, or switch TLS on there"
	}
	return ""
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
	return lost(err) && untrusted(err) == ""
}
