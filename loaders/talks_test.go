package loaders

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Which calls of plain files overlap is found out in Go, and as SQL has it.
func TestTalks(t *testing.T) {
	w := newWays(t)
	r := rand.New(rand.NewPCG(3, 5))
	for n := range 12 {
		var b strings.Builder
		b.WriteString("caller,callee,at,seconds,kind\n")
		seen := map[string]bool{}
		for range 60 {
			kind := []string{"voice", "voice", "voice", "message", "data"}[r.IntN(5)]
			caller := r.IntN(40)
			row := fmt.Sprintf("a%d,a%d,%d,%d,%s\n", caller, (caller+1+r.IntN(39))%40, 1_700_000_000+n*86400+r.IntN(15), r.IntN(3)*r.IntN(9), kind)
			if !seen[row] {
				b.WriteString(row)
			}
			seen[row] = true
		}
		w.load(t, Options{Kind: Calls, Files: []string{write(t, fmt.Sprintf("%d.csv", n), b.String())}})
	}
}
