package neo4jtest

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed pom.xml
var serverPOM []byte

//go:embed gds.xml
var gdsPOM []byte

// bundle is a set of jars that Maven resolves.
type bundle struct {
	name    string
	pom     []byte
	version string // names the property of the POM that has it
	proof   string // matches one jar when all went well
	args    []string
	// tidy changes the folder before it appears; nil leaves it.
	tidy func(dir string) error
}

func serverBundle() bundle {
	return bundle{name: "neo4j", pom: serverPOM, version: "neo4j.version", proof: "neo4j-server-*.jar"}
}

// gdsBundle is the plugin Graph Data Science, less what the server has in the
// folder jars.
func gdsBundle(jars string) bundle {
	return bundle{
		name: "gds", pom: gdsPOM, version: "gds.version", proof: "org.neo4j.gds.proc-[0-9]*.jar",
		args: []string{"-Dmdep.prependGroupId=true"},
		tidy: func(dir string) error { return removeTwins(dir, jars) },
	}
}

// removeTwins removes jars from dir whose artifact the server has too, as two
// versions of one do not go together. The plugin's own artifacts stay: one has the
// name of an artifact of the server's but another content.
func removeTwins(dir, server string) error {
	theirs, err := filepath.Glob(filepath.Join(server, "*.jar"))
	if err != nil {
		return err
	}
	mine, err := filepath.Glob(filepath.Join(dir, "*.jar"))
	if err != nil {
		return err
	}
	for _, jar := range mine {
		name := artifact(jar) // group.artifact
		if strings.HasPrefix(name, "org.neo4j.gds.") {
			continue
		}
		for _, their := range theirs {
			if strings.HasSuffix(name, "."+artifact(their)) {
				if err := os.Remove(jar); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// artifact is the name of a jar without its version.
func artifact(jar string) string {
	return regexp.MustCompile(`-[0-9][0-9A-Za-z.+-]*$`).ReplaceAllString(strings.TrimSuffix(filepath.Base(jar), ".jar"), "")
}

// copyDependencies is the Maven goal that puts a POM's jars into one folder.
const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"

// errNoTools says that this machine cannot run the server.
var errNoTools = errors.New("a Neo4j server for tests needs a JDK (java, 17 or newer) and Maven (mvn) on the PATH, or KITH_TEST_NEO4J=bolt://user:password@host:port")

// haveTools tells whether java and mvn are there.
func haveTools() error {
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%w: %w", errNoTools, err)
		}
	}
	return nil
}

// cached returns the folder with the jars of a bundle, resolving them on the
// first call on this machine.
func cached(ctx context.Context, b bundle) (string, error) {
	root, err := os.UserCacheDir()
	if err != nil {
		root = filepath.Join(os.TempDir(), fmt.Sprintf("kith-cache-%d", os.Getuid()))
	}
	return resolve(ctx, filepath.Join(root, "kith"), b)
}

// resolve fills a folder beneath root with the jars of a bundle. The folder is
// named after the bundle, its version and the hash of its POM, and appears whole
// or not at all: Maven fills another one beside it, which is then renamed.
// Processes that want the same folder wait for each other.
func resolve(ctx context.Context, root string, b bundle) (string, error) {
	hash := sha256.Sum256(b.pom)
	version := "jars"
	if m := regexp.MustCompile(`<` + regexp.QuoteMeta(b.version) + `>([0-9.]+)<`).FindSubmatch(b.pom); m != nil {
		version = string(m[1])
	}
	home := filepath.Join(root, b.name+"-"+version+"-"+hex.EncodeToString(hash[:4]))
	if isDir(home) {
		return home, nil
	}
	turn, _, err := takeTurn(ctx, home+".lock")
	if err != nil {
		return "", err
	}
	defer turn.end()
	if isDir(home) {
		return home, nil
	}

	// What an interrupted call left is of no use.
	half := home + ".new"
	if err := os.RemoveAll(half); err != nil {
		return "", err
	}
	if err := os.MkdirAll(half, 0o700); err != nil {
		return "", err
	}
	file := filepath.Join(half, "pom.xml")
	if err := os.WriteFile(file, b.pom, 0o600); err != nil {
		return "", err
	}
	args := append([]string{"--batch-mode", "--quiet", "--file", file, copyDependencies,
		"-DincludeScope=runtime", "-DoutputDirectory=" + half}, b.args...)
	if out, err := exec.CommandContext(ctx, "mvn", args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("resolve the jars of %s with Maven (is its repository reachable?): %w\n%s", b.name, err, tail(string(out), 2000))
	}
	if jars, err := filepath.Glob(filepath.Join(half, b.proof)); err != nil || len(jars) != 1 {
		return "", fmt.Errorf("maven ended well but left %d jars %s in %s", len(jars), b.proof, half)
	}
	if b.tidy != nil {
		if err := b.tidy(half); err != nil {
			return "", err
		}
	}
	if err := os.Rename(half, home); err != nil {
		return "", err
	}
	return home, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// tail is the end of a text, at most so many bytes of it.
func tail(s string, n int) string {
	s = strings.TrimSpace(s)
	if len(s) > n {
		s = "…" + strings.ToValidUTF8(s[len(s)-n:], "")
	}
	return s
}
