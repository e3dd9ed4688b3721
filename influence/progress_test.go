package influence_test

import (
	"context"
	"testing"

	"kith/graph"
	"kith/influence"
)

// TestProgressGoesToTheEnd: whoever waits for a count on a large network sees it come
// nearer, up to all of the vertices, on one thread and on several.
func TestProgressGoesToTheEnd(t *testing.T) {
	const n = 1 << 19
	var ties []graph.Arc
	for v := range uint32(n - 2) {
		ties = append(ties, graph.Arc{From: v, To: v + 1}, graph.Arc{From: v, To: v + 2})
	}
	g := build(t, n, true, ties)
	for name, run := range map[string]func(graph.Progress) error{
		"k-core":            func(p graph.Progress) error { _, err := influence.KCore(context.Background(), g, p); return err },
		"components":        func(p graph.Progress) error { g.Components(p); return nil },
		"strong components": func(p graph.Progress) error { g.StrongComponents(p); return nil },
		"triangles": func(p graph.Progress) error {
			_, err := influence.CountTriangles(context.Background(), g, 3, p)
			return err
		},
	} {
		last, told := int64(0), 0
		err := run(func(stage string, done, total int64) {
			if stage != name || done < last || total != n {
				t.Errorf("%s: after %d comes %s, %d of %d", name, last, stage, done, total)
			}
			if done > last {
				told++
			}
			last = done
		})
		if err != nil || last != n || told < 2 {
			t.Errorf("%s: %d of %d vertices after %d reports; %v", name, last, n, told, err)
		}
	}
}
