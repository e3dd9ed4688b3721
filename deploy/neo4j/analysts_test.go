package neo4j_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"kith/graph/neo4jstore"
	"kith/graph/neo4jstore/neo4jtest"

	pack "kith/deploy/neo4j"
)

// TestAnalysts asks all favourites about real data, in a database with the settings
// of docker-compose.yml, holds the answers against the Result, and looks at one of
// them in Neo4j Browser.
func TestAnalysts(t *testing.T) {
	home := files(t)
	var settings []string
	for name, value := range composeSettings(t) {
		if strings.HasPrefix(name, "server.memory.") {
			continue // the test server has less
		}
		settings = append(settings, name+"="+strings.ReplaceAll(value, pack.Home, home))
	}
	// In a container the server has another name than it thinks.
	settings = append(settings, "server.bolt.advertised_address=elsewhere.invalid:7687")
	server := neo4jtest.Own(t, settings...)

	t.Run("settings", func(t *testing.T) { settingsHold(t, server, home) })
	t.Run("purchases", func(t *testing.T) {
		a := sit(t, wholesaler(t, server))
		a.askCommon(t)
		a.askBuyers(t)
	})
	t.Run("calls", func(t *testing.T) {
		h, list := students(t, server)
		a := sit(t, h)
		a.askCommon(t)
		a.askCallers(t, list)
		t.Run("browser", func(t *testing.T) { browse(t, chromium(t), a) })
	})
}

// composeSettings are the settings that docker-compose.yml gives to Neo4j, as the
// image turns variables into them: an underscore is a dot, two are an underscore.
func composeSettings(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct {
			Environment map[string]string `yaml:"environment"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal(text, &compose); err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{}
	for name, value := range compose.Services["neo4j"].Environment {
		name, ok := strings.CutPrefix(name, "NEO4J_")
		if !ok {
			t.Errorf("Neo4j's image takes no variable %s", name)
		}
		if name != "AUTH_FILE" {
			settings[strings.ReplaceAll(strings.ReplaceAll(name, "_", "."), "..", "_")] = value
		}
	}
	if settings["server.config.strict_validation.enabled"] != "true" || len(settings) < 6 {
		t.Errorf("the settings are %v", settings)
	}
	return settings
}

// settingsHold sees that the server knows the settings as they were meant, and that
// kith finds it by the address that it was given and not by the advertised one.
func settingsHold(t *testing.T, server *neo4jtest.Server, home string) {
	known := map[string]string{}
	for _, r := range server.Run("SHOW SETTINGS YIELD name, value", nil) {
		name, _ := r.Values[0].(string)
		known[name], _ = r.Values[1].(string)
	}
	for name, want := range composeSettings(t) {
		want = strings.ReplaceAll(want, pack.Home, home)
		if got, ok := known[name]; !ok || !strings.HasPrefix(name, "server.memory.") && got != want {
			t.Errorf("%s is %q (%t), want %q", name, got, ok, want)
		}
	}
	store, err := neo4jstore.Open(t.Context(), strings.Replace(server.URI, "bolt://", "neo4j://", 1),
		neo4jstore.Options{User: server.User, Password: server.Password})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Read(t.Context(), nil); err != nil {
		t.Errorf("the address that a container has: %v", err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}
