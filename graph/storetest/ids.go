package storetest

import (
	"fmt"
	"strings"
	"testing"

	"kith/graph"
)

// oddIDs are ids that a careless query, file or index mangles.
var oddIDs = []string{
	" ", "  ", "a ", " a", "\t", "\n", "a\r\nb", "0", "007", "7", "+4915112345678", "-1", "1e3", "1.0", "0x1F", "NULL", "null", "NaN", "true",
	"'", "''", `"`, `""`, "`", "``", `\`, `\\`, `\'`, `\n`, ",", ";", "a,b", "a;b", "a|b", "%", "_", "%s", "$1", "?", ":id", "@id", "{}", "[]", "#", "--", "/*", "*/", "//",
	"'; DROP TABLE graph.ties; --", `"; DELETE FROM graph.customers; --`, "x' OR '1'='1", "1); COMMIT; --",
	"') DETACH DELETE n //", "}) MATCH (n) DETACH DELETE n //", "`]-() DELETE n", "$from",
	"é", "e\u0301", "ÅNGSTRÖM", "ångström", "İstanbul", "ß", "ﬁ", "日本語", "العربية", "😀", "👩‍👩‍👧", "\u200b", "a\u200bb", "\u202e", "\ufeff", "\ufffd", "\U0010ffff",
	"\x01", "\x7f", "a\x1fb", "<script>", "&amp;", "../../etc/passwd", "C:\\x", "https://example.com/?a=b&c=d",
}

// odd is a network in which every odd id is a customer, a product and the end of
// ties of all kinds.
func odd(ids []string) *network {
	n := &network{}
	for i, id := range ids {
		if i%2 == 0 { // the others come from ties alone
			n.customers = append(n.customers, graph.Customer{ID: id, Attributes: fmt.Sprintf(`{"place":"%d"}`, i)})
			n.products = append(n.products, graph.Product{ID: id, Name: id, Category: id, Price: float64(i)})
		}
		next := ids[(i+1)%len(ids)]
		n.ties[graph.Called] = append(n.ties[graph.Called], call(id, next, float64(1+i)))
		n.ties[graph.Bought] = append(n.ties[graph.Bought], bought(id, next, 1, 1))
		n.ties[graph.Viewed] = append(n.ties[graph.Viewed], graph.Tie{From: next, To: id, Weight: 2, Count: 2})
	}
	return n
}

func (s suite) oddIDs(t *testing.T) {
	store := s.open(t)
	n := odd(oddIDs)
	for range 2 { // the second finds each of them again
		mustSync(t, store, n)
		mustHold(t, store, expected(n))
	}
	f := findings("odd")
	f.Communities, f.customers, f.memberships, f.preferences = nil, nil, nil, nil // each id once
	for _, id := range oddIDs {
		f.Communities = append(f.Communities, graph.CommunityFinding{ID: id, Leader: id, Disseminator: id})
		f.customers = append(f.customers, graph.CustomerFinding{ID: id, Community: id, Role: id})
		f.memberships = append(f.memberships, graph.Membership{Customer: id, Community: id, Degree: 1})
		f.preferences = append(f.preferences, graph.Preference{Community: id, Product: id, Supporters: 9})
	}
	s.mustPublish(t, store, f)
}

// limits tries ids that some stores cannot keep; those must say so.
func (s suite) limits(t *testing.T) {
	for _, c := range []struct {
		name   string
		refuse bool
		ids    []string
	}{
		{"NUL", s.deviates(NoNUL), []string{"\x00", "a\x00", "a\x00b", "a", "ab", "\x00\x00"}},
		{"10,000 bytes", s.deviates(NoLongIDs), []string{
			strings.Repeat("x", 10_000), strings.Repeat("x", 10_001), strings.Repeat("x", 10_000) + "y", strings.Repeat("日", 3_334), "x",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := s.open(t)
			mustSync(t, store, small())
			n := odd(c.ids)
			if c.refuse {
				mustRefuse(t, store, n, nil)
				return
			}
			mustSync(t, store, n)
			mustHold(t, store, expected(n))
		})
	}
}
