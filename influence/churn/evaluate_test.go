package churn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"kith/influence/churn"
)

func evaluate(t testing.TB, score []float64, left []bool, opt churn.EvaluateOptions) *churn.Evaluation {
	t.Helper()
	e, err := churn.Evaluate(score, left, opt)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEvaluateByHand(t *testing.T) {
	tests := []struct {
		name                                 string
		score                                []float64
		left                                 []bool
		auc, precision, lift1, lift5, lift10 float64
	}{
		{"right way up", []float64{4, 3, 2, 1}, []bool{true, true, false, false}, 1, 1, 2, 2, 2},
		{"upside down", []float64{4, 3, 2, 1}, []bool{false, false, true, true}, 0, (1./3 + 2./4) / 2, 0, 0, 0},
		{"one pair of four is wrong", []float64{4, 3, 2, 1}, []bool{true, false, true, false}, .75, (1 + 2./3) / 2, 2, 2, 2},
		{"all alike", []float64{7, 7, 7, 7}, []bool{true, false, false, false}, .5, .25, 1, 1, 1},
		{"a tie at the top", []float64{7, 7, 1}, []bool{true, false, false}, .75, .5, 1.5, 1.5, 1.5},
		// Of 20, the first 5 % is 1 and the first 10 % are 2.
		{"twenty", []float64{20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1},
			[]bool{1: true, 3: true, 19: false}, (17. + 16) / 36, (1./2 + 2./4) / 2, 0, 0, 5},
		{"infinite scores", []float64{math.Inf(1), 0, math.Inf(-1)}, []bool{true, false, false}, 1, 1, 3, 3, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := evaluate(t, tt.score, tt.left, churn.EvaluateOptions{Resamples: 1})
			got := []float64{e.AUC.Value, e.AveragePrecision.Value, e.Lift1.Value, e.Lift5.Value, e.Lift10.Value}
			if diff := cmp.Diff([]float64{tt.auc, tt.precision, tt.lift1, tt.lift5, tt.lift10}, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("AUC, average precision and lifts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEvaluateAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(rt, "n")
		score := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 1, 2, 3.5, 4, 7}), n, n).Draw(rt, "score")
		left := rapid.SliceOfN(rapid.Bool(), n, n).Draw(rt, "left")
		left[0], left[1] = true, false
		e := evaluate(t, score, left, churn.EvaluateOptions{Resamples: 20})
		y, classes := slices.Clone(score), slices.Clone(left)
		stat.SortWeightedLabeled(y, classes, nil)
		tpr, fpr, _ := stat.ROC(nil, y, classes, nil)
		if want := integrate.Trapezoidal(fpr, tpr); math.Abs(want-e.AUC.Value) > 1e-12 {
			rt.Fatalf("the AUC is %v, gonum says %v", e.AUC.Value, want)
		}
		for name, f := range map[string]churn.Figure{"AUC": e.AUC, "precision": e.AveragePrecision, "lift": e.Lift10} {
			if f.Low > f.High {
				rt.Fatalf("%s: interval %+v is upside down", name, f)
			}
		}

		// Values, though not intervals, don't depend on the order of rows.
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(rt, "order")
		score2, left2 := make([]float64, n), make([]bool, n)
		for i, k := range order {
			score2[i], left2[i] = score[k], left[k]
		}
		e2 := evaluate(t, score2, left2, churn.EvaluateOptions{Resamples: 1})
		for _, f := range [][2]churn.Figure{{e.AUC, e2.AUC}, {e.AveragePrecision, e2.AveragePrecision}, {e.Lift1, e2.Lift1}, {e.Lift5, e2.Lift5}, {e.Lift10, e2.Lift10}} {
			if math.Abs(f[0].Value-f[1].Value) > 1e-12 {
				rt.Fatalf("the order of rows changes %v to %v", f[0].Value, f[1].Value)
			}
		}
	})
}

func TestEvaluateIntervalCoversAndRepeats(t *testing.T) {
	// Scores of leavers are shifted by a third of the range of all.
	var score []float64
	var left []bool
	for i := range 400 {
		score = append(score, math.Mod(float64(i)*.618, 1)+map[bool]float64{true: 1. / 3}[i%4 == 0])
		left = append(left, i%4 == 0)
	}
	want := evaluate(t, score, left, churn.EvaluateOptions{Seed: 1, Threads: 1})
	if a := want.AUC; !(a.Low < a.Value && a.Value < a.High && a.High-a.Low > .05 && a.High-a.Low < .2) {
		t.Errorf("the interval %+v doesn't fit 400 customers", a)
	}
	for _, threads := range threadCounts {
		same(t, threads, want, evaluate(t, score, left, churn.EvaluateOptions{Seed: 1, Threads: threads}))
	}
	if other := evaluate(t, score, left, churn.EvaluateOptions{Seed: 2}); other.AUC.Low == want.AUC.Low && other.AUC.High == want.AUC.High {
		t.Error("another seed gives the same interval")
	}
}

func TestEvaluateRefuses(t *testing.T) {
	two, one := []float64{1, 2}, []bool{true}
	for want, call := range map[string]func() error{
		"2 scores for 1 customers": func() error { _, err := churn.Evaluate(two, one, churn.EvaluateOptions{}); return err },
		"of 2 customers 2 left":    func() error { _, err := churn.Evaluate(two, []bool{true, true}, churn.EvaluateOptions{}); return err },
		"of 0 customers 0 left":    func() error { _, err := churn.Evaluate(nil, nil, churn.EvaluateOptions{}); return err },
		"score of row 1 is not a number": func() error {
			_, err := churn.Evaluate([]float64{1, math.NaN()}, []bool{true, false}, churn.EvaluateOptions{})
			return err
		},
		"-1 resamples": func() error {
			_, err := churn.Evaluate(two, []bool{true, false}, churn.EvaluateOptions{Resamples: -1})
			return err
		},
		"confidence is 2": func() error {
			_, err := churn.Evaluate(two, []bool{true, false}, churn.EvaluateOptions{Confidence: 2})
			return err
		},
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one that says %q", err, want)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		score, left := make([]float64, n), make([]bool, n)
		for i := range score {
			score[i], left[i] = math.Mod(float64(i)*.618, 1), i%7 == 0
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				evaluate(b, score, left, churn.EvaluateOptions{Resamples: 100})
			}
		})
	}
}
