package churn_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence/churn"
)

var update = flag.Bool("update", false, "rewrite testdata/quality.txt")

// messages are those of collegemsg, in columns; person p is vertex p-1.
type messages struct {
	people   int
	from, to []uint32
	at       []int64
	start    int64
}

func collegeMessages(t *testing.T) *messages {
	t.Helper()
	f, err := os.Open(filepath.Join(graphtest.Data(t, "collegemsg"), "CollegeMsg.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := &messages{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var row [3]int64
		for i, field := range strings.Fields(lines.Text()) {
			if row[i], err = strconv.ParseInt(field, 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		m.from, m.to, m.at = append(m.from, uint32(row[0]-1)), append(m.to, uint32(row[1]-1)), append(m.at, row[2])
		m.people = max(m.people, int(row[0]), int(row[1]))
		if m.start == 0 || row[2] < m.start {
			m.start = row[2]
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

// before is the graph of who wrote to whom before a time, weighted by the
// number of half-hours with a message.
func (m *messages) before(t *testing.T, until int64) *graph.Graph {
	t.Helper()
	seen := map[[3]int64]bool{}
	var arcs []graph.Arc
	for i, at := range m.at {
		key := [3]int64{int64(m.from[i]), int64(m.to[i]), at / 1800}
		if at >= until || seen[key] {
			continue
		}
		seen[key] = true
		arcs = append(arcs, graph.Arc{From: m.from[i], To: m.to[i], Weight: 1})
	}
	g, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: uint32(m.people), DropLoops: true}, arcs)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestQuality measures what risk by ties is worth on real messages, where who
// sent at least three in 21 days and none in another 21 has left. The cut-offs
// lie where people left of themselves (day 38), in the exodus at the end of
// term (60), and after it (90).
func TestQuality(t *testing.T) {
	m := collegeMessages(t)
	var out bytes.Buffer
	fmt.Fprintln(&out, "churn by silence on collegemsg: AUC with its 95 % interval, average precision, lift at 10 %")
	for _, cut := range []int64{38, 60, 90} {
		t0 := m.start + cut*86400
		c, err := churn.Silence(m.people, m.from, m.at, churn.Windows{At: time.Unix(t0, 0), Gap: 24 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		left := 0
		for _, x := range c.Left {
			if x {
				left++
			}
		}
		// The data's own page counts 651 people and 65.1 % silent at day 60.
		if cut == 60 && (len(c.Members) != 651 || left != 424) {
			t.Errorf("at day 60 %d of %d left, want 424 of 651", left, len(c.Members))
		}
		g := m.before(t, t0)
		e, err := churn.Spread(context.Background(), g, c.Gone, churn.SpreadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := churn.Risk(context.Background(), g, c.Gone, churn.RiskOptions{})
		if err != nil {
			t.Fatal(err)
		}
		checkReceipts(t, r)
		fmt.Fprintf(&out, "\nday %d: %d of %d left, %d gone before\n", cut, left, len(c.Members), len(c.Gone))
		for _, s := range []struct {
			name  string
			score func(i int) float64
		}{
			{"raw energy", func(i int) float64 { return e.Of[c.Members[i]] }},
			{"risk", func(i int) float64 { return r.Risk[c.Members[i]] }},
			{"recency", func(i int) float64 { return c.Recency[i] }},
			{"own activity", func(i int) float64 { return -float64(c.Events[i]) }},
		} {
			score := make([]float64, len(c.Members))
			for i := range score {
				score[i] = s.score(i)
			}
			q := evaluate(t, score, c.Left, churn.EvaluateOptions{})
			fmt.Fprintf(&out, "  %-13s %.3f (%.3f..%.3f)  %.3f  %.2f\n", s.name, q.AUC.Value, q.AUC.Low, q.AUC.High, q.AveragePrecision.Value, q.Lift10.Value)
			if s.name == "risk" && q.AUC.Value < .5 {
				t.Errorf("at day %d the risk has an AUC of %.3f, worse than chance", cut, q.AUC.Value)
			}
		}
	}
	const file = "testdata/quality.txt"
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("%s is out of date; if the change is meant, run with -update and look at the diff (-want +got):\n%s", file, diff)
	}
}
