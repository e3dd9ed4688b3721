package neo4jtest

import (
	"context"
	"fmt"
	"os"
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

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
