package graph

// Progress is told how far a long piece of work has come: what is being done,
// in a person's words, how much of it is done, and how much there is in all (0
// when unknown). It may be nil and is called from one goroutine at a time.
type Progress func(stage string, done, total int64)

// Report calls p unless it is nil.
func (p Progress) Report(stage string, done, total int64) {
	if p != nil {
		p(stage, done, total)
	}
}
