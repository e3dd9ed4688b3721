package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kith/api"
	"kith/graph"
	"kith/graph/neo4jstore"
)

// shortest is the length in bytes from which an id is looked for byte by byte:
// shorter ones stand in every file by chance.
const shortest = graph.Telling

// prove searches all that the house keeps for ids: each column of each table,
// each file of the data folder byte by byte, and each property in Neo4j.
func (h *house) prove(ctx context.Context, ids []string) (p api.ForgetProof, err error) {
	p = api.ForgetProof{Found: []api.ForgetTrace{}, Notes: []string{}}
	found, columns, err := h.events.Search(ctx, ids)
	if err != nil {
		return p, err
	}
	p.Columns = columns
	for _, f := range found {
		p.Found = append(p.Found, api.ForgetTrace{Where: f.Column, Count: f.Rows, Person: !f.Other})
	}
	if err := h.proveResult(ctx, ids, &p); err != nil {
		return p, err
	}
	if err := h.proveFiles(ctx, ids, &p); err != nil {
		return p, err
	}
	if server, ok := h.store.(*neo4jstore.Store); ok {
		found, err := server.Search(ctx, ids)
		if err != nil {
			return p, err
		}
		p.Neo4J = true
		for _, f := range found {
			p.Found = append(p.Found, api.ForgetTrace{Where: "Neo4j " + f.Place, Count: f.Count, Person: !strings.HasPrefix(f.Place, "Product.")})
		}
		p.Notes = append(p.Notes, "Neo4j keeps what was removed in its transaction logs until they are pruned (db.tx_log.rotation.retention_policy), and in its backups.")
	}
	p.Notes = append(p.Notes, "The files that were loaded, exports and backups are yours to clean.")
	p.Clean = !slices.ContainsFunc(p.Found, func(t api.ForgetTrace) bool { return t.Person })
	return p, nil
}

// proveResult looks for people who asked to be forgotten in the current result.
func (h *house) proveResult(ctx context.Context, ids []string, p *api.ForgetProof) error {
	r, err := h.stored(ctx)
	if errors.Is(err, graph.ErrNoRun) {
		return nil
	}
	if err != nil {
		return err
	}
	marked, err := h.events.Forgotten(ctx)
	if err != nil || marked == nil {
		return err
	}
	for what, names := range map[string]*graph.Names{"customers": r.Customers, "aliases": r.Aliases} {
		for u := range uint32(names.Len()) {
			if marked(names.At(u)) {
				p.Found = append(p.Found, api.ForgetTrace{Where: "result " + r.Run.ID + ", " + what, Count: 1, Person: true})
			}
		}
	}
	for u := range uint32(r.Attributes.Len()) {
		if _, gone := graph.Unmention(r.Attributes.At(u), ids); gone != nil {
			p.Found = append(p.Found, api.ForgetTrace{Where: "result " + r.Run.ID + ", attributes", Count: 1, Person: true})
		}
	}
	return nil
}

// proveFiles searches the files of the data folder byte by byte. In files that
// kith packs itself, texts of others stand side by side without anything between
// them: there an id counts as found only where no other text can be the reason.
func (h *house) proveFiles(ctx context.Context, ids []string, p *api.ForgetProof) error {
	var needles []string
	for _, id := range ids {
		if len(id) >= shortest {
			needles = append(needles, id)
		}
	}
	if len(needles) < len(ids) {
		p.Notes = append(p.Notes, fmt.Sprintf("Ids of fewer than %d characters were looked for in tables, results and rejects, not byte by byte: they stand in every file by chance.", shortest))
	}
	packed := false
	err := filepath.WalkDir(h.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		p.Files++
		name, _ := filepath.Rel(h.dir, path)
		own := name == "kith.duckdb" || strings.HasPrefix(name, "kith.duckdb.") || strings.HasSuffix(name, ".kith")
		n, err := countBytes(path, needles, !own)
		if err != nil {
			return fmt.Errorf("search %s: %w", path, err)
		}
		digits := !slices.ContainsFunc(needles, func(id string) bool { return strings.Trim(id, "+0123456789") != "" })
		if n > 0 && own && digits {
			packed = true
		} else if n > 0 {
			p.Found = append(p.Found, api.ForgetTrace{Where: name, Count: n, Person: true})
		}
		switch filepath.Ext(name) {
		case ".gz", ".zst", ".zip", ".parquet":
			p.Notes = append(p.Notes, name+" is packed and was not searched: remove it if it has the person.")
		}
		return nil
	})
	p.Notes = append(p.Notes, "kith.duckdb packs its texts; it was written anew from tables that do not have the person.")
	if packed {
		p.Notes = append(p.Notes, "The digits of the id stand in kith.duckdb or in the result across neighbouring numbers of others; both were made without the person.")
	}
	return err
}

// countBytes says how often one of the needles stands in a file, as words if that
// is asked.
func countBytes(path string, needles []string, words bool) (n int64, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // a passing file
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	longest := 0
	for _, s := range needles {
		longest = max(longest, len(s)+utf8.UTFMax)
	}
	if longest == 0 {
		return 0, nil
	}
	// Each block begins with the end of the one before. A place counts in the
	// block in which a needle and what stands around it are whole.
	buf := make([]byte, 1<<20+3*longest)
	kept, first := 0, 0
	for {
		got, err := io.ReadFull(f, buf[kept:])
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return n, err
		}
		block := buf[:kept+got]
		last := len(block)
		if !end {
			last -= longest
		}
		for _, s := range needles {
			for at := first; ; at++ {
				next := bytes.Index(block[at:], []byte(s))
				if at += next; next < 0 || at >= last {
					break
				}
				if !words || stands(block, at, len(s)) {
					n++
				}
			}
		}
		if end {
			return n, nil
		}
		// What counts next begins at last, behind some of what counted.
		kept = copy(buf, block[last-longest:])
		first = longest
	}
}

// stands says whether what is at a place has no letter or digit around it.
func stands(block []byte, at, length int) bool {
	letter := func(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	before, _ := utf8.DecodeLastRune(block[:at])
	after, _ := utf8.DecodeRune(block[at+length:])
	return !letter(before) && !letter(after)
}
