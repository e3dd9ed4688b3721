package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGuide runs every command of the guide, in its order, in one folder.
func TestGuide(t *testing.T) { runDocument(t, "docs/guide.md") }

// TestReadme runs the commands of the README on files such as it speaks of.
func TestReadme(t *testing.T) {
	runDocument(t, "README.md",
		"calls.csv", "caller,callee,start\na,b,2026-01-01T10:00:00Z\nb,c,2026-01-01T11:00:00Z\na,c,2026-01-02T10:00:00Z\n+99900019152,a,2026-01-02T12:00:00Z\n",
		"purchases.csv", "CustomerID,SKU,When,Qty,Each\na,p1,2026-01-01,1,2.50\nb,p1,2026-01-02,2,2.50\nb,p2,2026-01-02,1,9\n",
		"crm.csv", "customer_id,given_name,surname,email\na,Ann,Lee,ann@lee.example\nb,Bob,Orr,bob@orr.example\n",
		"left.csv", "customer,at\nc,2026-01-03T00:00:00Z\n",
	)
}

// runDocument runs the sh blocks of a document: kith commands in this process,
// curl as requests to the server that kith serve started.
func runDocument(t *testing.T, document string, files ...string) {
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(document)))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(files[i], []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	base := ""
	var requests []string
	ran := 0
	for _, line := range shellLines(string(text)) {
		args := words(t, line)
		switch {
		case args[0] == "curl":
			requests = append(requests, line)
		case len(args) > 3 && args[0] == "kith" && args[1] == "serve":
			base = serveForTest(t, args[3])
			ran++
		case args[0] == "kith":
			must(t, args[1:]...)
			ran++
		default:
			t.Errorf("%s has a command that this test does not know: %s", document, line)
		}
	}
	if ran < 5 || base == "" {
		t.Fatalf("%s had %d commands and the server at %q", document, ran, base)
	}
	for _, line := range requests {
		args := words(t, line)
		method := http.MethodGet
		if args[1] == "-X" {
			method = args[2]
		}
		url := strings.Replace(args[len(args)-1], "http://127.0.0.1:8080", base, 1)
		request, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		status := http.StatusOK
		if method == http.MethodPost {
			status = http.StatusAccepted
		}
		answer(t, request, status)
	}
}

// shellLines are the lines of the blocks marked sh.
func shellLines(text string) []string {
	var list []string
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "```sh":
			inside = true
		case line == "```":
			inside = false
		case inside && line != "":
			line, _, _ = strings.Cut(line, " # ") // what a person reads
			list = append(list, line)
		}
	}
	return list
}

// words splits a command line at blanks outside single and double quotes.
func words(t *testing.T, line string) []string {
	t.Helper()
	var list []string
	var word strings.Builder
	quote, started := rune(0), false
	for _, r := range line {
		switch {
		case quote == 0 && (r == '\'' || r == '"'):
			quote, started = r, true
		case r == quote:
			quote = 0
		case quote == 0 && r == ' ':
			if started {
				list = append(list, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if quote != 0 {
		t.Fatalf("an open quote in %s", line)
	}
	if started {
		list = append(list, word.String())
	}
	return list
}
