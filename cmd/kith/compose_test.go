package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// composeFile is what this test reads of docker-compose.yml.
type composeFile struct {
	Services map[string]composeService `yaml:"services"`
	Secrets  map[string]struct {
		File string `yaml:"file"`
	} `yaml:"secrets"`
	Volumes map[string]any `yaml:"volumes"`
}

type composeService struct {
	Build struct {
		Dockerfile string `yaml:"dockerfile"`
	} `yaml:"build"`
	Image       string            `yaml:"image"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Secrets     []string          `yaml:"secrets"`
	Healthcheck struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
}

// TestCompose holds docker-compose.yml to what people rely on, without an engine:
// ports on loopback only, secrets from files, data in volumes, probes, and a
// command that kith understands.
func TestCompose(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var c composeFile
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kith", "neo4j"} {
		s, ok := c.Services[name]
		if !ok {
			t.Fatalf("there is no service %s", name)
		}
		if len(s.Ports) == 0 || len(s.Healthcheck.Test) == 0 || len(s.Secrets) == 0 || len(s.Volumes) == 0 {
			t.Errorf("%s lacks ports, a probe, secrets or a volume: %+v", name, s)
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s publishes %s beyond this machine", name, p)
			}
		}
		for _, secret := range s.Secrets {
			if !strings.HasPrefix(c.Secrets[secret].File, "./secrets/") {
				t.Errorf("%s wants the secret %s, which is read from %q", name, secret, c.Secrets[secret].File)
			}
		}
		for _, v := range s.Volumes {
			volume, _, _ := strings.Cut(v, ":")
			if _, ok := c.Volumes[volume]; !ok {
				t.Errorf("%s mounts %s, which is no volume", name, v)
			}
		}
		for key, value := range s.Environment {
			if strings.Contains(strings.ToLower(key), "password") || strings.HasPrefix(value, "neo4j/") {
				t.Errorf("%s has a secret in the environment: %s", name, key)
			}
		}
	}
	service := c.Services["kith"]
	if _, err := os.Stat(filepath.Join(root, service.Build.Dockerfile)); err != nil {
		t.Error(err)
	}
	at := slices.Index(service.Command, "--api-key-file")
	if service.Command[0] != "serve" || at < 0 || service.Command[at+1] != "/run/secrets/"+service.Secrets[0] {
		t.Errorf("kith is started by %q", service.Command)
	}
	// The same command on a folder without data gets as far as the data.
	command := slices.Clone(service.Command)
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command[at+1] = key
	command[slices.Index(command, "--data")+1] = filepath.Join(t.TempDir(), "none")
	_, errs, code := kith(t, command...)
	oneSentence(t, errs, code, exitNothing, "no kith data")
	if image := c.Services["neo4j"].Image; !strings.HasPrefix(image, "neo4j:5.26") {
		t.Errorf("Neo4j is %s", image)
	}
}

func TestAPIKeyFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if key, err := (keyFlags{APIKeyFile: write("key", "  s3cret \nnot this\n")}).key(); err != nil || key != "s3cret" {
		t.Errorf("the key is %q (%v)", key, err)
	}
	for name, f := range map[string]keyFlags{
		"both":    {APIKey: "a", APIKeyFile: "b"},
		"empty":   {APIKeyFile: write("empty", "\n")},
		"missing": {APIKeyFile: filepath.Join(dir, "none")},
	} {
		if _, err := f.key(); err == nil {
			t.Errorf("%s gave a key", name)
		}
	}
	_, errs, code := kith(t, "serve", "--data", dir, "--api-key-file", filepath.Join(dir, "empty"))
	oneSentence(t, errs, code, exitData, "empty line 1", "API key")
	if strings.Contains(errs, "s3cret") {
		t.Error("a key is in an error")
	}
}
