package neo4jstore

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
)

// Options say how to reach the server and how hard to work it. The zero value
// is for a server on the same machine with the password given in the URI.
type Options struct {
	// User is the name to log in with; empty means neo4j.
	User string
	// Password is what it says. PasswordFile names a file that holds it, read
	// again whenever the server refuses the former one, so that it can be
	// changed without a restart; a newline at its end is not part of it.
	Password, PasswordFile string
	// TLSCAFile names a PEM file with the certificates that vouch for the
	// server, for the schemes bolt+s and neo4j+s; empty means the system's.
	TLSCAFile string
	// Database is the database to use; empty means the user's home database.
	Database string
	// PoolSize is the largest number of connections, 3 at least; 0 means 3
	// more than Workers and Readers need. They make do with 2 less than it.
	PoolSize int
	// Workers is the number of transactions that write at a time; 0 means 2.
	Workers int
	// Readers is the number of queries that stream the network at a time; 0
	// means 2. Neither has an influence on the result.
	Readers int
	// BatchSize is the number of nodes or ties to a transaction; 0 means
	// 10,000. A batch that does not fit into the server's memory is split.
	BatchSize int
	// ConnectTimeout bounds the time to open a connection; 0 means 5 s.
	ConnectTimeout time.Duration
	// AcquireTimeout bounds the wait for a free connection; 0 means 1 min.
	AcquireTimeout time.Duration
	// RetryFor is how long a transaction is tried again that was the victim
	// of a deadlock or lost its connection; 0 means 30 s.
	RetryFor time.Duration
	// TxTimeout bounds each transaction of a batch; 0 leaves that to the server.
	TxTimeout time.Duration
	// Version is that of the program, noted down with migrations.
	Version string
}

func (o Options) withDefaults() Options {
	if o.User == "" {
		o.User = "neo4j"
	}
	o.Workers = max(orElse(o.Workers, 2), 1)
	o.Readers = max(orElse(o.Readers, 2), 1)
	o.BatchSize = max(orElse(o.BatchSize, 10_000), 1)
	// A writer holds one connection for its lock, and a check needs another.
	o.PoolSize = max(orElse(o.PoolSize, o.Workers+o.Readers+3), 3)
	o.Workers = min(o.Workers, o.PoolSize-2)
	o.Readers = min(o.Readers, o.PoolSize-2)
	o.ConnectTimeout = orElse(o.ConnectTimeout, 5*time.Second)
	o.AcquireTimeout = orElse(o.AcquireTimeout, time.Minute)
	o.RetryFor = orElse(o.RetryFor, 30*time.Second)
	return o
}

func orElse[T int | time.Duration](x, zero T) T {
	if x == 0 {
		return zero
	}
	return x
}

// address is a URI without its user and password.
type address struct {
	uri      string
	user     string
	password string
	secure   bool
}

// parseURI takes a URI apart. No error of it shows the URI, which may hold a
// password.
func parseURI(uri string) (address, error) {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return address{}, errors.New("the address of Neo4j is not of the form neo4j://host:port")
	}
	a := address{}
	switch u.Scheme {
	case "bolt", "neo4j":
	case "bolt+s", "neo4j+s", "bolt+ssc", "neo4j+ssc":
		a.secure = true
	default:
		return address{}, fmt.Errorf("the address of Neo4j has the scheme %q: use neo4j, neo4j+s, bolt or bolt+s", u.Scheme)
	}
	if u.User != nil {
		a.user = u.User.Username()
		a.password, _ = u.User.Password()
		u.User = nil
	}
	a.uri = u.String()
	return a, nil
}

// configure turns the options into those of the driver.
func (o Options) configure(a address) (func(*config.Config), error) {
	var trust *tls.Config
	if o.TLSCAFile != "" {
		if !a.secure {
			return nil, fmt.Errorf("a file of certificates is given, but %s is not encrypted: use neo4j+s:// or bolt+s://", a.uri)
		}
		pem, err := os.ReadFile(o.TLSCAFile)
		if err != nil {
			return nil, fmt.Errorf("read the certificates that vouch for Neo4j: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", o.TLSCAFile)
		}
		trust = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return func(c *config.Config) {
		c.TlsConfig = trust
		c.MaxConnectionPoolSize = o.PoolSize
		c.SocketConnectTimeout = o.ConnectTimeout
		c.ConnectionAcquisitionTimeout = o.AcquireTimeout
		// A connection that a firewall has dropped is noticed before it is used.
		c.ConnectionLivenessCheckTimeout = 30 * time.Second
		c.FetchSize = 200
		c.ReadBufferSize = 1 << 16
		c.TelemetryDisabled = true
		c.UserAgent = strings.TrimSuffix("kith/"+o.Version, "/")
	}, nil
}
