package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"kith/graph"
)

// reporter lets several goroutines report progress, one at a time.
type reporter struct {
	mu    sync.Mutex
	p     graph.Progress
	stage string
	done  int64
	total int64
}

// begin names the next stage of the work.
func (r *reporter) begin(stage string, total int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stage, r.done, r.total = stage, 0, total
	r.p.Report(stage, 0, total)
}

// add says that so much more of it is done.
func (r *reporter) add(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done += n
	r.p.Report(r.stage, r.done, r.total)
}

// state is what the KithState node says.
type state struct {
	// generation counts the networks that there have been.
	generation int64
	// log is the one that counts but is not yet rolled forward, or empty.
	log string
	// loading is whether the network is being loaded for the first time, so
	// that what is there does not count yet.
	loading bool
}

func (s *Store) state(ctx context.Context) (state, error) {
	records, err := s.rows(ctx, query("state"), nil)
	if err != nil {
		return state{}, err
	}
	var now state
	now.generation, _ = records[0].Values[0].(int64)
	now.log, _ = records[0].Values[1].(string)
	now.loading, _ = records[0].Values[2].(bool)
	return now, nil
}

// settle rolls forward what counts already, where the process that wrote it has
// not come to its end or is still at it, and returns the state.
func (s *Store) settle(ctx context.Context, r *reporter) (state, error) {
	for {
		now, err := s.state(ctx)
		if err != nil || now.log == "" {
			return now, err
		}
		if err := s.finish(ctx, now.log, r); err != nil {
			return now, fmt.Errorf("finish what was begun by %s: %w", now.log, err)
		}
	}
}

// finish rolls a log forward and forgets it. Several processes may do so at once.
func (s *Store) finish(ctx context.Context, log string, r *reporter) error {
	if strings.HasPrefix(log, loadLog) { // all of it is there
		if err := s.dropMarks(ctx, log); err != nil {
			return err
		}
		return s.exec(ctx, query("log_done"), map[string]any{"log": log})
	}
	if err := s.forward(ctx, log, r); err != nil {
		return err
	}
	if strings.HasPrefix(log, publishLog) {
		if err := s.tidy(ctx, r); err != nil {
			return err
		}
	}
	return s.exec(ctx, query("log_done"), map[string]any{"log": log})
}

// dropMarks removes the marks of a direct journal.
func (s *Store) dropMarks(ctx context.Context, log string) error {
	return s.exec(ctx, query("marks_drop"), map[string]any{"log": log})
}

// forward makes the changes of a log, round by round.
func (s *Store) forward(ctx context.Context, log string, r *reporter) error {
	records, err := s.rows(ctx, query("changes"), map[string]any{"log": log})
	if err != nil {
		return err
	}
	type chunk struct {
		seq          string
		round, block int64
		rows         int64
	}
	var chunks []chunk
	var total int64
	for _, record := range records {
		var c chunk
		c.seq, _ = record.Values[0].(string)
		c.round, _ = record.Values[1].(int64)
		c.block, _ = record.Values[2].(int64)
		c.rows, _ = record.Values[3].(int64)
		chunks = append(chunks, c)
		total += c.rows
	}
	r.begin(stageOf(log), total)
	for len(chunks) > 0 {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(s.o.Workers)
		round := chunks[0].round
		for len(chunks) > 0 && chunks[0].round == round {
			n := 1
			for n < len(chunks) && chunks[n].round == round && chunks[n].block == chunks[0].block {
				n++
			}
			block := chunks[:n]
			chunks = chunks[n:]
			group.Go(func() error {
				for _, c := range block {
					if err := s.make(ctx, log, c.seq); err != nil {
						return err
					}
					r.add(c.rows)
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// stageOf says in a person's words what a log is about.
func stageOf(log string) string {
	switch what, _, _ := strings.Cut(log, "-"); what {
	case besideLog:
		return "writing communities"
	case publishLog:
		return "writing what was found about customers"
	}
	return "writing changes"
}

// make makes the changes of one chunk, unless they have been made: the chunk is
// removed in the same transaction, so they are made exactly once, whoever else
// tries and however often a connection breaks. A chunk that is too large for a
// transaction is cut in two for good.
func (s *Store) make(ctx context.Context, log, seq string) error {
	err := s.change(ctx, func(ctx context.Context, tx neo4jTx) error {
		c, err := take(ctx, tx, log, seq)
		if err != nil {
			return err
		}
		if err := makeAll(ctx, tx, c.changes); err != nil {
			return err
		}
		return run(ctx, tx, query("change_drop"), map[string]any{"log": log, "seq": seq})
	})
	if errors.Is(err, errMade) {
		return nil
	}
	if !errors.Is(err, ErrMemory) {
		return err
	}
	if err := s.split(ctx, log, seq, err); err != nil && !errors.Is(err, errMade) {
		return err
	}
	for _, half := range []string{"a", "b"} {
		if err := s.make(ctx, log, seq+half); err != nil {
			return err
		}
	}
	return nil
}

// makeAll runs the steps of changes, which are in the order of their steps.
func makeAll(ctx context.Context, tx neo4jTx, changes []change) error {
	for len(changes) > 0 {
		st := changes[0].step
		var rows [][]any
		for len(changes) > 0 && changes[0].step == st {
			rows = append(rows, changes[0].row)
			changes = changes[1:]
		}
		label, place, names := st.named()
		if !names {
			if err := run(ctx, tx, st.text(), st.params(rows)); err != nil {
				return err
			}
			continue
		}
		found, err := countOf(ctx, tx, st.text(), st.params(rows))
		if err != nil {
			return err
		}
		if found < int64(len(rows)) {
			lacking := &lackingError{label: label}
			for _, row := range rows {
				lacking.ids = append(lacking.ids, row[place])
			}
			return lacking
		}
	}
	return nil
}

// lackingError says that some of the nodes that changes name are not there.
type lackingError struct {
	label string
	ids   []any
}

func (e *lackingError) Error() string {
	return fmt.Sprintf("the graph lacks some of %d %s nodes that findings are about, or their communities: somebody removes them, let nobody else write and publish again", len(e.ids), e.label)
}

// change runs work, which makes changes, in a transaction. Nodes that they name and
// that the graph lacks are made first.
func (s *Store) change(ctx context.Context, work func(context.Context, neo4jTx) error) error {
	ensured := map[string]bool{}
	for {
		err := s.do(ctx, work)
		var lacking *lackingError
		if !errors.As(err, &lacking) || ensured[lacking.label] {
			return err
		}
		ensured[lacking.label] = true
		if err := s.exec(ctx, labelQuery("nodes_ensure", lacking.label), map[string]any{"ids": lacking.ids}); err != nil {
			return err
		}
	}
}

// taken is a chunk that this transaction has to itself.
type taken struct {
	round, block int64
	changes      []change
}

// errMade says that somebody else has made a chunk's changes, or split it.
var errMade = errors.New("the changes have been made")

// take locks a chunk, or returns errMade.
func take(ctx context.Context, tx neo4jTx, log, seq string) (*taken, error) {
	result, err := tx.Run(ctx, query("change_take"), map[string]any{"log": log, "seq": seq})
	if err != nil {
		return nil, err
	}
	records, err := result.Collect(ctx)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errMade
	}
	v := records[0].Values
	c := &taken{}
	c.round, _ = v[0].(int64)
	c.block, _ = v[1].(int64)
	payload, ok := v[2].([]byte)
	if !ok {
		return nil, errMade // while the query waited for the lock
	}
	c.changes, err = unpack(payload)
	return c, err
}

func tooLarge(why error) error {
	return fmt.Errorf("not even one row fits into a transaction, raise db.memory.transaction.max: %w", why)
}

// split replaces a chunk by its two halves. why is returned when there is but
// one change in it.
func (s *Store) split(ctx context.Context, log, seq string, why error) error {
	return s.do(ctx, func(ctx context.Context, tx neo4jTx) error {
		c, err := take(ctx, tx, log, seq)
		if err != nil {
			return err
		}
		half := len(c.changes) / 2
		if half == 0 {
			return tooLarge(why)
		}
		for name, part := range map[string][]change{"a": c.changes[:half], "b": c.changes[half:]} {
			var raw []byte
			for _, x := range part {
				raw = encode(raw, x)
			}
			err := run(ctx, tx, query("change_put"), map[string]any{
				"log": log, "seq": seq + name, "round": c.round, "block": c.block, "rows": len(part), "payload": pack(raw),
			})
			if err != nil {
				return err
			}
		}
		return run(ctx, tx, query("change_drop"), map[string]any{"log": log, "seq": seq})
	})
}
