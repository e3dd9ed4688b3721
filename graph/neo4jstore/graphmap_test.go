package neo4jstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/graph"
)

const smallMap = `
customers:
  labels: Person
  id: name
calls:
  - type: KNOWS
`

func TestMapIsStrict(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "customers:\n  labels: Person\n  id: name\n  naem: x\ncalls:\n  - type: KNOWS\n", `m.yaml line 4, column 3: unknown field "naem"`},
		{"unknown key in a tie", strings.TrimSpace(smallMap) + "\n    wieght: x\n", `m.yaml line 6, column 5: unknown field "wieght"`},
		{"same key twice", "customers:\n  labels: Person\n  id: name\n  id: name\n", `m.yaml line 4, column 3: `},
		{"no YAML", "customers: [", `m.yaml line 1, column 12: `},
		{"empty", "# nothing\n", `m.yaml line 1: is empty`},
		{"two documents", smallMap + "---\n" + smallMap, `several documents`},
		{"wrong kind", "customers: Person\n", `m.yaml line 1, column 12: `},
		{"no labels", "customers:\n  id: name\n", "customers lack labels"},
		{"empty label", "customers:\n  labels: [Person, '']\n  id: name\n", "customers lack labels"},
		{"no id", "customers:\n  labels: Person\n", "The server's own numbers will not do"},
		{"no ties", "customers:\n  labels: Person\n  id: name\n", "customers have no ties"},
		{"no type", "customers:\n  labels: Person\n  id: name\ncalls:\n  - weight: w\n", "m.yaml line 5, column 11: calls[0] lacks type"},
		{"direction", smallMap + "    direction: left\n", `m.yaml line 7, column 16: calls[0].direction is "left": use out, in or both`},
		{"second step without type", smallMap + "    then: {direction: in}\n", "calls[0].then lacks type"},
		{"direction of the second step", smallMap + "    then: {type: X, direction: up}\n", `calls[0].then.direction is "up"`},
		{"factor", smallMap + "    factor: -1\n", "calls[0].factor is -1"},
		{"default without weight", smallMap + "    default: 1\n", "no weight is named"},
		{"negative default", smallMap + "    weight: w\n    default: -1\n", "calls[0].default is -1"},
		{"amount of calls", smallMap + "    amount: x\n", "is for purchases only"},
		{"purchases without products", smallMap + "purchases:\n  - type: BOUGHT\n", "purchases lead to products, but the map has none"},
		{"attribute twice", "customers:\n  labels: Person\n  id: name\n  attributes: [a, a]\n", "there twice"},
		{"filter without property", smallMap + "    where:\n      - equals: 1\n", "lacks property"},
		{"filter without value", smallMap + "    where:\n      - property: x\n", "needs one of equals"},
		{"filter with two", smallMap + "    where:\n      - {property: x, equals: 1, exists: true}\n", "needs one of equals"},
		{"filter with a list", smallMap + "    where:\n      - {property: x, equals: [1]}\n", "use texts, numbers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseMap("m.yaml", []byte(c.text))
			var fault *graph.DataError
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has several lines: %s", err)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "m.yaml")
	if err := os.WriteFile(file, []byte(smallMap), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := ReadMap(file)
	if err != nil || len(m.Customers.Labels) != 1 || m.Customers.Labels[0] != "Person" || m.Calls[0].Type != "KNOWS" {
		t.Errorf("the small map is %+v, %v", m, err)
	}
	if _, err := ReadMap(file + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a map that is not there gives %v", err)
	}
}
