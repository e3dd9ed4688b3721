package neo4jstore

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// TestServerSettings has a server that asks for TLS and gives transactions
// little memory, and then one that takes no changes.
func TestServerSettings(t *testing.T) {
	settings, ca := neo4jtest.TLS(t)
	server := neo4jtest.Own(t, append(settings, "db.memory.transaction.max=2m")...)
	secure := strings.Replace(server.URI, "bolt+ssc://", "bolt+s://", 1)
	login := Options{User: server.User, Password: server.Password}

	t.Run("TLS", func(t *testing.T) {
		_, stranger := neo4jtest.TLS(t)
		for _, c := range []struct {
			name, uri, ca string
			want          error
			says          string
		}{
			{"vouched for", secure, ca, nil, ""},
			{"with routing", strings.Replace(secure, "bolt+s", "neo4j+s", 1), ca, nil, ""},
			{"nobody vouches", secure, "", ErrUntrusted, "--store-ca"},
			{"another vouches", secure, stranger, ErrUntrusted, "--store-ca"},
			{"another vouches, with routing", strings.Replace(secure, "bolt+s", "neo4j+s", 1), stranger, ErrUntrusted, "--store-ca"},
			{"another name", strings.Replace(secure, "127.0.0.1", "localhost", 1), ca, ErrUntrusted, "another name"},
			{"not encrypted", strings.Replace(secure, "bolt+s", "bolt", 1), "", ErrDown, "use neo4j+s://"},
		} {
			o := login
			o.TLSCAFile = c.ca
			if errors.Is(c.want, ErrDown) {
				o.RetryFor = time.Millisecond
			}
			began := time.Now()
			s, err := Open(t.Context(), c.uri, o)
			if !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
			if wait := time.Since(began); wait > 20*time.Second {
				t.Errorf("%s: it took %v; what is not trusted is not to be tried again and again", c.name, wait)
			}
			if err != nil {
				t.Log(err)
				continue
			}
			if err := s.Check(t.Context()); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			_ = s.Close()
		}
	})

	t.Run("too little memory", func(t *testing.T) {
		s := openEmpty(t, server, Options{})
		began := time.Now()
		err := s.exec(t.Context(), "UNWIND range(1, 100000) AS i WITH collect(i) AS list RETURN size(list)", nil)
		if took := time.Since(began); !errors.Is(err, ErrMemory) || took > 25*time.Second {
			t.Errorf("a transaction that is too large: %v after %v; want ErrMemory without trying again and again", err, took)
		}
		long := func(n int) lists {
			return lists{customers: []graph.Customer{{ID: "long", Attributes: `{"a":"` + strings.Repeat("x", n-8) + `"}`}}}
		}
		err = s.Sync(t.Context(), long(maxText+1), nil)
		if err == nil || strings.Contains(err.Error(), "xxxxxxxxxx") || stored(server)[0] != 0 {
			t.Errorf("Sync of a text that is too long: %v; want an error without the text, and nothing stored", err)
		}
		mustSync(t, s, long(maxText))
	})
	c := crowd{1000, 1}
	t.Run("batches are split", func(t *testing.T) {
		// All changes are one batch, which does not fit.
		s := openEmpty(t, server, Options{})
		mustSync(t, s, c)
		if n := stored(server); n != c.counts() {
			t.Errorf("%v customers, products, calls and purchases, want %v", n, c.counts())
		}
		if err := s.Publish(t.Context(), c.findings("first"), nil); err != nil {
			t.Fatal(err)
		}
		c.mustBeWhole(t, s, server, "first")
	})
	t.Run("read-only", func(t *testing.T) {
		server.Stop()
		server.Start("server.databases.read_only=neo4j")
		s, err := Open(t.Context(), server.URI, login)
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		defer s.Close()
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("Check: %v", err)
		}
		if _, err := s.Read(t.Context(), nil); err != nil {
			t.Errorf("Read: %v", err)
		}
		if run, err := s.Current(t.Context()); err != nil || run.ID != "first" {
			t.Errorf("Current: %+v, %v", run, err)
		}
		if err := s.Sync(t.Context(), crowd{10, 2}, nil); !errors.Is(err, ErrReadOnly) {
			t.Errorf("Sync: %v, want ErrReadOnly", err)
		}
		if err := s.Publish(t.Context(), c.findings("second"), nil); !errors.Is(err, ErrReadOnly) {
			t.Errorf("Publish: %v, want ErrReadOnly", err)
		}
	})
}
