package influence

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Role is what a customer is to a community.
type Role uint8

// The roles, in the order in which they are tried: the first that fits is it.
const (
	// Isolate has no partner at all.
	Isolate Role = iota
	// Leading has the highest authority in a community where it has a
	// partner.
	Leading
	// Disseminator has the highest dissemination.
	Disseminator
	// Bridge spreads its partners over several communities.
	Bridge
	// Core has clearly more partners in the community than is usual there.
	Core
	// Peripheral has at most one partner in the community, or clearly fewer
	// than is usual there.
	Peripheral
	// Follower is anybody else.
	Follower
)

var roleNames = [...]string{"isolate", "leader", "disseminator", "bridge", "core", "peripheral", "follower"}

// String is the role's name in small letters: isolate, leader, disseminator,
// bridge, core, peripheral or follower.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return fmt.Sprintf("role %d", uint8(r))
}

// RoleOptions are the thresholds between roles. Where a field is 0 its default
// holds. Those for hubs and bridges are Guimerà and Amaral's, the others ours.
type RoleOptions struct {
	// HubZ is the z-score from which a vertex counts as a hub; 0 means 2.5.
	HubZ float64
	// BridgeShare is the participation above which one who isn't a hub is a
	// bridge, HubBridgeShare that of a hub; 0 means 0.62 and 0.30.
	BridgeShare, HubBridgeShare float64
	// CoreZ is the z-score from which a member belongs to the core; 0 means 1.
	CoreZ float64
	// PeripheralZ is the z-score below which a member is peripheral; 0 means -1.
	PeripheralZ float64
	// Transposed is the graph with all arcs turned round, made when nil.
	Transposed *graph.Graph
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

func (o RoleOptions) withDefaults() RoleOptions {
	for _, f := range []struct {
		field *float64
		value float64
	}{{&o.HubZ, 2.5}, {&o.BridgeShare, .62}, {&o.HubBridgeShare, .30}, {&o.CoreZ, 1}, {&o.PeripheralZ, -1}} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	return o
}

// Positions say where each vertex stands between its community and the rest.
type Positions struct {
	// Partners counts the distinct vertices that a vertex is tied to, either
	// way; Within counts those in its own community.
	Partners, Within []uint32
	// Z is how many standard deviations Within lies above the mean of the
	// community, 0 where all members are alike.
	Z []float64
	// Participation is 0 when all partners are in one community and comes
	// near 1 when they are spread evenly over many.
	Participation []float64
	// Core says who belongs to the core of a community.
	Core []bool
	Role []Role
}

// Roles gives each vertex its role, by how many partners it has in its own
// community against the other members, and how its partners are spread:
//
//	z_v = (k_v - mean)/sd    of the partners k within the community
//	P_v = 1 - Σ_c (k_vc/K_v)²  of K_v partners, k_vc of them in community c
//
// See R. Guimerà, L. A. N. Amaral, doi:10.1038/nature03288. A partner is who
// calls or is called, counted once, oneself left out. The first that fits is
// the role: isolate (K = 0), leader and disseminator (first in authority or
// dissemination, and k > 0), bridge (P > 0.62, or z ≥ 2.5 and P > 0.30), core,
// peripheral (k ≤ 1 or z < -1), follower.
//
// A member is of the core (ours) when z ≥ 1, or when it is tied to at least
// half of the other members, so that a clique, where nobody stands out, is all
// core. The periphery and the order of the roles are ours too.
//
// Time is O(n+m), memory 30 bytes per vertex beside the graph, its transpose
// and 4 bytes per community and thread. Sums have a fixed order, so the result
// is the same to the bit for any number of threads. Isolated vertices
// have z-scores like everybody, and participation 0; communities without
// members and disconnected ones are no matter; weights aren't looked at.
func Roles(ctx context.Context, g *graph.Graph, of []uint32, count int, s *Standing, opt RoleOptions) (*Positions, error) {
	opt = opt.withDefaults()
	m, err := newMembers(g, of, count)
	if err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	if len(s.ByAuthority) != count || len(s.ByDissemination) != count {
		return nil, fmt.Errorf("roles: there are leaders of %d communities, but there are %d", len(s.ByAuthority), count)
	}
	in, err := turned(ctx, g, opt.Transposed, opt.Threads)
	if err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	n := g.Rows()
	p := &Positions{
		Partners: make([]uint32, n), Within: make([]uint32, n),
		Z: make([]float64, n), Participation: make([]float64, n),
		Core: make([]bool, n), Role: make([]Role, n),
	}
	cut := sweep.ByArcs(g.Offsets)
	scratch := make([]spread, sweep.Workers(opt.Threads, cut.Blocks()))
	sweep.Each(opt.Threads, cut.Blocks(), func(worker, b int) {
		k := &scratch[worker]
		if k.with == nil {
			k.with = make([]uint32, count)
		}
		for v := cut[b]; v < cut[b+1] && ctx.Err() == nil; v++ {
			k.count(g.Neighbours(v), in.Neighbours(v), of, v)
			p.Partners[v], p.Within[v] = k.partners, k.with[of[v]]
			p.Participation[v] = k.participation()
			k.clear()
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	sweep.Each(opt.Threads, count, func(_, c int) {
		p.judge(m.in(uint32(c)), s.ByAuthority[c].Vertex, s.ByDissemination[c].Vertex, opt)
	})
	opt.Progress.Report("roles", int64(count), int64(count))
	return p, nil
}

// spread counts a vertex's partners by community.
type spread struct {
	with     []uint32 // partners in each community; zero between vertices
	touched  []uint32
	partners uint32
}

// count walks two ascending lists of partners together.
func (k *spread) count(a, b, of []uint32, self uint32) {
	for len(a) > 0 || len(b) > 0 {
		var v uint32
		switch {
		case len(b) == 0 || (len(a) > 0 && a[0] < b[0]):
			v, a = a[0], a[1:]
		case len(a) == 0 || b[0] < a[0]:
			v, b = b[0], b[1:]
		default:
			v, a, b = a[0], a[1:], b[1:]
		}
		if v == self {
			continue
		}
		c := of[v]
		if k.with[c] == 0 {
			k.touched = append(k.touched, c)
		}
		k.with[c]++
		k.partners++
	}
}

func (k *spread) participation() float64 {
	if k.partners == 0 {
		return 0
	}
	squares := uint64(0)
	for _, c := range k.touched {
		squares += uint64(k.with[c]) * uint64(k.with[c])
	}
	return 1 - float64(squares)/(float64(k.partners)*float64(k.partners))
}

func (k *spread) clear() {
	for _, c := range k.touched {
		k.with[c] = 0
	}
	k.touched, k.partners = k.touched[:0], 0
}

// judge gives the members of one community their z-scores and roles.
func (p *Positions) judge(list []uint32, leader, disseminator uint32, opt RoleOptions) {
	n := float64(len(list))
	sum, squares := uint64(0), 0.0
	for _, v := range list {
		sum += uint64(p.Within[v])
	}
	mean := float64(sum) / n
	for _, v := range list {
		far := float64(p.Within[v]) - mean
		squares += far * far
	}
	sd := math.Sqrt(squares / n)
	for _, v := range list {
		k := float64(p.Within[v])
		if sd > 0 {
			p.Z[v] = (k - mean) / sd
		}
		z, share := p.Z[v], p.Participation[v]
		p.Core[v] = k > 0 && (z >= opt.CoreZ || 2*k >= n-1)
		switch {
		case p.Partners[v] == 0:
			p.Role[v] = Isolate
		case v == leader && k > 0:
			p.Role[v] = Leading
		case v == disseminator && k > 0:
			p.Role[v] = Disseminator
		case share > opt.BridgeShare, z >= opt.HubZ && share > opt.HubBridgeShare:
			p.Role[v] = Bridge
		case p.Core[v]:
			p.Role[v] = Core
		case k <= 1, z < opt.PeripheralZ:
			p.Role[v] = Peripheral
		default:
			p.Role[v] = Follower
		}
	}
}
