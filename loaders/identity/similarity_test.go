package identity

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The first three are the examples of Winkler's papers, to four digits.
func TestJaroWinkler(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"MARTHA", "MARHTA", .9611},
		{"DIXON", "DICKSONX", .8133},
		{"DWAYNE", "DUANE", .8400},
		{"", "", 1},
		{"a", "", 0},
		{"a", "a", 1},
		{"ab", "ba", 0}, // the window of two letters is nought
		{"rob", "robert", .8833},
		{"иван", "ивана", .96},
	} {
		if got := jaroWinkler([]rune(c.a), []rune(c.b)); math.Abs(got-c.want) > 5e-5 {
			t.Errorf("Jaro-Winkler of %q and %q is %.4f; want %.4f", c.a, c.b, got, c.want)
		}
	}
}

func TestEditsWithin(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int // at most 2 asked for
	}{
		{"", "", 0}, {"a", "", 1}, {"19710624", "19710524", 1}, {"19710624", "19701624", 1}, {"ca", "abc", 3},
		{"abcdef", "abdcef", 1}, {"abcdef", "badcef", 2}, {"abc", "abcdef", 3}, {"kitten", "sitting", 3}, {"sunday", "saturday", 3}, {"ab", "cd", 2},
	} {
		if got := editsWithin([]byte(c.a), []byte(c.b), 2); got != c.want {
			t.Errorf("edits from %q to %q: %d; want %d", c.a, c.b, got, c.want)
		}
	}
}

// edits is the whole table, as the textbook has it.
func edits(a, b []byte) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestSimilarityLaws(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := []byte(text.Draw(t, "a")), []byte(text.Draw(t, "b"))
		most := rapid.IntRange(1, 3).Draw(t, "most")
		if got, want := editsWithin(a, b, most), min(edits(a, b), most+1); got != want {
			t.Fatalf("%d edits, the whole table says %d", got, want)
		}
		ab, ba := jaroWinkler(a, b), jaroWinkler(b, a)
		if ab < 0 || ab > 1 || (ab == 1) != (string(a) == string(b)) {
			t.Fatalf("similarity %v", ab)
		}
		if len(a) != len(b) && ab != ba { // among equal lengths Jaro is not quite symmetric
			t.Fatalf("%v one way, %v the other", ab, ba)
		}
		limit := rapid.Float64Range(.71, 1).Draw(t, "limit")
		if len(a) > 0 && len(b) > 0 && unlike(a, b, limit) && ab >= limit {
			t.Fatalf("%v is taken to be below %v", ab, limit)
		}
		if runes := jaroWinkler([]rune(string(a)), []rune(string(b))); runes != ab {
			t.Fatalf("%v by bytes, %v by letters", ab, runes)
		}
	})
}
