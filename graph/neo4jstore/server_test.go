package neo4jstore

import (
	"strings"
	"testing"
)

func TestServerInfo(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	info, err := s.Server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(info.Version, "5.") || info.Edition == "" || !strings.Contains(server.URI, info.Address) ||
		info.Database != "neo4j" || info.User != server.User || info.Access != "read-write" {
		t.Errorf("the server says %+v", info)
	}
}
