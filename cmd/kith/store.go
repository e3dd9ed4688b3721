package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"kith/graph/duckstore"
	"kith/graph/neo4jstore"
)

// storeFlags say where the graph lives.
type storeFlags struct {
	Store             string        `help:"Neo4j server that keeps the graph and the findings, such as neo4j://127.0.0.1:7687, or neo4j+s:// with TLS; the data folder itself when left out." placeholder:"URI"`
	StoreUser         string        `help:"User of the Neo4j server." placeholder:"NAME"`
	StorePassword     string        `help:"Its password. Better in the environment or a file than on the command line." placeholder:"PASSWORD"`
	StorePasswordFile string        `help:"File with its password, read again when the server refuses it, so that it can be changed without a restart." placeholder:"FILE" type:"path"`
	StoreCA           string        `name:"store-ca" help:"PEM file with the certificates that vouch for the Neo4j server; the system's when left out." placeholder:"FILE" type:"path"`
	StoreDatabase     string        `help:"Database of the Neo4j server; the user's home database when left out." placeholder:"NAME"`
	StoreTimeout      time.Duration `help:"How long to go on trying when the Neo4j server does not answer, such as 30s, which is the default." placeholder:"TIME"`
	StorePool         int           `help:"Most connections to the Neo4j server at a time; 7 when left out, 3 at least." placeholder:"N"`

	// folder is how the data folder itself is opened.
	folder duckstore.Options
}

// folderFlags bound what the database of a data folder takes.
type folderFlags struct {
	MemoryGB float64 `name:"memory-gb" help:"Most memory for the database of the data folder, in GB of 1e9 bytes; what needs more goes by way of the disk. Four fifths of the machine's when left out." placeholder:"GB"`
}

func (f folderFlags) options() (duckstore.Options, error) {
	if f.MemoryGB == 0 {
		return duckstore.Options{}, nil
	}
	if f.MemoryGB < 0.25 || math.IsInf(f.MemoryGB, 1) {
		return duckstore.Options{}, fmt.Errorf("%w: the database needs 0.25 GB of memory at least: raise --memory-gb", errUsage)
	}
	return duckstore.Options{Memory: fmt.Sprintf("%.0fMB", f.MemoryGB*1000)}, nil
}

func (f storeFlags) options() neo4jstore.Options {
	o := neo4jstore.Options{
		User: f.StoreUser, Password: f.StorePassword, PasswordFile: f.StorePasswordFile,
		TLSCAFile: f.StoreCA, Database: f.StoreDatabase, PoolSize: f.StorePool, Version: version,
	}
	if f.StoreTimeout > 0 {
		o.RetryFor, o.AcquireTimeout = f.StoreTimeout, f.StoreTimeout
		o.ConnectTimeout = min(f.StoreTimeout, 5*time.Second)
	}
	return o
}

func (f storeFlags) open(ctx context.Context) (*neo4jstore.Store, error) {
	return neo4jstore.Open(ctx, f.Store, f.options())
}
