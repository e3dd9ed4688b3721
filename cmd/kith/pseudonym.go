package main

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"kith/graph"
)

// pseudonyms give customers names that stay the same from export to export and
// tell nothing to who does not have the key.
type pseudonyms struct{ key []byte }

// pseudonymsOf reads the key of a data folder; the first export makes it.
func pseudonymsOf(dir string) (*pseudonyms, error) {
	path := filepath.Join(dir, "export.key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh) // never fails
		text = []byte(hex.EncodeToString(fresh) + "\n")
		var f *os.File
		if f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			_, err = f.Write(text)
			err = errors.Join(err, f.Sync(), f.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the key of pseudonyms: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < 32 {
		return nil, &graph.DataError{File: path, Line: 1, Reason: "is no key of 64 hexadecimal digits: bring it back from a backup, or remove it to give everybody another pseudonym"}
	}
	return &pseudonyms{key}, nil
}

// of is the pseudonym of a customer: 80 bits of HMAC-SHA-256.
func (p *pseudonyms) of(id string) string {
	m := hmac.New(sha256.New, p.key)
	m.Write([]byte(id))
	return "p" + hex.EncodeToString(m.Sum(nil)[:10])
}

// Names of attributes that tell who somebody is: parts of names, and whole ones.
var (
	tellingParts = []string{
		"name", "phone", "mobile", "msisdn", "mail", "address", "street", "postcode", "postal", "zip", "birth", "iban",
		"passport", "imei", "imsi", "login", "customer", "account", "latitude", "longitude", "partner", "contact",
	}
	tellingNames = []string{"id", "tel", "ip", "lat", "lon", "lng", "dob", "ssn", "tax", "url", "user", "house", "cell"}
)

// tells says whether an attribute of this name tells who somebody is.
func tells(name string) bool {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
	return slices.Contains(tellingNames, plain) || slices.ContainsFunc(tellingParts, func(part string) bool { return strings.Contains(plain, part) })
}

// plain is a JSON object of attributes without those that tell who somebody is.
func (p *pseudonyms) plain(object string) string {
	var members map[string]json.RawMessage
	if object == "" || json.Unmarshal([]byte(object), &members) != nil {
		return ""
	}
	for name := range members {
		if tells(name) {
			delete(members, name)
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		return ""
	}
	return string(text)
}

// disguised is a source whose customers have pseudonyms.
type disguised struct {
	graph.Source
	p *pseudonyms
}

// Customers yields the customers in the order of their pseudonyms. It holds all
// of them.
func (d disguised) Customers(ctx context.Context) iter.Seq2[graph.Customer, error] {
	return func(yield func(graph.Customer, error) bool) {
		var all []graph.Customer
		for c, err := range d.Source.Customers(ctx) {
			if err != nil {
				yield(c, err)
				return
			}
			all = append(all, graph.Customer{ID: d.p.of(c.ID), Attributes: d.p.plain(c.Attributes)})
		}
		slices.SortFunc(all, func(a, b graph.Customer) int { return cmp.Compare(a.ID, b.ID) })
		for _, c := range all {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Ties yields the ties between pseudonyms.
func (d disguised) Ties(ctx context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return d.p.ties(k, d.Source.Ties(ctx, k))
}

func (p *pseudonyms) ties(k graph.Kind, ties iter.Seq2[graph.Tie, error]) iter.Seq2[graph.Tie, error] {
	return func(yield func(graph.Tie, error) bool) {
		for t, err := range ties {
			if err == nil {
				t.From = p.of(t.From)
				if k == graph.Called {
					t.To = p.of(t.To)
				}
			}
			if !yield(t, err) {
				return
			}
		}
	}
}
