package graph

import (
	"slices"
	"testing"
)

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

func TestUnmention(t *testing.T) {
	const object = `{"age":40,"friends":["+4915177","x"],"name":"Bo <b>","note":"see +4915177.","of +4915177":1,"other":"+49151770"}`
	got, gone := Unmention(object, []string{"+4915177", "40"})
	if want := `{"age":40,"name":"Bo <b>","other":"+49151770"}`; got != want || !slices.Equal(gone, []string{"friends", "note", "of +4915177"}) {
		t.Errorf("%s without %q, want %s", got, gone, want)
	}
	// émile has five characters in six bytes, which is too few to be telling.
	for _, same := range []string{"", "{}", "+4915177", `{"name":"+49151770"}`, `{"name":"émile"}`} {
		if got, gone := Unmention(same, []string{"+4915177", "émile"}); got != same || gone != nil {
			t.Errorf("%s became %s", same, got)
		}
	}
}
