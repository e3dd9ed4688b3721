package duckstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unsafe"

	duckdbc "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2"
	"golang.org/x/sync/errgroup"
)

// stream is a connection that hands over results as DuckDB holds them: by
// columns, some 2,000 rows at a time, while the query is still running. Package
// database/sql would hold a whole result in memory, and allocates every value.
type stream struct {
	ctx  context.Context
	conn duckdbc.Connection
}

// queryError is what DuckDB says about a query of a stream.
type queryError string

func (e queryError) Error() string { return string(e) }

// connectStreams opens the database for streams, beside the one of database/sql:
// the driver's cache finds the same instance by its path and settings.
func (s *Store) connectStreams(name string, settings url.Values) error {
	var config duckdbc.Config
	if duckdbc.CreateConfig(&config) == duckdbc.StateError {
		return errors.New("make the settings of the database")
	}
	defer duckdbc.DestroyConfig(&config)
	settings.Set("duckdb_api", "go") // as the driver does
	for name := range settings {
		if duckdbc.SetConfig(config, name, settings.Get(name)) == duckdbc.StateError {
			return fmt.Errorf("%s=%s", name, settings.Get(name))
		}
	}
	var text string
	if duckdbc.GetOrCreateFromCache(duckdb.GetInstanceCache(), s.path(name), &s.streams, config, &text) == duckdbc.StateError {
		return queryError(text)
	}
	return nil
}

// whole reads by streams within one transaction, so that several queries see one
// state. What f changes, which may only be temporary tables, is undone.
func (s *Store) whole(ctx context.Context, f func(*stream) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	return s.explain(ctx, s.streaming(ctx, f))
}

// streaming is whole for those who have entered the store.
func (s *Store) streaming(ctx context.Context, f func(*stream) error) error {
	r := &stream{ctx: ctx}
	if duckdbc.Connect(s.streams, &r.conn) == duckdbc.StateError {
		return errors.New("connect to the database: it refused")
	}
	defer duckdbc.Disconnect(&r.conn) // rolls back
	if err := r.run("BEGIN TRANSACTION", nil, nil); err != nil {
		return err
	}
	return f(r)
}

// run executes one statement. A SELECT hands its result to take, chunk by chunk;
// for other statements take is nil.
func (r *stream) run(text string, args []any, take func(chunk) error) error {
	if take == nil {
		return r.execute(text, args, nil)
	}
	return r.execute(text, args, func(result *duckdbc.Result) error {
		return r.fetch(result, func(data duckdbc.DataChunk) error { return handOver(data, result, take) })
	})
}

// share is run for a SELECT whose chunks are dealt out in turns to several takers,
// each in a goroutine of its own.
func (r *stream) share(text string, args []any, takers []func(chunk) error) error {
	return r.execute(text, args, func(result *duckdbc.Result) error {
		const ahead = 4
		hands := make([]chan duckdbc.DataChunk, len(takers))
		var all errgroup.Group
		for i, take := range takers {
			hands[i] = make(chan duckdbc.DataChunk, ahead)
			all.Go(func() (err error) {
				for data := range hands[i] {
					if e := handOver(data, result, take); err == nil {
						err = e
					}
				}
				return err
			})
		}
		turn := 0
		err := r.fetch(result, func(data duckdbc.DataChunk) error {
			hands[turn%len(hands)] <- data
			turn++
			return nil
		})
		for _, hand := range hands {
			close(hand)
		}
		if took := all.Wait(); err == nil {
			err = took
		}
		return err
	})
}

// execute executes one statement; read, if not nil, has its result until it
// returns.
func (r *stream) execute(text string, args []any, read func(*duckdbc.Result) error) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	var statement duckdbc.PreparedStatement
	defer duckdbc.DestroyPrepare(&statement)
	if duckdbc.Prepare(r.conn, text, &statement) == duckdbc.StateError {
		return queryError(duckdbc.PrepareError(statement))
	}
	for i, a := range args {
		at := duckdbc.IdxT(i + 1)
		switch a := a.(type) {
		case int64:
			duckdbc.BindInt64(statement, at, a)
		case string:
			duckdbc.BindVarchar(statement, at, a)
		default:
			panic(fmt.Sprintf("duckstore: parameter %d is a %T", i+1, a))
		}
	}
	defer r.interruptible()()

	var result duckdbc.Result
	defer duckdbc.DestroyResult(&result)
	if read == nil {
		if duckdbc.ExecutePrepared(statement, &result) == duckdbc.StateError {
			return queryError(duckdbc.ResultError(&result))
		}
		return nil
	}
	// The C interface calls this deprecated without offering another way to
	// read a result that does not fit in memory.
	if duckdbc.ExecutePreparedStreaming(statement, &result) == duckdbc.StateError { //nolint:staticcheck
		return queryError(duckdbc.ResultError(&result))
	}
	return read(&result)
}

// fetch hands over the chunks of a result, each of which is to be destroyed.
func (r *stream) fetch(result *duckdbc.Result, hand func(duckdbc.DataChunk) error) error {
	for {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		data := duckdbc.FetchChunk(*result)
		if data.Ptr == nil { // at the end, or at an error in the middle
			if text := duckdbc.ResultError(result); text != "" {
				return queryError(text)
			}
			return r.ctx.Err()
		}
		if err := hand(data); err != nil {
			return err
		}
	}
}

func handOver(data duckdbc.DataChunk, result *duckdbc.Result, take func(chunk) error) error {
	defer duckdbc.DestroyDataChunk(&data) // also when take panics
	return take(chunk{int(duckdbc.DataChunkGetSize(data)), data, result})
}

// interruptible stops the running query when the context ends. The function
// that it returns ends that.
func (r *stream) interruptible() func() {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-done:
			return
		case <-r.ctx.Done():
		}
		// An interrupt that comes between two steps of the query is lost.
		for {
			duckdbc.Interrupt(r.conn)
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() {
		close(done)
		<-stopped
	}
}

// chunk is some rows of a result, in DuckDB's memory: its columns are gone when
// the function that got it returns.
type chunk struct {
	rows   int
	data   duckdbc.DataChunk
	result *duckdbc.Result
}

// column finds column i, which must be of the given type: a query of this
// package that returns another is a mistake in it.
func (c chunk) column(i int, want duckdbc.Type) (data, valid unsafe.Pointer) {
	if got := duckdbc.ColumnType(c.result, duckdbc.IdxT(i)); got != want {
		panic(fmt.Sprintf("duckstore: column %d of a query has the type %d, not %d", i, got, want))
	}
	vector := duckdbc.DataChunkGetVector(c.data, duckdbc.IdxT(i))
	return duckdbc.VectorGetData(vector), duckdbc.VectorGetValidity(vector)
}

func numbers[T any](c chunk, i int, want duckdbc.Type) []T {
	data, _ := c.column(i, want)
	return unsafe.Slice((*T)(data), c.rows)
}

// The columns of these types have no NULL.

func (c chunk) texts(i int) []text { return numbers[text](c, i, duckdbc.TypeVarchar) }

func (c chunk) uint64s(i int) []uint64 {
	return numbers[uint64](c, i, duckdbc.TypeUBigInt)
}
func (c chunk) int64s(i int) []int64 { return numbers[int64](c, i, duckdbc.TypeBigInt) }

func (c chunk) float32s(i int) []float32 {
	return numbers[float32](c, i, duckdbc.TypeFloat)
}

func (c chunk) float64s(i int) []float64 {
	return numbers[float64](c, i, duckdbc.TypeDouble)
}

// times may be NULL, which becomes the zero time.
func (c chunk) times(i int) times {
	data, valid := c.column(i, duckdbc.TypeTimestamp)
	return times{unsafe.Slice((*int64)(data), c.rows), valid}
}

type times struct {
	micro []int64
	valid unsafe.Pointer
}

func (t times) at(row int) time.Time {
	if isNull(t.valid, row) {
		return time.Time{}
	}
	return time.UnixMicro(t.micro[row]).UTC()
}

// isNull looks a row up in DuckDB's bits of validity, which are missing where no
// row is NULL.
func isNull(valid unsafe.Pointer, row int) bool {
	return valid != nil && *(*uint64)(unsafe.Add(valid, row/64*8))&(1<<(row%64)) == 0
}

// text is DuckDB's duckdb_string_t: a length and 12 bytes, which hold the text
// itself or, where it is longer, its first 4 bytes and the address of all of it.
type text struct {
	length uint32
	short  [12]byte
}

// view is the text in DuckDB's memory, for those who copy it.
func (t *text) view() string {
	if int(t.length) <= len(t.short) {
		return unsafe.String(&t.short[0], t.length)
	}
	return unsafe.String(*(**byte)(unsafe.Pointer(&t.short[4])), t.length)
}

// String is a copy of the text.
func (t *text) String() string { return strings.Clone(t.view()) }
