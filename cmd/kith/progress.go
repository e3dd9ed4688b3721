package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"kith/graph"
)

// bars draws one bar per stage on a terminal and nothing elsewhere.
type bars struct {
	w     io.Writer
	stage string
	bar   *progressbar.ProgressBar
	since time.Time
}

// newProgress returns a Progress that draws on w when it is a terminal, and a
// function that ends the last bar.
func newProgress(w io.Writer, quiet bool) (graph.Progress, func()) {
	if quiet || !isTerminal(w) {
		return nil, func() {}
	}
	b := &bars{w: w}
	return b.report, b.finish
}

func (b *bars) report(stage string, done, total int64) {
	if stage != b.stage {
		b.finish()
		b.stage, b.since = stage, time.Now()
		if total <= 0 {
			total = -1
		}
		b.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetDescription(fmt.Sprintf("%-34s", stage)),
			progressbar.OptionSetWidth(24),
			progressbar.OptionThrottle(80*time.Millisecond),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetRenderBlankState(true),
		)
	}
	// A bar that cannot be drawn must not stop the work.
	_ = b.bar.Set64(done)
}

func (b *bars) finish() {
	if b.bar == nil {
		return
	}
	_ = b.bar.Finish()
	fmt.Fprintf(b.w, "  %s\n", time.Since(b.since).Round(10*time.Millisecond))
	b.bar = nil
	b.stage = ""
}
