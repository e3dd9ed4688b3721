package loaders

import (
	"slices"
	"strings"
	"testing"
)

// Every answer of a scale has its words, none is in it twice, and no word is two
// answers of one scale, so that it has one score.
func TestWordScales(t *testing.T) {
	w := answerWords()
	if len(w.scales) < 50 || len(w.answers) < 900 {
		t.Errorf("there are %d scales of %d words", len(w.scales), len(w.answers))
	}
	for _, s := range w.scales {
		for i, answer := range s {
			if slices.Contains(s[:i], answer) {
				t.Errorf("%s: %q stands twice", s.ends(), answer)
			}
			if plainAnswer(answer) != answer || w.answers[answer] == nil {
				t.Errorf("%s: %q is no answer", s.ends(), answer)
			}
		}
		for word, may := range w.answers {
			n := 0
			for _, answer := range s {
				if slices.Contains(may, answer) {
					n++
				}
			}
			if n > 1 {
				t.Errorf("%s: %q is %d of its answers", s.ends(), word, n)
			}
		}
	}
	used := " " + strings.Join(slices.Concat(slices.Collect(func(yield func([]string) bool) {
		for _, s := range w.scales {
			if !yield(s) {
				return
			}
		}
	})...), " < ") + " "
	for line := range strings.Lines(scalesText) {
		answer, _, ok := strings.Cut(line, " = ")
		if ok && !strings.HasPrefix(line, "#") && answer != "neutral" && answer != noAnswer && !strings.Contains(used, " "+answer+" ") {
			t.Errorf("no scale has %q", answer)
		}
	}
}

func TestPlainAnswer(t *testing.T) {
	for text, want := range map[string]string{
		"Very  Satisfied!":                      "very satisfied",
		"VERY_SATISFIED":                        "very satisfied",
		"Zadowolony/a":                          "zadowolony",
		"Très satisfait(e)":                     "très satisfait",
		"Très satisfaite":                       "très satisfait",
		"Ni satisfait, ni insatisfait":          "ni satisfait ni insatisfait",
		"Tout à fait d’accord":                  "tout à fait d'accord",
		"Скорее довольна":                       "скорее доволен",
		"Доволен(-льна)":                        "доволен",
		"N/A":                                   "n/a",
		"Ani zadowolony/a, ani niezadowolony/a": "ani zadowolony ani niezadowolony",
	} {
		if got := plainAnswer(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAnswerNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"10 - Extremely likely": 10, "Extremely likely - 10": 10, "Not at all likely - 0": 0, "Very satisfied (5)": 5, "5 = sehr gut": 5, "1) bad": 1,
		"4 out of 5": 4, "4.5 out of 5 stars": 4.5, "4/5": 4, "3 stars": 3, "2: poor": 2,
		"7": -1, "Very satisfied": -1, "12.01.2026": -1, "10:30": -1, "2026-01-05": -1, "5-4-3": -1, "Q1 - 10 of 10": -1, "1,5": -1,
	} {
		got, ok := answerNumber(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %g, want %g", text, got, want)
		}
	}
}
