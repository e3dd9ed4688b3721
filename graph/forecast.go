package graph

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/apache/arrow-go/v18/parquet/file"
)

// Forecast is how large a file's graph will be, as far as a look at some of its
// rows can tell.
type Forecast struct {
	// Rows is the number of ties in the file, Vertices that of ids and
	// Columns that of ids on the other side, 0 where there is one side.
	Rows, Vertices, Columns int64
	// NameBytes is the length of all ids together. TextBytes is that of the
	// ids that are no small numbers; they go through a dictionary.
	NameBytes, TextBytes int64
	Texts                int64
	// Weighted says that rows have weights, Repeated that a tie stands in
	// several rows; both give the graph weights.
	Weighted, Repeated bool
	// Unsure says that there are enough ties for some to stand in several rows,
	// though the sample has none that does.
	Unsure bool
	// Undirected says that the file itself calls its ties undirected.
	Undirected bool
	// Snapshot is the length of the file where it is a snapshot.
	Snapshot int64
}

const (
	forecastSamples = 16
	forecastSample  = 64 << 10
	// forecastWhole is the size up to which a file is looked at whole.
	forecastWhole = 4 << 20
)

// ForecastGraph looks at a file of up to 4 MiB whole, at a larger one's head and at
// samples of 64 KiB in 16 places of it (at its first 4 MiB where it is packed, at its
// first rows where it is Parquet), and tells how large its graph will be. Rows come out within some percent where
// lines are alike throughout the file, and exactly where a head counts them.
// Distinct ids are harder to tell from a sample: a lower bound (Chao, 1984,
// Scandinavian Journal of Statistics 11:265-270) is used for ids of text, and its
// geometric mean with the largest number for ids of numbers, which counts the less the
// more of the file was looked at (ours).
//
// A file that cannot be read gives the error that ReadEdges would give.
func ForecastGraph(ctx context.Context, path string, opt EdgeOptions) (Forecast, error) {
	f, err := os.Open(path)
	if err != nil {
		return Forecast{}, openError(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Forecast{}, fmt.Errorf("read %s: %w", path, err)
	}
	switch {
	case info.IsDir():
		return Forecast{}, &DataError{File: path, Reason: "is a folder; name a file in it"}
	case IsSnapshot(path):
		z, _, err := readHeader(path, f, info.Size())
		if err != nil {
			return Forecast{}, err
		}
		return Forecast{Rows: int64(z.arcs), Vertices: int64(z.rows), Columns: int64(z.columns), NameBytes: int64(z.nameBytes + z.columnBytes),
			Weighted: z.flags&snapshotWeighted != 0, Undirected: z.flags&snapshotUndirected != 0, Snapshot: info.Size()}, nil
	case isParquet(f):
		return forecastParquet(path, f, opt)
	}
	text, err := openText(path, f, info.Size(), nil)
	if err != nil {
		return Forecast{}, err
	}
	defer text.close()
	first, err := text.next(nil)
	if err != nil {
		return Forecast{}, err
	}
	if err := refuseBinary(path, first.text); err != nil {
		return Forecast{}, err
	}
	switch {
	case isMETIS(path):
		r := &metisReader{name: path, vertices: -1}
		for rest := first.text; len(rest) > 0 && r.vertices < 0; {
			var line []byte
			line, rest, _ = bytes.Cut(rest, []byte("\n"))
			r.line++
			if err := r.take(line); err != nil {
				return Forecast{}, err
			}
		}
		return Forecast{Rows: r.edges, Vertices: max(r.vertices, 0), NameBytes: 8 * max(r.vertices, 0), Weighted: r.weighted && !opt.Unweighted, Undirected: true}, nil
	case isMatrixMarket(first.text):
		l, m, err := inspectMatrix(path, first.text, opt)
		if err != nil {
			return Forecast{}, err
		}
		fc := Forecast{Rows: m.entries, Vertices: m.rows, NameBytes: 8 * m.rows, Weighted: l.weight >= 0, Undirected: m.symmetric}
		if opt.TwoSides {
			fc.Columns = m.cols
			fc.NameBytes += 8 * m.cols
		}
		return fc, nil
	}
	l, err := inspectLayout(path, first.text, opt)
	if err != nil {
		return Forecast{}, err
	}
	s := newIDSample(l, opt.TwoSides)
	s.take(first)
	total := float64(info.Size())
	switch packed := len(text.closers) > 0; {
	case packed:
		// What waits before the decompressor counts as read, so some more is
		// read for it to weigh little.
		for range 8 {
			b, err := text.next(nil)
			if err != nil {
				return Forecast{}, err
			}
			s.take(b)
		}
		total *= float64(text.bytes) / float64(max(text.raw.read.Load(), 1))
	case info.Size() <= forecastWhole:
		for b := first; b.text != nil && ctx.Err() == nil; {
			if b, err = text.next(b.buffer); err != nil {
				return Forecast{}, err
			}
			s.take(b)
		}
	default:
		for i := 1; i < forecastSamples && ctx.Err() == nil; i++ {
			at := info.Size() * int64(i) / forecastSamples
			if at < forecastSample {
				continue
			}
			s.take(sampleBlock(f, at))
		}
	}
	fc := s.forecast(int64(total / max(s.bytesPerRow(), 1)))
	fc.Weighted = l.weight >= 0
	return fc, ctx.Err()
}

// sampleBlock is the whole lines in a stretch of a file.
func sampleBlock(f *os.File, at int64) block {
	text := make([]byte, forecastSample)
	n, err := f.ReadAt(text, at)
	if err != nil && n == 0 {
		return block{}
	}
	text = text[:n]
	begin, end := bytes.IndexByte(text, '\n')+1, bytes.LastIndexByte(text, '\n')+1
	if begin >= end {
		return block{}
	}
	return block{number: 1, text: text[begin:end]}
}

// idSample is what samples of rows tell about ids.
type idSample struct {
	parser parser
	sides  [2]*idSide
	codes  [2][]uint32
	pairs  []uint64 // both ends of each row, the smaller code first
	rows   int64
	bytes  int64
}

func newIDSample(l *layout, twoSides bool) *idSample {
	s := &idSample{}
	s.sides[0] = newIDSide()
	s.sides[1] = s.sides[0]
	if twoSides {
		s.sides[1] = newIDSide()
	}
	s.parser = parser{layout: l, from: s.sides[0], to: s.sides[1]}
	return s
}

// take counts the rows of a block. A fault in it is for ReadEdges to tell.
func (s *idSample) take(b block) {
	if b.text == nil {
		return
	}
	c, _, bad := s.parser.parse(b)
	if bad != nil {
		return
	}
	s.rows += int64(len(c.from))
	s.bytes += int64(len(b.text))
	if b.number == 0 {
		s.bytes -= int64(s.parser.layout.skip)
	}
	s.add(c)
}

func (s *idSample) add(c arcColumns) {
	for i, u := range c.from {
		v := c.to[i]
		if s.sides[0] == s.sides[1] {
			u, v = min(u, v), max(u, v)
		}
		s.pairs = append(s.pairs, uint64(u)<<32|uint64(v))
	}
	s.codes[0] = append(s.codes[0], c.from...)
	second := 0
	if s.sides[1] != s.sides[0] {
		second = 1
	}
	s.codes[second] = append(s.codes[second], c.to...)
}

func (s *idSample) bytesPerRow() float64 { return float64(s.bytes) / float64(max(s.rows, 1)) }

func (s *idSample) forecast(rows int64) Forecast {
	fc := Forecast{Rows: max(rows, s.rows)}
	slices.Sort(s.pairs)
	for i := 1; i < len(s.pairs); i++ {
		fc.Repeated = fc.Repeated || s.pairs[i] == s.pairs[i-1]
	}
	for side, codes := range s.codes {
		if len(codes) == 0 {
			continue
		}
		// All ids of the file are some multiple of those looked at.
		ids := float64(fc.Rows) * float64(len(codes)) / float64(max(s.rows, 1))
		slices.Sort(codes)
		small, _ := slices.BinarySearch(codes, smallNumbers)
		numbers, texts := distinct(codes[:small], ids), distinct(codes[small:], ids)
		digits := 0.
		if small > 0 {
			largest := float64(codes[small-1]) + 1
			// The more was looked at, the less is left to the largest number.
			unseen := 1 - float64(s.rows)/float64(max(fc.Rows, 1))
			numbers = min(numbers*math.Pow(max(largest/numbers, 1), unseen/2), ids)
			digits = float64(decimalLength(uint32(largest)))
		}
		mean := 0.
		if n := s.sides[side].dict.Len(); n > 0 {
			mean = float64(s.sides[side].dict.bytes)/float64(n) - 5
		}
		n := int64(numbers + texts)
		if side == 0 {
			fc.Vertices = n
		} else {
			fc.Columns = n
		}
		fc.Texts += int64(texts)
		fc.TextBytes += int64(texts * mean)
		fc.NameBytes += int64(numbers*digits + texts*mean)
	}
	// Of so many ties at random some would be equal.
	others := float64(max(fc.Columns, fc.Vertices))
	fc.Unsure = !fc.Repeated && fc.Rows > s.rows && float64(fc.Rows)*float64(fc.Rows) > 2*float64(fc.Vertices)*others
	return fc
}

// distinct estimates how many values there are among so many ids of which the
// codes, sorted, are a sample.
func distinct(codes []uint32, ids float64) float64 {
	once, twice, seen := 0., 0., 0.
	for i := 0; i < len(codes); {
		j := i
		for j < len(codes) && codes[j] == codes[i] {
			j++
		}
		seen++
		switch j - i {
		case 1:
			once++
		case 2:
			twice++
		}
		i = j
	}
	if float64(len(codes)) >= ids {
		return seen
	}
	return min(seen+once*max(once-1, 0)/(2*(twice+1)), max(ids, seen))
}

// forecastParquet reads the numbers of rows and the first rows.
func forecastParquet(path string, f *os.File, opt EdgeOptions) (fc Forecast, err error) {
	defer func() {
		if r := recover(); r != nil {
			fc, err = Forecast{}, parquetDamaged(path, fmt.Errorf("%v", r))
		}
	}()
	reader, err := file.NewParquetReader(readerAt{f})
	if err != nil {
		return fc, parquetDamaged(path, err)
	}
	l, err := parquetLayout(path, reader.MetaData().Schema, opt)
	if err != nil {
		return fc, err
	}
	s := newIDSample(l, opt.TwoSides)
	if reader.NumRowGroups() > 0 {
		g := reader.RowGroup(0)
		n := int(min(g.NumRows(), 100_000))
		c := arcColumns{from: make([]uint32, n), to: make([]uint32, n)}
		p := parquetGroup{layout: l}
		p.column(g, l.from, n, &parquetIDs{&p, s.sides[0], c.from})
		p.column(g, l.to, n, &parquetIDs{&p, s.sides[1], c.to})
		if p.fault == nil {
			s.rows = int64(n)
			s.add(c)
		}
	}
	fc = s.forecast(reader.NumRows())
	fc.Rows, fc.Weighted = reader.NumRows(), l.weight >= 0
	return fc, nil
}

// readerAt keeps a Parquet reader from moving or closing a file.
type readerAt struct{ *os.File }

func (readerAt) Close() error { return nil }

var _ io.Closer = readerAt{}

// BuildBytes is the most memory that ReadEdges and Build, or OpenSnapshot and
// Symmetric, hold at a time for such a file, in bytes, with the graph and the
// names themselves; see there for what it is made of.
func (f Forecast) BuildBytes(opt BuildOptions, threads int) int64 {
	if f.Snapshot > 0 {
		b := f.GraphBytes(opt)
		if opt.Undirected && !f.Undirected {
			b += f.Snapshot - f.namesHeld() // the transpose
		}
		return b
	}
	arc, records := int64(4), f.Rows
	if f.Weighted {
		arc = 8
	}
	if opt.Undirected || f.Undirected {
		records *= 2
	}
	list := f.Rows * (arc + 4)
	dict := f.TextBytes + 45*f.Texts // in each thread, where each meets most ids
	build := records*(arc+4) + 12*f.Vertices
	build += int64(4 * f.WeightedShare(opt) * float64(records))
	blocks := int64(threadsOr(threads)) * 2 * blockSize
	return list + f.namesHeld() + max(build, dict*int64(threadsOr(threads))) + blocks
}

// Arcs is the number of arcs of the graph if no tie stood in two rows.
func (f Forecast) Arcs(opt BuildOptions) int64 {
	if opt.Undirected && !f.Undirected || f.Snapshot == 0 && f.Undirected {
		return 2 * f.Rows
	}
	return f.Rows
}

// WeightedShare is 1 where the graph has weights, 0 where it has none, and half where
// that cannot be told beforehand.
func (f Forecast) WeightedShare(opt BuildOptions) float64 {
	switch {
	case f.Weighted || f.Repeated && opt.Merge == MergeSum:
		return 1
	case opt.Merge == MergeSum && (f.Unsure || f.Snapshot > 0 && opt.Undirected && !f.Undirected):
		return .5
	}
	return 0
}

// GraphBytes is the memory of the graph and its names, in bytes. A snapshot counts
// whole, as its map stays.
func (f Forecast) GraphBytes(opt BuildOptions) int64 {
	arcs := f.Arcs(opt)
	b := 4*arcs + 8*f.Vertices + int64(4*f.WeightedShare(opt)*float64(arcs))
	switch {
	case f.Snapshot == 0:
		return b + f.namesHeld()
	case opt.Undirected && !f.Undirected:
		return b + f.Snapshot
	}
	return f.Snapshot
}

func (f Forecast) namesHeld() int64 { return f.NameBytes + 8*(f.Vertices+f.Columns) }
