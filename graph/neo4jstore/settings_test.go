package neo4jstore

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// TestServerSettings has a server that asks for TLS and gives transactions
// little memory, and then one that takes no changes.
func TestServerSettings(t *testing.T) {
	dir := t.TempDir()
	ca := certify(t, dir)
	server := neo4jtest.Own(t,
		"server.bolt.tls_level=OPTIONAL",
		"dbms.ssl.policy.bolt.enabled=true",
		"dbms.ssl.policy.bolt.base_directory="+dir,
		"dbms.ssl.policy.bolt.private_key=private.key",
		"dbms.ssl.policy.bolt.public_certificate=public.crt",
		"dbms.ssl.policy.bolt.client_auth=NONE",
		"db.memory.transaction.max=2m",
	)
	secure := strings.Replace(server.URI, "bolt://", "bolt+s://", 1)
	login := Options{User: server.User, Password: server.Password}

	t.Run("TLS", func(t *testing.T) {
		o := login
		o.TLSCAFile = ca
		s, err := Open(t.Context(), secure, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
		_ = s.Close()
		o.TLSCAFile, o.RetryFor = "", time.Millisecond
		if s, err := Open(t.Context(), secure, o); err == nil {
			_ = s.Close()
			t.Error("a certificate that nobody vouches for was taken")
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

// certify writes a key and a certificate for 127.0.0.1 that vouches for itself,
// and returns the file to trust.
func certify(t *testing.T, dir string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kith test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"private.key": {Type: "PRIVATE KEY", Bytes: secret}, "public.crt": {Type: "CERTIFICATE", Bytes: cert},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "public.crt")
}
