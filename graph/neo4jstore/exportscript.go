package neo4jstore

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// writeScripts writes the command, the schema, and a page that says what to do.
func (e *export) writeScripts() error {
	var b strings.Builder
	b.WriteString(`#!/bin/sh
# Imports this graph into a database of a Neo4j server that is stopped, all at once.
#   sh import.sh                                 into the database neo4j, which must be new
#   sh import.sh --overwrite-destination=true    in the place of what the database holds
# NEO4J_ADMIN names the tool, NEO4J_DATABASE the database.
set -eu
cd "$(dirname "$0")"
exec "${NEO4J_ADMIN:-neo4j-admin}" database import full "${NEO4J_DATABASE:-neo4j}" \
	--id-type=string --bad-tolerance=0 --trim-strings=false --ignore-empty-strings=false \
`)
	name := ""
	for _, s := range separators {
		if s.text == e.arrays {
			name = s.name
		}
	}
	fmt.Fprintf(&b, "\t--array-delimiter='%s' --multiline-fields=%t \\\n", name, e.multiline)
	for _, t := range e.tables {
		// The names of files and labels are our own and need no quotes.
		fmt.Fprintf(&b, "\t%s \\\n", t.files())
	}
	b.WriteString("\t\"$@\"\n")
	if err := e.write("import.sh", b.String(), 0o700); err != nil {
		return err
	}
	known, err := migrations()
	if err != nil {
		return err
	}
	b.Reset()
	b.WriteString("// What a graph of kith is found by. kith makes it when it opens the database;\n" +
		"// run this only where kith does not: cypher-shell -f schema.cypher\n")
	for _, m := range known {
		for _, statement := range m.statements {
			fmt.Fprintf(&b, "%s;\n", statement)
		}
	}
	if err := e.write("schema.cypher", b.String(), 0o600); err != nil {
		return err
	}
	return e.write("README.md", readme, 0o600)
}

const readme = `# A graph of kith for a new Neo4j database

1. Stop the server. The tool wants the database to itself, and to be new.
2. ` + "`sh import.sh`" + ` as the user that the server runs as. Where the database exists and what it holds
   may go, add ` + "`--overwrite-destination=true`" + `.
3. Start the server.
4. ` + "`kith serve --store neo4j://HOST:7687 --data HOUSE`" + ` or any other command with ` + "`--store`" + `: it makes the
   constraints and indexes when it opens the database. Without kith, run ` + "`cypher-shell -f schema.cypher`" + `.

The files hold the data of customers: whoever can read this folder can read them.
`

// done sums up what was written.
func (e *export) done() (*Exported, error) {
	d := &Exported{}
	for _, t := range e.tables {
		if strings.HasPrefix(t.flag, "--nodes") {
			d.Nodes += t.rows
		} else {
			d.Relationships += t.rows
		}
	}
	entries, err := os.ReadDir(e.dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		d.Bytes += info.Size()
		d.Files = append(d.Files, entry.Name())
	}
	slices.Sort(d.Files)
	return d, nil
}
