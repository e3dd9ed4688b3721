package identity

import "context"

// bridges cuts links that alone hold two groups together (see Group) and makes
// the forest anew where it did.
func (g *grouper) bridges(ctx context.Context) error {
	b := g.newBridger()
	strong := Weight(g.opt.Bridge)
	cut := 0
	for r := range uint32(g.n) {
		if r%(1<<16) == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if b.depth[r] != 0 || g.forest.size[g.forest.root(r)] < 4 {
			continue
		}
		for _, f := range b.search(r) {
			if i := f.link; g.fates[i] == Merged && g.links.Weight[i] < strong && f.below >= 2 && b.reached-f.below >= 2 {
				g.fates[i] = CutAtBridge
				cut++
			}
		}
	}
	if cut == 0 {
		return nil
	}
	g.forest = newForest(g.n)
	for _, p := range g.together {
		g.forest.join(p[0], p[1])
	}
	for i, fate := range g.fates {
		if fate == Merged {
			g.forest.join(g.links.A[i], g.links.B[i])
		}
	}
	return nil
}

// bridger finds bridges by depth-first search (R. E. Tarjan,
// doi:10.1016/0020-0190(74)90003-9), without recursion.
type bridger struct {
	offsets []uint32
	to      []uint32
	link    []int32 // -1 for an override, which can't be cut: its way back is none, and closes a circle
	depth   []uint32
	low     []uint32
	below   []uint32
	stack   []frame
	found   []bridge
	reached uint32 // records of the component searched last
}

type frame struct {
	record, next uint32
	via          int32 // the arc by which it was reached, -1 for the root
}

// bridge is a link and the number of records on its far side.
type bridge struct {
	link  int32
	below uint32
}

// newBridger lists the links that join records of one group, in either direction,
// and the overrides.
func (g *grouper) newBridger() *bridger {
	b := &bridger{offsets: make([]uint32, g.n+1), depth: make([]uint32, g.n), low: make([]uint32, g.n), below: make([]uint32, g.n)}
	inside := func(a, c uint32) bool {
		root := g.forest.root(a)
		return root == g.forest.root(c) && g.forest.size[root] >= 4
	}
	visit := func(f func(a, c uint32, link int32)) {
		for _, p := range g.together {
			if inside(p[0], p[1]) {
				f(p[0], p[1], -1)
			}
		}
		for i := range g.links.A {
			if a, c := g.links.A[i], g.links.B[i]; inside(a, c) && g.fates[i] <= Merged {
				f(a, c, int32(i))
			}
		}
	}
	visit(func(a, c uint32, _ int32) {
		b.offsets[a+1]++
		b.offsets[c+1]++
	})
	for r := range g.n {
		b.offsets[r+1] += b.offsets[r]
	}
	b.to, b.link = make([]uint32, b.offsets[g.n]), make([]int32, b.offsets[g.n])
	next := append([]uint32(nil), b.offsets[:g.n]...)
	visit(func(a, c uint32, link int32) {
		b.to[next[a]], b.link[next[a]] = c, link
		b.to[next[c]], b.link[next[c]] = a, link
		next[a]++
		next[c]++
	})
	return b
}

// search finds the bridges of a record's component.
func (b *bridger) search(from uint32) []bridge {
	b.found, b.stack = b.found[:0], b.stack[:0]
	b.reached = 0
	enter := func(r, depth uint32, via int32) {
		b.depth[r], b.low[r], b.below[r] = depth, depth, 1
		b.reached++
		b.stack = append(b.stack, frame{r, b.offsets[r], via})
	}
	enter(from, 1, -1)
	for len(b.stack) > 0 {
		top := &b.stack[len(b.stack)-1]
		r := top.record
		if top.next < b.offsets[r+1] {
			arc := top.next
			top.next++
			to := b.to[arc]
			switch {
			case top.via >= 0 && b.link[arc] >= 0 && b.link[arc] == b.link[top.via]: // the way back
			case b.depth[to] == 0:
				enter(to, b.depth[r]+1, int32(arc))
			default:
				b.low[r] = min(b.low[r], b.depth[to])
			}
			continue
		}
		via := top.via
		b.stack = b.stack[:len(b.stack)-1]
		if via < 0 {
			break
		}
		parent := b.stack[len(b.stack)-1].record
		b.low[parent] = min(b.low[parent], b.low[r])
		b.below[parent] += b.below[r]
		if b.low[r] > b.depth[parent] {
			b.found = append(b.found, bridge{b.link[via], b.below[r]})
		}
	}
	return b.found
}
