package neo4jtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A server spends half of its start on reading and checking its classes.
// A JVM can write down what came of that when it ends, and the next ones map the
// file (JEP 350, class-data sharing). It lies beside the jars; a JVM that it does
// not fit does without it.

// classes names the file for the jars of a folder.
func classes(jars string) string { return jars + ".jsa" }

// shareClasses makes the file on the first call on this machine: it runs a server
// beneath the run folder once.
func shareClasses(ctx context.Context, run, jars string) error {
	if isFile(classes(jars)) {
		return nil
	}
	turn, _, err := takeTurn(ctx, jars+".lock")
	if err != nil {
		return err
	}
	defer turn.end()
	if isFile(classes(jars)) {
		return nil
	}
	half := classes(jars) + ".new"
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	s, err := create(run, jars, forTests)
	if err != nil {
		return err
	}
	defer s.discard()
	s.profile.java = append([]string{"-XX:ArchiveClassesAtExit=" + half}, s.profile.java...)
	if err := s.start(ctx, nil); err != nil {
		return err
	}
	s.stop()
	if !isFile(half) {
		return fmt.Errorf("java left no %s", half)
	}
	return os.Rename(half, classes(jars))
}

// leashClasses returns the folder with what Leash.java is compiled to, and compiles
// it on the first call on this machine: a JVM that is given the source starts a
// compiler before the server.
func leashClasses(ctx context.Context, jars string) (string, error) {
	sum := sha256.Sum256(leashJava)
	dir := jars + "-leash-" + hex.EncodeToString(sum[:4])
	if isDir(dir) {
		return dir, nil
	}
	turn, _, err := takeTurn(ctx, dir+".lock")
	if err != nil {
		return "", err
	}
	defer turn.end()
	if isDir(dir) {
		return dir, nil
	}
	half := dir + ".new"
	if err := os.RemoveAll(half); err != nil {
		return "", err
	}
	if err := os.Mkdir(half, 0o700); err != nil {
		return "", err
	}
	source := filepath.Join(half, "Leash.java")
	if err := os.WriteFile(source, leashJava, 0o600); err != nil {
		return "", err
	}
	all, err := filepath.Glob(filepath.Join(jars, "*.jar"))
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, "java", "--module", "jdk.compiler/com.sun.tools.javac.Main",
		"--release", "17", "-cp", strings.Join(all, string(os.PathListSeparator)), "-d", half, source).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("compile Leash.java: %w\n%s", err, tail(string(out), 2000))
	}
	return dir, os.Rename(half, dir)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
