package graph

import "testing"

func TestMentions(t *testing.T) {
	for _, c := range []struct {
		text, id string
		want     bool
	}{
		{"ann", "ann", true},
		{"joanna, ann", "ann", true},
		{"joanna", "ann", false},
		{"ann1", "ann", false},
		{"(+4915)", "+4915", true},
		{"0+49150", "+4915", false},
		{"änn ann", "ann", true},
		{"éann", "ann", false},
		{"", "", false},
		{"x", "", false},
		{"ääää", "ä", false},
	} {
		if got := Mentions(c.text, c.id); got != c.want {
			t.Errorf("Mentions(%q, %q) is %t", c.text, c.id, got)
		}
	}
}
