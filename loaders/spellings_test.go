package loaders

import (
	"strings"
	"testing"
)

// Telephone numbers that stand in several ways are told of, with the steps that make
// them one; others are not.
func TestSpellings(t *testing.T) {
	for _, c := range []struct{ name, ids, want string }{
		{"plus, zeros, national", "+48 600 100 200,48600100201\n0048600100200,600100201", `[digits, {strip-prefix: "00"}, {strip-prefix: "48"}] for caller and callee`},
		{"plus and trunk", "+491701234567,1\n01701234567,2", `[digits, {strip-prefix: "49"}, {strip-prefix: "0"}]`},
		{"blanks", "600 100 200,1\n600100200,2", "[digits] for"},
		{"one way", "+48600100200,+48600100201\n+48600100201,+48600100200", ""},
		{"other countries", "+48600100200,1\n+12600100200,2", ""},
		{"no numbers", "a600100200,1\nb600100200,2", ""},
		{"short", "12345678,1\n0012345678,2", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := planOf(t, Calls, "caller,callee\n"+c.ids+"\n")
			notes := strings.Join(p.notes, "\n")
			if told := strings.Contains(notes, "several ways"); told != (c.want != "") || !strings.Contains(notes, c.want) {
				t.Errorf("want %q: %s", c.want, notes)
			}
		})
	}
}
