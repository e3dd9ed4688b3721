package identity

import (
	"context"
	"slices"
)

// blocks are the records that share a rule's keys, group by group.
type blocks struct {
	// members of block b are members[starts[b]:starts[b+1]], ascending.
	members []uint32
	starts  []uint32
}

// blocking is what all rules together make.
type blocking struct {
	table *table
	rules []Rule
	// of has, for each rule, its blocks.
	of []blocks
	// in has the number of the block, plus one, that a record is in, for
	// each slot of each rule, 0 for none: in[record·slots+slot].
	in    []uint32
	slots int
	// first is each rule's first slot; first[len(rules)] is slots.
	first  []int
	report []RuleReport
}

// shownKeys is how many keys a report lists.
const shownKeys = 10

// entry is a record in a block: the key's hash and the record.
type entry struct {
	hash   uint64
	record uint32
	slot   uint32
}

func pairsOf(n int) int64 { return int64(n) * int64(n-1) / 2 }

// block applies the rules, in their order, within a budget of pairs. Each rule
// has an equal share of what the rules before it left over. Within a rule the
// keys with fewest records come first: up to which size they fit in half of the
// share is the share of a key. Larger blocks are cut up by the rule's next
// refining key, with half of what is then left of the budget, and so on; with
// the last, all of it. What is still too large is dropped, and both are
// reported. So the number of pairs is bounded by the budget, however the keys
// are skewed. Ours.
func (x *table) block(ctx context.Context, rules []Rule, budget int64, threads int) (*blocking, error) {
	b := &blocking{table: x, rules: rules, of: make([]blocks, len(rules)), first: make([]int, len(rules)+1), report: make([]RuleReport, len(rules))}
	for i, r := range rules {
		if err := x.check(r); err != nil {
			return nil, err
		}
		b.first[i] = b.slots
		b.slots += x.keyWidth(r.Keys)
	}
	b.first[len(rules)] = b.slots
	b.in = make([]uint32, x.n*b.slots)
	// The entries of all rules are made and sorted in parallel, a few rules
	// at a time; budgets go from rule to rule.
	step := workers(threads, len(rules))
	for from := 0; from < len(rules); from += step {
		to := min(from+step, len(rules))
		lists := make([][]entry, to-from)
		err := each(ctx, threads, len(lists), func(_, i int) {
			lists[i] = x.entries(rules[from+i])
			sortEntries(lists[i])
		})
		if err != nil {
			return nil, err
		}
		for i, list := range lists {
			budget -= b.fill(from+i, list, budget/int64(len(rules)-from-i))
		}
	}
	return b, nil
}

// keyWidth is in how many blocks of a rule a record can be.
func (x *table) keyWidth(keys []Key) int {
	w := 1
	for _, k := range keys {
		w = max(w, x.columns[x.field(k.Field)].width)
	}
	return w
}

// hashed is a key with the hashes of its field's values.
type hashed struct {
	column *column
	hashes []uint64
	salt   uint64 // tells keys of a rule apart; the same for partners
}

func (x *table) hashed(keys []Key) []hashed {
	out := make([]hashed, len(keys))
	for i, k := range keys {
		f := x.field(k.Field)
		c := &x.columns[f]
		out[i] = hashed{column: c, hashes: c.partHashes(k.Part), salt: mix(uint64(i) + 1)}
		for j := range i {
			if c.partner >= 0 && keys[j].Field == x.columns[c.partner].Name && keys[j].Part == k.Part {
				out[i].salt = out[j].salt
			}
		}
	}
	return out
}

// entries lists the records under their keys, in ascending order of records.
func (x *table) entries(r Rule) []entry {
	keys := x.hashed(r.Keys)
	width := x.keyWidth(r.Keys)
	list := make([]entry, 0, x.n)
	for rec := range uint32(x.n) {
		cells := x.of(rec)
		for slot := range width {
			hash, ok := uint64(0), true
			for i := range keys {
				k := &keys[i]
				at := k.column.first
				if k.column.width > 1 {
					at += slot
				}
				h := k.hashes[cells[at]]
				if h == 0 {
					ok = false
					break
				}
				hash += mix(h ^ k.salt) // a sum, so that partners can change places
			}
			if ok {
				list = append(list, entry{hash: hash, record: rec, slot: uint32(slot)})
			}
		}
	}
	return list
}

// sortEntries sorts by hash, then record; the list is in order of records.
func sortEntries(list []entry) {
	tmp := make([]entry, len(list))
	src, dst := list, tmp
	for shift := 0; shift < 64; shift += 11 {
		var next [2048]int
		for i := range src {
			next[src[i].hash>>shift&2047]++
		}
		sum := 0
		for i, n := range next {
			next[i] = sum
			sum += n
		}
		for _, e := range src {
			d := e.hash >> shift & 2047
			dst[next[d]] = e
			next[d]++
		}
		src, dst = dst, src
	}
	if len(list) > 0 && &src[0] != &list[0] {
		copy(list, src)
	}
}

// run is a stretch of entries with the same hash.
type run struct{ from, to int }

func (r run) pairs() int64 { return pairsOf(r.to - r.from) }

// fill takes the blocks of a rule that fit in its share of the budget and
// returns how many pairs they make.
func (b *blocking) fill(rule int, list []entry, share int64) int64 {
	x, r := b.table, b.rules[rule]
	out := &b.of[rule]
	rep := &b.report[rule]
	rep.Rule = r
	out.starts = append(out.starts, 0)
	for step := 0; ; step++ {
		last := step == len(r.Refine)
		allowed := share - rep.Pairs
		if !last {
			allowed /= 2
		}
		runs := runsOf(list)
		size := fitting(runs, allowed)
		var rest []entry
		var large []run
		for _, run := range runs {
			n := run.to - run.from
			switch {
			case n < 2:
			case n <= size:
				rep.Pairs += run.pairs()
				b.keep(rule, list[run.from:run.to])
			default:
				large = append(large, run)
				rest = append(rest, list[run.from:run.to]...)
			}
		}
		if len(large) == 0 {
			return rep.Pairs
		}
		keys := append(slices.Clone(r.Keys), r.Refine[:step]...)
		if last {
			rep.DroppedKeys = len(large)
			for _, run := range large {
				rep.DroppedPairs += run.pairs()
			}
			rep.Dropped = x.describeRuns(list, large, keys)
			return rep.Pairs
		}
		if step == 0 {
			rep.RefinedKeys = len(large)
			rep.Refined = x.describeRuns(list, large, keys)
		}
		list = rest
		x.refine(list, r.Refine[step])
	}
}

// runsOf cuts sorted entries into runs.
func runsOf(list []entry) []run {
	var runs []run
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].hash == list[from].hash {
			to++
		}
		runs = append(runs, run{from, to})
		from = to
	}
	return runs
}

// fitting is the largest size of runs so that all runs up to that size make no
// more pairs than allowed.
func fitting(runs []run, allowed int64) int {
	sizes := make([]int, 0, len(runs))
	for _, r := range runs {
		if n := r.to - r.from; n > 1 {
			sizes = append(sizes, n)
		}
	}
	slices.Sort(sizes)
	size, sum := 1, int64(0)
	for i := 0; i < len(sizes); {
		j := i
		for j < len(sizes) && sizes[j] == sizes[i] {
			j++
		}
		sum += int64(j-i) * pairsOf(sizes[i])
		if sum > allowed {
			break
		}
		size = sizes[i]
		i = j
	}
	return size
}

// refine gives entries a finer hash and sorts them again, stably, so that the
// records of a run stay in ascending order. Records without the value stay
// together.
func (x *table) refine(list []entry, key Key) {
	k := x.hashed([]Key{key})[0]
	for i := range list {
		h := k.hashes[x.of(list[i].record)[k.column.first]]
		list[i].hash = mix(list[i].hash ^ mix(h+1))
	}
	sortEntries(list)
}

// keep makes a block of entries that share a key. A record that has it twice is
// in it once.
func (b *blocking) keep(rule int, list []entry) {
	out := &b.of[rule]
	from := len(out.members)
	number := uint32(len(out.starts))
	for _, e := range list {
		if len(out.members) > from && out.members[len(out.members)-1] == e.record {
			continue
		}
		out.members = append(out.members, e.record)
		b.in[int(e.record)*b.slots+b.first[rule]+int(e.slot)] = number
	}
	out.starts = append(out.starts, uint32(len(out.members)))
}

// shared says whether an earlier rule, or an earlier block of the same rule,
// makes the pair too.
func (b *blocking) shared(rule int, number uint32, p, q uint32) bool {
	in1 := b.in[int(p)*b.slots:][:b.slots]
	in2 := b.in[int(q)*b.slots:][:b.slots]
	for k := 0; k < rule; k++ {
		from, to := b.first[k], b.first[k+1]
		if to-from == 1 {
			if in1[from] == in2[from] && in1[from] != 0 {
				return true
			}
			continue
		}
		for _, s := range in1[from:to] {
			if s != 0 && slices.Contains(in2[from:to], s) {
				return true
			}
		}
	}
	from, to := b.first[rule], b.first[rule+1]
	if to-from > 1 {
		for _, s := range in1[from:to] {
			if s != 0 && s < number && slices.Contains(in2[from:to], s) {
				return true
			}
		}
	}
	return false
}

// task is a stretch of the pairs of one rule: those of blocks from..to.
type task struct {
	rule, from, to int
}

// tasks cuts all pairs into stretches of about so many.
func (b *blocking) tasks(about int64) []task {
	var out []task
	for rule := range b.of {
		blocks := &b.of[rule]
		from, sum := 0, int64(0)
		n := len(blocks.starts) - 1
		for i := range n {
			sum += pairsOf(int(blocks.starts[i+1] - blocks.starts[i]))
			if sum >= about || i == n-1 {
				out = append(out, task{rule, from, i + 1})
				from, sum = i+1, 0
			}
		}
	}
	return out
}

// pairs calls f with every pair of a stretch that is made nowhere else.
func (b *blocking) pairs(t task, f func(p, q uint32)) {
	blocks := &b.of[t.rule]
	for i := t.from; i < t.to; i++ {
		members := blocks.members[blocks.starts[i]:blocks.starts[i+1]]
		number := uint32(i) + 1
		for j, p := range members {
			for _, q := range members[j+1:] {
				if !b.shared(t.rule, number, p, q) {
					f(p, q)
				}
			}
		}
	}
}
