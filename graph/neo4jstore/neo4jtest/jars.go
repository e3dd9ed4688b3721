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

// serverJars returns the folder with the server's jars, resolving them on the
// first call on this machine.
func serverJars(ctx context.Context) (string, error) {
	root, err := os.UserCacheDir()
	if err != nil {
		root = filepath.Join(os.TempDir(), fmt.Sprintf("kith-cache-%d", os.Getuid()))
	}
	return resolve(ctx, filepath.Join(root, "kith"), serverPOM)
}

// resolve fills a folder beneath root with the jars of a POM. The folder is
// named after the POM's Neo4j version and its hash, and appears whole or not at
// all: Maven fills another one beside it, which is then renamed. Processes that
// want the same folder wait for each other.
func resolve(ctx context.Context, root string, pom []byte) (string, error) {
	hash := sha256.Sum256(pom)
	version := "jars"
	if m := regexp.MustCompile(`<neo4j\.version>([0-9.]+)<`).FindSubmatch(pom); m != nil {
		version = string(m[1])
	}
	home := filepath.Join(root, "neo4j-"+version+"-"+hex.EncodeToString(hash[:4]))
	if isDir(home) {
		return home, nil
	}
	turn, err := takeTurn(ctx, home+".lock")
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
	if err := os.WriteFile(file, pom, 0o600); err != nil {
		return "", err
	}
	mvn := exec.CommandContext(ctx, "mvn", "--batch-mode", "--quiet", "--file", file, copyDependencies,
		"-DincludeScope=runtime", "-DoutputDirectory="+half)
	if out, err := mvn.CombinedOutput(); err != nil {
		return "", fmt.Errorf("resolve Neo4j's jars with Maven (is its repository reachable?): %w\n%s", err, tail(string(out), 2000))
	}
	if jars, err := filepath.Glob(filepath.Join(half, "neo4j-server-*.jar")); err != nil || len(jars) != 1 {
		return "", fmt.Errorf("maven ended well but left %d server jars in %s", len(jars), half)
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
