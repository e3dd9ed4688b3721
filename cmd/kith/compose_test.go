package main

import (
	"maps"
	"os"
	"os/exec"
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
	Profiles    []string          `yaml:"profiles"`
	Entrypoint  []string          `yaml:"entrypoint"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Secrets     []string          `yaml:"secrets"`
	CapDrop     []string          `yaml:"cap_drop"`
	SecurityOpt []string          `yaml:"security_opt"`
	ReadOnly    bool              `yaml:"read_only"`
	DependsOn   map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
	Healthcheck struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
}

func readCompose(t *testing.T) (c composeFile) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCompose holds docker-compose.yml to what people rely on, without an engine:
// both servers without a profile, ports on loopback only, secrets from files that
// the service is given, data in volumes, probes with programs that the images
// have, and an order to start in. What Neo4j makes of its settings is tested in
// deploy/neo4j.
func TestCompose(t *testing.T) {
	root := filepath.Join("..", "..")
	c := readCompose(t)
	for _, name := range []string{"kith", "neo4j"} {
		s := c.Services[name]
		if len(s.Profiles) > 0 || len(s.Ports) == 0 || len(s.Healthcheck.Test) == 0 || len(s.Secrets) == 0 || len(s.Volumes) == 0 {
			t.Errorf("%s has a profile, or lacks ports, a probe, secrets or a volume: %+v", name, s)
		}
	}
	for name, s := range c.Services {
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s publishes %s beyond this machine", name, p)
			}
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret].File != "./secrets/"+secret {
				t.Errorf("%s wants the secret %s, which is read from %q", name, secret, c.Secrets[secret].File)
			}
		}
		for _, v := range s.Volumes {
			volume, _, _ := strings.Cut(v, ":")
			if _, ok := c.Volumes[volume]; !ok && v != "./files:/files:ro" {
				t.Errorf("%s mounts %s, which is no volume", name, v)
			}
		}
		for key, value := range s.Environment {
			secret, file := strings.CutPrefix(value, "/run/secrets/")
			if file && !slices.Contains(s.Secrets, secret) {
				t.Errorf("%s reads %s, which it isn't given", name, value)
			}
			if hidden := strings.Contains(strings.ToLower(key), "password") || strings.Contains(key, "AUTH"); hidden != file {
				t.Errorf("%s has %s=%s in the environment", name, key, value)
			}
		}
		if name != "neo4j" && (!s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || s.Image != "kith") {
			t.Errorf("%s may do more than it needs: %+v", name, s)
		}
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s may gain rights", name)
		}
		for other, d := range s.DependsOn {
			switch healthy := len(c.Services[other].Healthcheck.Test) > 0; {
			case d.Condition == "service_healthy" && healthy, d.Condition == "service_completed_successfully" && !healthy:
			default:
				t.Errorf("%s waits for %s of %s", name, d.Condition, other)
			}
		}
		if s.Environment["KITH_STORE"] != "" && s.DependsOn["neo4j"].Condition != "service_healthy" {
			t.Errorf("%s doesn't wait for Neo4j", name)
		}
	}
	if image := c.Services["neo4j"].Image; image != "neo4j:5.26-community" {
		t.Errorf("Neo4j is %s", image)
	}
	// Neo4j's image has wget and no curl, ours has what its Dockerfile installs.
	dockerfile, err := os.ReadFile(filepath.Join(root, c.Services["kith"].Build.Dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	if probe := c.Services["neo4j"].Healthcheck.Test; probe[0] != "CMD-SHELL" || !strings.HasPrefix(probe[1], "wget ") {
		t.Errorf("Neo4j is probed by %q", probe)
	}
	if probe := c.Services["kith"].Healthcheck.Test; probe[0] != "CMD" || probe[1] != "curl" || !strings.Contains(string(dockerfile), " curl ") {
		t.Errorf("kith is probed by %q", probe)
	}
}

// TestComposeCommands runs what the services run: each command is one that kith
// understands, with the flags and variables that it is given.
func TestComposeCommands(t *testing.T) {
	c := readCompose(t)
	dir := t.TempDir()
	key, password := filepath.Join(dir, "key"), filepath.Join(dir, "password")
	for path, text := range map[string]string{key: "secret\n", password: "secret\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	here := strings.NewReplacer("/run/secrets/kith_api_key", key, "/data/", dir+"/", "/tmp/", dir+"/", "--customers 5000", "--customers 300 --days 20")
	// The demo, line by line, on a smaller operator and without Neo4j.
	script := c.Services["demo"].Command[0]
	verbs := map[string]int{}
	for line := range strings.Lines(script) {
		args := words(t, here.Replace(strings.TrimSpace(line)))
		switch args[0] {
		case "kith":
			must(t, args[1:]...)
			verbs[args[1]]++
		case "mv":
			if err := os.Rename(args[1], args[2]); err != nil {
				t.Fatal(err)
			}
		case "test": // whether there is something already
		default:
			t.Errorf("the demo has a command that this test does not know: %s", line)
		}
	}
	if verbs["simulate"] != 1 || verbs["load"] != len(demoFiles) || verbs["analyze"] != 1 {
		t.Errorf("the demo runs %v", verbs)
	}
	if r := open(t, filepath.Join(dir, "house")); r.Customers.Len() < 250 || r.Levels[0].Count() < 5 {
		t.Errorf("the demo leaves %d customers in %d communities", r.Customers.Len(), r.Levels[0].Count())
	}
	if out, err := exec.CommandContext(t.Context(), "sh", "-n", "-ec", script).CombinedOutput(); err != nil {
		t.Errorf("the demo is no shell script: %s", out)
	}
	// The rest get as far as the store, whose address is made wrong here, or the data.
	for name, value := range c.Services["kith"].Environment {
		t.Setenv(name, strings.ReplaceAll(strings.ReplaceAll(value, "neo4j://", "http://"), "/run/secrets/neo4j_password", password))
	}
	ask := func(args []string, code int, says string) {
		t.Helper()
		args = slices.Clone(args)
		for i := range args {
			args[i] = here.Replace(args[i])
		}
		_, errs, got := kith(t, args...)
		oneSentence(t, errs, got, code, says)
	}
	ask(c.Services["analyze"].Entrypoint[1:], exitFailed, `the scheme "http"`)
	serve := c.Services["kith"].Command
	serve[slices.Index(serve, "--data")+1] = filepath.Join(dir, "none")
	ask(serve, exitNothing, "no kith data")
	if i := slices.Index(serve, "--listen"); serve[0] != "serve" || serve[i+1] != "0.0.0.0:8080" || !slices.Contains(serve, "--api-key-file") {
		t.Errorf("kith is started by %q", serve)
	}
	load := c.Services["load"].Entrypoint
	_, errs, code := kith(t, append(slices.Clone(load[1:3]), dir+"/house", "--as", "calls", dir+"/calls.csv")...)
	if load[0] != "kith" || code != exitData || !strings.Contains(errs, "calls.csv") {
		t.Errorf("%q ended with %d: %s", load, code, errs)
	}
}

// TestSecrets runs the script that writes the secrets of docker-compose.yml.
func TestSecrets(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "secrets.sh"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "deploy", "secrets.sh")
	if err := os.Mkdir(filepath.Dir(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(script, text, 0o600); err != nil {
		t.Fatal(err)
	}
	read := func() map[string]string {
		out, err := exec.CommandContext(t.Context(), "sh", script).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		found := map[string]string{}
		for name := range readCompose(t).Secrets {
			text, err := os.ReadFile(filepath.Join(dir, "secrets", name))
			if err != nil {
				t.Fatal(err)
			}
			found[name] = string(text)
			if strings.Contains(string(out), found[name]) {
				t.Errorf("%s is printed", name)
			}
		}
		return found
	}
	first := read()
	if len(first["kith_api_key"]) != 48 || len(first["neo4j_password"]) != 48 || first["kith_api_key"] == first["neo4j_password"] ||
		first["neo4j_auth"] != "neo4j/"+first["neo4j_password"] {
		t.Errorf("the secrets are %v", first)
	}
	if again := read(); !maps.Equal(first, again) {
		t.Error("the second time there are other secrets")
	}
	if info, err := os.Stat(filepath.Join(dir, "secrets")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of secrets is open: %v", info.Mode())
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
