package neo4jtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TLS returns settings for Own and Start by which the server takes encrypted
// connections only, with a certificate for 127.0.0.1 that vouches for itself, and
// the file with that certificate, to trust. The URI of such a server has the
// scheme bolt+ssc.
func TLS(t testing.TB) (settings []string, ca string) {
	t.Helper()
	dir := t.TempDir()
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
	return []string{
		"server.bolt.tls_level=REQUIRED",
		"dbms.ssl.policy.bolt.enabled=true",
		"dbms.ssl.policy.bolt.base_directory=" + dir,
		"dbms.ssl.policy.bolt.private_key=private.key",
		"dbms.ssl.policy.bolt.public_certificate=public.crt",
		"dbms.ssl.policy.bolt.client_auth=NONE",
	}, filepath.Join(dir, "public.crt")
}
