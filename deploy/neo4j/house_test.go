package neo4j_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/api/analysis"
	"kith/graph/duckstore"
	"kith/graph/neo4jstore"
	"kith/graph/neo4jstore/neo4jtest"
	"kith/loaders"
)

// house is real data, loaded and analysed with its graph in Neo4j.
type house struct {
	server *neo4jtest.Server
	store  *neo4jstore.Store
	result *analysis.Result
}

// input is one file of a house.
type input struct{ kind, path string }

// events is the event store as an analysis wants it.
type events struct{ *duckstore.Store }

func (e events) Inputs(ctx context.Context) ([]analysis.Input, error) {
	imports, err := e.Imports(ctx)
	inputs := make([]analysis.Input, len(imports))
	for i, m := range imports {
		inputs[i] = analysis.Input{Kind: m.Kind, File: m.File, Hash: m.Hash, Rows: m.Accepted}
	}
	return inputs, err
}

// open loads files, analyses them and writes the result into the server's
// database, which it empties first.
func open(t *testing.T, server *neo4jtest.Server, inputs ...input) house {
	t.Helper()
	ctx := t.Context()
	server.Run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS", nil)
	store, err := neo4jstore.Open(ctx, server.URI, neo4jstore.Options{User: server.User, Password: server.Password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	dir := filepath.Join(t.TempDir(), "data")
	st, err := duckstore.Open(ctx, dir, duckstore.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, in := range inputs {
		kind, err := loaders.KindOf(in.kind)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := loaders.Load(ctx, st, loaders.Options{Kind: kind, Files: []string{in.path}}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := analysis.Analyze(ctx, store, events{st}, analysis.Options{Seed: 1, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Publish(ctx, store, filepath.Join(dir, "results"), r, nil); err != nil {
		t.Fatal(err)
	}
	return house{server, store, r}
}

// message is one line of the messages among students, which stand in for calls.
type message struct {
	from, to string
	at       time.Time
}

// messages reads the first days of the file by this test's own means, and writes
// them to a file of their own.
func messages(t *testing.T, path string, days int) (file string, list []message) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for lines := bufio.NewScanner(f); lines.Scan(); {
		word := strings.Fields(lines.Text())
		seconds, err := strconv.ParseInt(word[2], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		m := message{word[0], word[1], time.Unix(seconds, 0).UTC()}
		if len(list) > 0 && m.at.Sub(list[0].at) > time.Duration(days)*24*time.Hour {
			break
		}
		list = append(list, m)
		b.WriteString(lines.Text() + "\n")
	}
	file = filepath.Join(t.TempDir(), "messages.txt")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, list
}

// silent writes a file of those who were active often enough and then fell silent
// for the last days of the data, as of their last activity.
func silent(t *testing.T, active map[string][]time.Time, often, days int) string {
	t.Helper()
	var end time.Time
	for _, at := range active {
		for _, a := range at {
			if a.After(end) {
				end = a
			}
		}
	}
	var b strings.Builder
	b.WriteString("customer,at\n")
	for _, who := range slices.Sorted(maps.Keys(active)) {
		at := active[who]
		last := at[0]
		for _, a := range at {
			if a.After(last) {
				last = a
			}
		}
		if len(at) >= often && end.Sub(last) > time.Duration(days)*24*time.Hour {
			fmt.Fprintf(&b, "%s,%s\n", who, last.Format(time.RFC3339))
		}
	}
	path := filepath.Join(t.TempDir(), "churn.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// abroad writes a file of a wholesaler's purchases from some countries, and tells
// when each customer bought.
func abroad(t *testing.T, path string) (file string, bought map[string][]time.Time) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "purchases.csv")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	r, w := csv.NewReader(z), csv.NewWriter(out)
	bought = map[string][]time.Time{}
	for n := 0; ; n++ {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && (row[6] == "" || !slices.Contains([]string{"Germany", "France", "EIRE", "Belgium", "Spain"}, row[7])) {
			continue
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			at, err := time.Parse(time.DateTime, row[4])
			if err != nil {
				t.Fatal(err)
			}
			bought[row[6]] = append(bought[row[6]], at)
		}
	}
	if w.Flush(); w.Error() != nil {
		t.Fatal(w.Error())
	}
	return file, bought
}
