package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"kith/api/analysis"
	"kith/graph"
)

// snapshot is a Result with what handlers need to read it fast. It is immutable.
type snapshot struct {
	*analysis.Result
	etag       string
	etagHeader []string // etag as the value of a header
	// callers are the arcs of Calls turned round; nil without Calls.
	callers *graph.Graph
	// places finds a community by its id.
	places map[string]place
	// orders has, for each level and sort, the communities from the highest.
	orders []map[CommunitySort][]uint32
	// products has each product as the JSON object of a recommendation,
	// productNames what a person calls it, as the inside of a JSON string.
	products, productNames *graph.Names
	// communities has the id of each community of each level, quoted.
	communities []*graph.Names
	gone        int
	// recent is what has happened since.
	recent atomic.Pointer[recent]
}

// place is a community: its number within its level.
type place struct {
	level     int
	community uint32
}

// newSnapshot checks the Result and prepares what handlers need beside it.
func newSnapshot(ctx context.Context, r *analysis.Result, build string) (*snapshot, error) {
	if err := r.Check(); err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	s := &snapshot{Result: r, etag: etagOf(r.Run.ID, build), places: make(map[string]place)}
	s.etagHeader = []string{s.etag}
	s.recent.Store(newRecent(r.Customers.Len()))
	if r.Calls != nil {
		var err error
		if s.callers, err = r.Calls.Transpose(ctx, runtime.GOMAXPROCS(0)); err != nil {
			return nil, fmt.Errorf("publish: find the callers: %w", err)
		}
	}
	for i := range r.Levels {
		l := &r.Levels[i]
		quoted := graph.NamesOf(nil)
		for c := range uint32(l.Count()) {
			id := l.IDs.At(c)
			if before, taken := s.places[id]; taken {
				return nil, fmt.Errorf("publish: levels %d and %d both have a community %q", before.level, i, id)
			}
			s.places[id] = place{i, c}
			quoted.Append(string(appendQuoted(nil, id)))
		}
		s.communities = append(s.communities, quoted)
		s.orders = append(s.orders, ordersOf(l))
	}
	s.products, s.productNames = graph.NamesOf(nil), graph.NamesOf(nil)
	for p := range uint32(r.Products.Len()) {
		s.products.Append(string(appendProduct(nil, r.Products.At(p), &r.Catalogue[p])))
		name := r.Catalogue[p].Name
		if name == "" {
			name = r.Products.At(p)
		}
		quoted := appendQuoted(nil, name)
		s.productNames.Append(string(quoted[1 : len(quoted)-1]))
	}
	for _, gone := range r.Gone {
		if gone {
			s.gone++
		}
	}
	return s, nil
}

// etagOf is a strong validator: the bytes of an answer follow from the Result
// and from the code that renders it.
func etagOf(run, build string) string {
	sum := sha256.Sum256([]byte(build))
	return `"` + run + "-" + hex.EncodeToString(sum[:4]) + `"`
}

// etagWith is the validator of an answer that has v beside the Result.
func etagWith(etag string, v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return strings.TrimSuffix(etag, `"`) + "-" + hex.EncodeToString(sum[:4]) + `"`, nil
}

// matches says whether one of the validators of If-None-Match is the etag.
func matches(headers []string, etag string) bool {
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			if strings.TrimPrefix(strings.TrimSpace(part), "W/") == etag {
				return true
			}
		}
	}
	return false
}

// ordersOf sorts the communities of a level by each figure, the highest first,
// ties by size, then by number.
func ordersOf(l *analysis.Level) map[CommunitySort][]uint32 {
	size := make([]float64, l.Count())
	for c := range size {
		size[c] = float64(l.Size[c])
	}
	orders := make(map[CommunitySort][]uint32)
	for sort, column := range map[CommunitySort][]float64{
		CommunitySortRisk: l.Risk, CommunitySortSize: size, CommunitySortExpectedLoss: l.ExpectedLoss, CommunitySortDensity: l.Density,
	} {
		order := make([]uint32, l.Count())
		for c := range order {
			order[c] = uint32(c)
		}
		slices.SortFunc(order, func(a, b uint32) int {
			return cmp.Or(cmp.Compare(column[b], column[a]), cmp.Compare(size[b], size[a]), cmp.Compare(a, b))
		})
		orders[sort] = order
	}
	return orders
}

// customer finds a customer by any of its ids.
func (s *snapshot) customer(id string) (uint32, error) {
	u, ok := s.Customer(id)
	if !ok {
		return 0, notFound("there is no customer %q in result %s", id, s.Run.ID)
	}
	return u, nil
}

// product finds a product by id.
func (s *snapshot) product(id string) (uint32, error) {
	p, ok := s.Products.Find(id)
	if !ok {
		return 0, notFound("there is no product %q in result %s", id, s.Run.ID)
	}
	return p, nil
}

// place finds a community by id.
func (s *snapshot) place(id string) (place, error) {
	p, ok := s.places[id]
	if !ok {
		return place{}, notFound("there is no community %q in result %s", id, s.Run.ID)
	}
	return p, nil
}

// communityID is the id of a customer's community of level 0, empty for none.
func (s *snapshot) communityID(u uint32) string {
	l := &s.Levels[0]
	if c := l.Of[u]; c != analysis.None {
		return l.IDs.At(c)
	}
	return ""
}

// snapshotKey is where a request's snapshot stands in its context.
type snapshotKey struct{}

// withSnapshot is a context that has a snapshot, in one allocation.
type withSnapshot struct {
	context.Context
	snapshot *snapshot
}

func (c *withSnapshot) Value(key any) any {
	if key == (snapshotKey{}) {
		return c.snapshot
	}
	return c.Context.Value(key)
}

// snapshotOf is the snapshot that the request reads.
func snapshotOf(ctx context.Context) *snapshot {
	s, _ := ctx.Value(snapshotKey{}).(*snapshot)
	return s
}
