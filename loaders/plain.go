package loaders

import (
	"bufio"
	"context"
	"errors"
	"os"
	"slices"
	"sync"
)

// Most files of calls say plainly who called whom, when and for how long, in
// nearly all of their rows. Such rows are read in Go, on the one pass that
// surveys the file, with their ids as numbers, and reach DuckDB as columns of
// numbers: to read, compare and store texts takes it several times as long. What
// is plain is decided by plainForm, narrowly; every other row goes the way that all
// kinds of files go, through calls.sql, which alone knows what may be wrong. See
// docs/decisions/0012-plain-rows-in-go.md.

// plainCalls is a file of calls that was read so.
type plainCalls struct {
	rows *plainRows
	// odd is how many rows are not plain, which lie in oddFile as in a clean
	// copy.
	odd     int64
	oddFile string
	// good is how many of them turned out to be good calls.
	good  int64
	file  string
	query plainQuery
	// spotless says that no row that can be read has a problem or a twin, so that
	// they are stored without being staged.
	spotless bool
	// twins says that some rows are the same as an earlier one, and paired that
	// these are marked among the staged ones.
	twins, paired bool
}

func (l *loading) spotless() bool { return l.plain != nil && l.plain.spotless }

// A file goes the ordinary way once this many rows of it, and this share of
// those read so far, are not plain.
const (
	manyOdd  = 5000
	oddShare = 0.05
)

// errNotPlain says that too many rows are not plain.
var errNotPlain = errors.New("too many rows are not plain")

// readPlain surveys a file and reads its plain rows; ok is false when it is to
// go the ordinary way.
func (l *loading) readPlain(ctx context.Context) (ok bool, err error) {
	form := plainFormOf(l.plan)
	if form == nil || l.o.RefuseCustomers || l.o.ordinary {
		return false, nil
	}
	temps := len(l.temps)
	if l.src.parquet && (l.src.copied != "" || !form.forParquet(l.plan) || slices.Contains(l.src.columns, "file_row_number")) {
		return false, nil
	}
	p, v, err := l.takePlain(ctx, form)
	if errors.Is(err, errNotPlain) || errors.Is(err, errParquet) {
		for _, name := range l.temps[temps:] {
			_ = os.Remove(name)
		}
		l.temps = l.temps[:temps]
		return false, nil
	}
	if err != nil {
		return false, err
	}
	l.plain, l.v = p, v
	return true, nil
}

func (l *loading) takePlain(ctx context.Context, form *plainForm) (p *plainCalls, v *survey, err error) {
	passing, name, err := l.passing(passingColumns()...)
	if err != nil {
		return nil, nil, err
	}
	defer passing.Close()
	odd, err := l.temp()
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, odd.Close()) }()
	p = &plainCalls{rows: newPlainRows(passing, form.at >= 0), file: name, oddFile: odd.Name()}
	oddRows := bufio.NewWriterSize(odd, 1<<18)

	hand := newPlainHand(p.rows)
	if l.src.parquet {
		v = &survey{hash: l.v.hash}
		hashed := l.hashBeside(ctx, v)
		v.rows, err = l.takeParquet(ctx, form, hand, p.addOdd)
		err = hashed(err)
	} else {
		var c plainCall
		var rows int64
		v, err = l.src.take(ctx, func(r *record) error {
			rows++
			if !form.read(r, &c) {
				c = plainCall{code: oddCall}
				if err := p.addOdd(rows); err != nil {
					return err
				}
				if err := l.src.writeRow(oddRows, r); err != nil {
					return err
				}
			}
			return hand.add(&c)
		}, l.o.Progress)
	}
	hand.finish()
	if e := p.rows.finish(); err == nil {
		err = errors.Join(e, oddRows.Flush())
	}
	if err == nil && l.src.parquet && !p.rows.text() {
		err = errNotPlain
	}
	return p, v, err
}

// addOdd counts a row that is not plain, the last of so many.
func (p *plainCalls) addOdd(rows int64) error {
	p.odd++
	if p.odd >= manyOdd && float64(p.odd) > oddShare*float64(rows) {
		return errNotPlain
	}
	return nil
}

// hashBeside hashes a Parquet file while it is read. The function that it returns
// ends that: it waits for the hash, or gives up where reading failed.
func (l *loading) hashBeside(ctx context.Context, v *survey) func(error) error {
	if v.hash != "" {
		return func(err error) error { return err }
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		var err error
		v.hash, err = hashFile(ctx, l.src.file, l.src.bytes, nil)
		done <- err
	}()
	return func(err error) error {
		if err != nil {
			cancel()
		}
		hashErr := <-done
		cancel()
		if err != nil {
			return err
		}
		return hashErr
	}
}

// plainHand hands batches to plainRows in a goroutine of its own.
type plainHand struct {
	to         *plainRows
	batch      *plainBatch
	full, free chan *plainBatch
	done       sync.WaitGroup
}

func newPlainHand(to *plainRows) *plainHand {
	const ahead = 8
	h := &plainHand{to: to, batch: newPlainBatch(), full: make(chan *plainBatch, ahead), free: make(chan *plainBatch, ahead+1)}
	for range ahead {
		h.free <- newPlainBatch()
	}
	h.done.Go(func() {
		for b := range h.full {
			to.take(b)
			b.reset()
			h.free <- b
		}
	})
	return h
}

// add takes a row, and says, as next does, what went wrong with an earlier one.
func (h *plainHand) add(c *plainCall) error {
	h.batch.add(c)
	if h.batch.rows < plainBatchRows {
		return nil
	}
	return h.next()
}

// next hands the batch over and makes room for another.
func (h *plainHand) next() error {
	h.full <- h.batch
	h.batch = <-h.free
	return h.to.failed()
}

// finish waits until all rows are taken in.
func (h *plainHand) finish() {
	h.full <- h.batch
	close(h.full)
	h.done.Wait()
}
