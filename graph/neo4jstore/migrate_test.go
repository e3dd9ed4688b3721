package neo4jstore

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseMigration(t *testing.T) {
	text := "// A comment; with a semicolon.\nCREATE (a);\n\nMATCH (n)\n  WHERE n.text = ';x'\nRETURN n;\n"
	m, err := parseMigration("0007_some_name.cypher", text)
	if err != nil {
		t.Fatal(err)
	}
	if m.number != 7 || m.name != "some_name" {
		t.Errorf("number %d, name %q", m.number, m.name)
	}
	if d := cmp.Diff([]string{"CREATE (a)", "MATCH (n)\nWHERE n.text = ';x'\nRETURN n"}, m.statements); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	other, err := parseMigration("0007_some_name.cypher", strings.ReplaceAll(text, "\n", "\r\n"))
	if err != nil || other.checksum != m.checksum {
		t.Errorf("line ends change the checksum: %v", err)
	}
	for _, file := range []string{"init.cypher", "x_init.cypher", "0001.cypher"} {
		if _, err := parseMigration(file, text); err == nil {
			t.Errorf("the name %s was taken", file)
		}
	}
	if _, err := parseMigration("0001_a.cypher", "CREATE (a)"); err == nil {
		t.Error("a statement without an end was taken")
	}
}

// onlyWhereMissing is a statement that sets one property where it is not there.
var onlyWhereMissing = regexp.MustCompile(`(?s)^MATCH [^;]* WHERE (\w+\.\w+) IS NULL AND [^{]*\sCALL \(\w+\) \{ SET (\w+\.\w+) = true \} IN TRANSACTIONS OF 10000 ROWS$`)

func TestMigrationsAreNumberedFromOne(t *testing.T) {
	list, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range list {
		if m.number != int64(i+1) || len(m.statements) == 0 {
			t.Errorf("migration %d: number %d, %d statements", i, m.number, len(m.statements))
		}
		for _, s := range m.statements {
			set := onlyWhereMissing.FindStringSubmatch(s)
			if !strings.Contains(s, "IF NOT EXISTS") && !strings.HasPrefix(s, "MERGE") && (set == nil || set[1] != set[2]) {
				t.Errorf("migration %04d_%s: %q may not run twice", m.number, m.name, s)
			}
		}
	}
}
