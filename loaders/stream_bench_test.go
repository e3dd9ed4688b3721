package loaders

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkPost measures how many rows per second eight clients bring to the disk,
// each waiting for its answer before it sends the next batch.
func BenchmarkPost(b *testing.B) {
	const clients = 8
	for _, size := range []int{1, 100, 1000} {
		b.Run("rows="+strconv.Itoa(size), func(b *testing.B) {
			st, _ := newStore(b)
			s := NewStream(st, StreamOptions{})
			defer s.Close()
			var next atomic.Int64
			var running sync.WaitGroup
			b.ResetTimer()
			for range clients {
				running.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						var body strings.Builder
						body.WriteString(`{"purchases":[`)
						for i := range size {
							if i > 0 {
								body.WriteByte(',')
							}
							fmt.Fprintf(&body, `{"customer":"c%d","product":"p%d","at":%d,"amount":12.5}`, (n*7919+int64(i)*31)%50_000, i*17%3000, 1_772_442_900+n)
						}
						body.WriteString(`]}`)
						if _, _, err := s.Post(b.Context(), Batch{Key: strconv.FormatInt(n, 10), Body: []byte(body.String())}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			running.Wait()
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
