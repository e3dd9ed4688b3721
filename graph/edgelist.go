package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"
)

// Header says whether the first row of a file names its columns.
type Header uint8

const (
	// HeaderGuess looks at the first rows: the first is a header when its
	// fields are names such as from and to, caller and callee or customer
	// and product, or when it has words where all others have numbers.
	HeaderGuess Header = iota
	// HeaderYes takes the first row for names.
	HeaderYes
	// HeaderNo takes the first row for a tie.
	HeaderNo
)

// EdgeOptions say how to read an edge list. The zero value reads `u,v` and
// `u,v,weight`, and finds the ends of a tie by well-known column names in files
// that have more columns.
type EdgeOptions struct {
	// From and To choose the columns of the two ends by name, or by number
	// from 1; give both or neither.
	From, To string
	// Weight chooses the column of the weight. When it is empty the weight
	// is a column of a well-known name, or else the third of three columns
	// that is not called a time.
	Weight string
	// Unweighted leaves every weight out: each row weighs 1.
	Unweighted bool
	Header     Header
	// Delimiter stands between two fields; 0 finds it among tab, comma,
	// semicolon, bar and space. A space stands for any run of spaces and tabs.
	Delimiter byte
	// TwoSides gives the ends of a tie numbers of their own, as in a
	// customer-product file, where customer 7 is not product 7.
	TwoSides bool
	// Threads is the number of goroutines; 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress Progress
}

// Edges is an edge list in memory with canonical numbers.
type Edges struct {
	// Names are the ids of the vertices in byte order. Columns are those of
	// the second column: the same list, or another with TwoSides.
	Names, Columns *Names
	// Rows is the number of ties read, Bytes the length of the text.
	Rows, Bytes int64
	// From, To and Weight are the columns that were read, by name or number;
	// Weight is empty when every row weighs 1.
	From, To, Weight string
	// Undirected says that the file itself calls its ties undirected.
	Undirected bool

	list     []arcColumns
	twoSides bool
}

// Build makes the graph of the ties; see the function Build. It fills in the
// numbers of rows and columns, and the ties go both ways when the file says so.
func (e *Edges) Build(ctx context.Context, opt BuildOptions) (*Graph, BuildReport, error) {
	opt.Rows, opt.Cols, opt.TwoSides = uint32(e.Names.Len()), uint32(e.Columns.Len()), e.twoSides
	opt.Undirected = opt.Undirected || e.Undirected
	return build(ctx, opt, e.list)
}

// ReadEdges reads an edge list: text with a tie on each line, plain, gzip or
// zstd by content, or Parquet. Ids are text, taken as they stand less the blanks around them,
// so 7, 07 and +7 are three; a field in double quotes may hold blanks and the
// delimiter, and a doubled quote stands for one, but it must end on its line. Lines before the
// first row that begin with # or % are comments, and empty lines are skipped.
// A text that begins with the banner of MatrixMarket is read as its head says,
// and a file whose name ends in .graph or .metis as one of METIS: there, ids are
// numbers from 1, and vertices without a tie count.
//
// Every other line of an edge list must have as many fields as the first, two ids and, where
// there is a weight, a finite number that is not negative; the first line that
// has not is reported as a DataError and nothing is read.
//
// The text is cut at line ends into blocks that are parsed in parallel. An id
// that is a plain decimal number below 2^28 is its own provisional number and
// needs no dictionary, only one bit; other ids go through a Dict in each thread. Numbering is
// canonical at the end, so neither threads nor the order of rows have a say in
// the result, but for the order of equal ties in the list.
//
// O(bytes) time and a pass over the ids. Beside the result, 8 bytes a tie (12
// with weights) and the names, it holds a block of 512 KiB and a Dict for each
// thread.
func ReadEdges(ctx context.Context, path string, opt EdgeOptions) (*Edges, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if info.IsDir() {
		return nil, &DataError{File: path, Reason: "is a folder; name a file in it"}
	}
	var edges *Edges
	if isParquet(file) {
		edges, err = readParquet(ctx, path, file, info.Size(), opt)
	} else {
		edges, err = readEdges(ctx, path, file, info.Size(), opt)
	}
	if err != nil {
		return nil, err
	}
	if err := unchanged(path, file, info); err != nil {
		return nil, err
	}
	return edges, nil
}

// unchanged tells whether a file is as it was when reading it began.
func unchanged(path string, file *os.File, before fs.FileInfo) error {
	after, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return &DataError{File: path, Reason: "changed while it was being read; wait until what writes it has ended"}
	}
	return nil
}

// ReadEdgesFrom is ReadEdges for what is already open; errors call it by name.
func ReadEdgesFrom(ctx context.Context, name string, r io.Reader, opt EdgeOptions) (*Edges, error) {
	return readEdges(ctx, name, r, 0, opt)
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &DataError{File: path, Reason: "does not exist; check the name and the folder"}
	case errors.Is(err, fs.ErrPermission):
		return &DataError{File: path, Reason: "may not be read by this user"}
	}
	return fmt.Errorf("read %s: %w", path, err)
}

// parsed is a block of rows whose ends have the provisional codes of one worker.
type parsed struct {
	columns arcColumns
	worker  int
}

func readEdges(ctx context.Context, name string, r io.Reader, size int64, opt EdgeOptions) (*Edges, error) {
	text, err := openText(name, r, size, opt.Progress)
	if err != nil {
		return nil, err
	}
	defer text.close()
	first, err := text.next(nil)
	if err != nil {
		return nil, err
	}
	if err := refuseBinary(name, first.text); err != nil {
		return nil, err
	}
	if isMETIS(name) {
		return readMETIS(ctx, text, first, opt)
	}
	var layout *layout
	var market *matrix
	if isMatrixMarket(first.text) {
		layout, market, err = inspectMatrix(name, first.text, opt)
	} else {
		layout, err = inspectLayout(name, first.text, opt)
	}
	if err != nil {
		return nil, err
	}

	threads := threadsOr(opt.Threads)
	from, to := make([]*idSide, threads), make([]*idSide, threads)
	for w := range threads {
		from[w] = newIDSide()
		to[w] = from[w]
		if opt.TwoSides {
			to[w] = newIDSide()
		}
	}
	if market != nil {
		market.see(from[0], to[0])
	}
	rows := make([][]parsed, threads)
	var failed atomic.Bool
	faults := make([]*fault, threads)
	lines := make([][]blockLines, threads)
	starts := make([]block, threads)
	starts[0] = first
	err = each(ctx, threads, threads, func(_, i int) {
		p := parser{layout: layout, from: from[i], to: to[i]}
		b := starts[i]
		for {
			if b.text == nil {
				if ctx.Err() != nil || failed.Load() {
					return
				}
				var err error
				if b, err = text.next(b.buffer); err != nil {
					faults[i] = &fault{block: b.number, err: err}
					failed.Store(true)
					return
				}
				if b.text == nil {
					return
				}
			}
			columns, n, bad := p.parse(b)
			lines[i] = append(lines[i], blockLines{b.number, n})
			if bad == nil && market != nil {
				bad = market.check(b, layout, columns)
			}
			if bad != nil {
				bad.block = b.number
				faults[i] = bad
				failed.Store(true)
				return
			}
			rows[i] = append(rows[i], parsed{columns, i})
			b.text = nil
		}
	})
	if err != nil {
		return nil, err
	}
	if failed.Load() {
		return nil, firstFault(name, layout, faults, lines)
	}

	e := &Edges{Bytes: text.bytes, twoSides: opt.TwoSides, From: layout.name(layout.from), To: layout.name(layout.to)}
	if layout.weight >= 0 {
		e.Weight = layout.name(layout.weight)
	}
	var list []parsed
	for _, l := range rows {
		list = append(list, l...)
	}
	if err := e.number(ctx, name, from, to, list, threads); err != nil {
		return nil, err
	}
	if market != nil {
		e.Undirected = market.symmetric
		if e.Rows != market.entries {
			return nil, &DataError{File: name, Reason: fmt.Sprintf("has %d entries, and its line of sizes says %d; copy it again", e.Rows, market.entries)}
		}
	} else if e.Rows == 0 {
		return nil, &DataError{File: name, Reason: "has a header and no rows below it"}
	}
	return e, nil
}

// number gives all ids their canonical numbers and takes the rows over.
func (e *Edges) number(ctx context.Context, name string, from, to []*idSide, list []parsed, threads int) error {
	for _, s := range slices.Concat(from, to) {
		if s.dict.Len() > textCode {
			return &DataError{File: name, Reason: "has more than two billion distinct ids; divide it"}
		}
	}
	numbers := numberIDs(from, threads)
	columns := numbers
	e.Names = numbers.names
	if e.twoSides {
		columns = numberIDs(to, threads)
	}
	e.Columns = columns.names
	err := each(ctx, threads, len(list), func(_, i int) {
		l := list[i]
		numbers.resolve(l.worker, l.columns.from)
		columns.resolve(l.worker, l.columns.to)
	})
	if err != nil {
		return err
	}
	for _, l := range list {
		e.Rows += int64(len(l.columns.from))
		e.list = append(e.list, l.columns)
	}
	return nil
}

// blockLines is the number of lines of a block.
type blockLines struct{ block, lines int }

// fault is what stopped a worker: a row, or the reading of the text.
type fault struct {
	block  int
	line   int // within the block, from 1
	column int // -1 when the whole row is at fault
	reason string
	err    error
}

// firstFault is the fault that stands first in the file. A worker stops at its
// first fault, and blocks are handed out in order, so every block before the
// first fault has been parsed or is another's fault.
func firstFault(name string, l *layout, faults []*fault, lines [][]blockLines) error {
	var first *fault
	for _, f := range faults {
		if f != nil && (first == nil || f.block < first.block) {
			first = f
		}
	}
	if first.err != nil {
		return first.err
	}
	line := int64(l.firstLine + first.line)
	for _, worker := range lines {
		for _, b := range worker {
			if b.block < first.block {
				line += int64(b.lines)
			}
		}
	}
	e := &DataError{File: name, Line: line, Reason: first.reason}
	if first.column >= 0 {
		e.Column = l.name(first.column)
	}
	return e
}
