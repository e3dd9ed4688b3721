package community

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// crew is a fixed number of goroutines that share out the parts of one step
// after the other. Parts are taken in any order by anyone, so a step must give
// the same whoever does which part: parts write to places of their own.
type crew struct {
	size  int
	step  func(worker, part int)
	parts int64
	next  atomic.Int64
	wake  []chan struct{}
	done  sync.WaitGroup
}

// newCrew starts threads-1 goroutines besides the caller's; 0 means GOMAXPROCS.
// The caller must dismiss them.
func newCrew(threads int) *crew {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	c := &crew{size: threads}
	for w := 1; w < threads; w++ {
		wake := make(chan struct{}, 1)
		c.wake = append(c.wake, wake)
		go func() {
			for range wake {
				c.work(w)
				c.done.Done()
			}
		}()
	}
	return c
}

// dismiss ends the goroutines.
func (c *crew) dismiss() {
	for _, wake := range c.wake {
		close(wake)
	}
}

func (c *crew) work(worker int) {
	for {
		part := c.next.Add(1) - 1
		if part >= c.parts {
			return
		}
		c.step(worker, int(part))
	}
}

// each calls step once for each part in [0, parts) and returns when all are
// done. The worker, below size, tells which scratch memory to use.
func (c *crew) each(parts int, step func(worker, part int)) {
	if c.size == 1 || parts <= 1 {
		for part := range parts {
			step(0, part)
		}
		return
	}
	c.step, c.parts = step, int64(parts)
	c.next.Store(0)
	helpers := min(len(c.wake), parts-1)
	c.done.Add(helpers)
	for _, wake := range c.wake[:helpers] {
		wake <- struct{}{}
	}
	c.work(0)
	c.done.Wait()
	c.step = nil
}
