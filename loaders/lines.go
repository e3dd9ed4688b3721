package loaders

import (
	"context"
	"fmt"
	"os"
)

// linesOf finds the lines of rows, given by their number from 0 among those that
// can be read. Where the file is regular they can be counted; otherwise it is
// read up to the last of them. A row that has no line, as in Parquet, has its
// number from 1.
func (l *loading) linesOf(ctx context.Context, odd []oddity) (map[int64]int64, error) {
	lines := map[int64]int64{}
	if len(odd) == 0 {
		return lines, nil
	}
	var last int64
	for _, o := range odd {
		lines[o.ord] = o.ord + 1 + int64(l.src.above())
		last = max(last, o.ord)
	}
	if l.src.parquet || !l.stage.clean && !l.v.multiline && l.v.blankLines == 0 && l.v.faulty == 0 {
		return lines, nil
	}
	f, err := os.Open(l.src.file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", l.src.path, err)
	}
	defer f.Close()
	sc, text, err := l.src.rows(f)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	above := l.src.above()
	var ord int64
	for n := 0; ord <= last && sc.next(); n++ {
		if n&0xffff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch {
		case above > 0:
			above--
		case sc.rec.fault == "":
			if _, ok := lines[ord]; ok {
				lines[ord] = sc.rec.line
			}
			ord++
		}
	}
	if sc.err != nil {
		return nil, l.src.readError(sc.line, sc.err)
	}
	return lines, nil
}
