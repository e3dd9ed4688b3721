package loaders

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Exports of many makers and countries are taken for what they are without a flag, or
// refused, and their columns for what they hold. A line "-- name --" begins a file,
// "$ guess" ends it, and the lines behind say what it is taken for.
func TestHouses(t *testing.T) {
	const path = "testdata/guesses/houses.txt"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split("\n"+string(text), "\n-- ")
	var got strings.Builder
	got.WriteString(strings.TrimPrefix(parts[0], "\n") + "\n")
	for _, part := range parts[1:] {
		name, rest, _ := strings.Cut(part, " --\n")
		content, _, ok := strings.Cut(rest, "\n$ guess")
		if !ok {
			t.Fatalf("%s has no $ guess", name)
		}
		got.WriteString("-- " + name + " --\n" + content + "\n$ guess\n")
		src, err := examine(name, write(t, name, content+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		l := &loading{o: &Options{}}
		if err := src.learn(t.Context(), l.o); err != nil {
			t.Fatal(err)
		}
		if err = l.settleKind(src); err == nil {
			l.plan, err = makePlan(src, l.o)
		}
		if err == nil {
			err = l.plan.check()
		}
		if err != nil {
			got.WriteString("error: " + err.Error() + "\n")
			continue
		}
		m := l.plan.mapping()
		var fields []string
		for _, k := range slices.Sorted(maps.Keys(m)) {
			fields = append(fields, k+"="+m[k])
		}
		got.WriteString(string(l.o.Kind) + ": " + strings.Join(fields, ", ") + "\n")
	}
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), got.String()); diff != "" {
		t.Error(diff)
	}
}
