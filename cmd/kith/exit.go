package main

import (
	"errors"
	"io/fs"

	"kith/api"
	"kith/api/analysis"
	"kith/graph"
	"kith/graph/neo4jstore"
	"kith/loaders"
	"kith/loaders/persons"
)

// Exit codes. Scripts may rely on them.
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitData    = 3
	exitLocked  = 4
	exitNothing = 5
	exitStopped = 130
)

const exitHelp = `Exit codes: 0 done, 1 failed, 2 wrong flags, 3 faulty data or a file that
cannot be read, 4 data folder in use or from a newer version, 5 nothing to work on yet, 130 stopped.`

// errUsage marks flags that do not go together.
var errUsage = errors.New("wrong flags")

func exitCode(err error) int {
	var data *graph.DataError
	var option *loaders.OptionError
	var name api.NameError
	switch {
	case errors.Is(err, errUsage), errors.As(err, &option), errors.As(err, &name):
		return exitUsage
	case errors.As(err, &data), errors.Is(err, fs.ErrNotExist):
		return exitData
	case errors.Is(err, graph.ErrLocked), errors.Is(err, graph.ErrNewer):
		return exitLocked
	case errors.Is(err, graph.ErrNoStore), errors.Is(err, graph.ErrNoRun), errors.Is(err, analysis.ErrEmpty),
		errors.Is(err, neo4jstore.ErrNoNodes), errors.Is(err, errNobody), errors.Is(err, errUnknownCustomer),
		errors.Is(err, persons.ErrNothing):
		return exitNothing
	}
	return exitFailed
}
