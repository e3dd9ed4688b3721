package analysis

import (
	"context"
	"fmt"

	"kith/community"
	"kith/graph"
)

// projectionNeighbours is how many of the most alike customers a customer is
// tied to when ties have to come from purchases.
const projectionNeighbours = 20

// The places that ties come from.
const (
	basisCalls     = "calls"
	basisPurchases = "purchases"
)

// findTies chooses the graph that communities are found in: who calls whom, or,
// where the house has no calls, who buys alike.
func (r *run) findTies(ctx context.Context) (err error) {
	if r.net.Calls.Arcs() > 0 {
		r.basis = basisCalls
		r.ties, err = r.net.Calls.Symmetric(ctx, graph.MergeSum, r.o.Threads)
		return err
	}
	r.basis = basisPurchases
	alike, _, err := graph.Project(ctx, r.net.Bought, graph.ProjectOptions{K: projectionNeighbours, Threads: r.o.Threads, Progress: r.o.Progress})
	if err != nil {
		return err
	}
	r.ties, err = alike.Symmetric(ctx, graph.MergeMax, r.o.Threads)
	return err
}

// communities finds the levels and who is in them.
func (r *run) communities(ctx context.Context) error {
	if err := r.findTies(ctx); err != nil {
		return err
	}
	nested, err := community.Nested(ctx, r.ties, community.NestedOptions{
		Options: community.Options{Seed: r.o.Seed, Threads: r.o.Threads, Progress: r.o.Progress},
		MaxSize: r.o.MaxCommunity,
	})
	if err != nil {
		return err
	}
	top := nested.Top()
	if r.Run.Quality["modularity"], err = community.Modularity(r.ties, top, 1); err != nil {
		return err
	}
	leaf := nested.Levels[0]
	if r.Run.Quality["modularity_finest"], err = community.Modularity(r.ties, leaf, 1); err != nil {
		return err
	}
	for i, p := range nested.Levels {
		l := level(i, p)
		if l.Count() == 0 && i > 0 {
			break
		}
		r.Levels = append(r.Levels, l)
		r.partitions = append(r.partitions, p)
	}
	for i := range len(r.Levels) - 1 {
		r.Levels[i].Parent = parents(&r.Levels[i], &r.Levels[i+1])
	}
	r.Run.Quality["communities"] = float64(r.Levels[0].Count())
	return r.memberships(leaf)
}

// level makes the columns of one partition. A customer alone is in no
// community; as partitions are numbered by falling size, the communities that
// stay keep their numbers.
func level(number int, p community.Partition) Level {
	sizes := p.Sizes()
	count := 0
	for count < len(sizes) && sizes[count] > 1 {
		count++
	}
	l := Level{Of: make([]uint32, len(p.Of)), Size: sizes[:count:count], MemberOffsets: make([]uint64, count+1)}
	ids := make([]string, count)
	for c := range count {
		ids[c] = fmt.Sprintf("c%d-%d", number, c)
		l.MemberOffsets[c+1] = l.MemberOffsets[c] + uint64(sizes[c])
	}
	l.IDs = graph.NamesOf(ids)
	l.Members = make([]uint32, l.MemberOffsets[count])
	next := append([]uint64(nil), l.MemberOffsets[:count]...)
	for v, c := range p.Of {
		if int(c) >= count {
			l.Of[v] = None
			continue
		}
		l.Of[v] = c
		l.Members[next[c]] = uint32(v)
		next[c]++
	}
	return l
}

// parents names the community of the coarser level that holds each community.
func parents(fine, coarse *Level) []uint32 {
	up := make([]uint32, fine.Count())
	for c := range up {
		up[c] = coarse.Of[fine.MembersOf(uint32(c))[0]]
	}
	return up
}
