package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"kith/graph"
)

// worthALine is how long a stage must take to leave a line behind; the others
// come and go.
const worthALine = 500 * time.Millisecond

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
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine that draws on after the end
		)
	}
	// A bar that cannot be drawn must not stop the work.
	_ = b.bar.Set64(done)
}

func (b *bars) finish() {
	if b.bar == nil {
		return
	}
	_ = b.bar.Clear()
	if took := time.Since(b.since); took >= worthALine {
		fmt.Fprintf(b.w, "\r%-34s %8s\n", b.stage, took.Round(10*time.Millisecond))
	}
	b.bar = nil
	b.stage = ""
}
