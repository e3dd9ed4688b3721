package main

import (
	"context"

	"kith/graph"
	"kith/graph/neo4jstore"
)

// storeFlags say where the graph lives.
type storeFlags struct {
	Store             string `help:"Neo4j server that keeps the graph and the findings, such as neo4j://127.0.0.1:7687; the data folder itself when left out." placeholder:"URI"`
	StoreUser         string `help:"User of the Neo4j server." placeholder:"NAME"`
	StorePassword     string `help:"Its password. Better in the environment or a file than on the command line." placeholder:"PASSWORD"`
	StorePasswordFile string `help:"File with its password, read again when the server refuses it, so that it can be changed without a restart." placeholder:"FILE" type:"path"`
	StoreCA           string `name:"store-ca" help:"PEM file with the certificates that vouch for the Neo4j server; the system's when left out." placeholder:"FILE" type:"path"`
	StoreDatabase     string `help:"Database of the Neo4j server; the user's home database when left out." placeholder:"NAME"`
}

func (f storeFlags) open(ctx context.Context) (graph.Store, error) {
	return neo4jstore.Open(ctx, f.Store, neo4jstore.Options{
		User: f.StoreUser, Password: f.StorePassword, PasswordFile: f.StorePasswordFile,
		TLSCAFile: f.StoreCA, Database: f.StoreDatabase, Version: version,
	})
}
