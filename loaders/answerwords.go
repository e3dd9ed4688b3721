package loaders

import (
	"context"
	"database/sql"
	_ "embed" // the scales
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed scales.txt
var scalesText string

// wordScale is a scale of answers in words, from the worst on. Its scores are 1, 2
// and so on.
type wordScale []string

func (s wordScale) ends() string { return s[0] + " to " + s[len(s)-1] }

// noAnswer is the answer that is none.
const noAnswer = "no answer"

// wordScales are the scales that are known, and for each word the answers that it
// may be.
type wordScales struct {
	scales  []wordScale
	answers map[string][]string
}

var answerWords = sync.OnceValue(func() *wordScales {
	w := &wordScales{answers: map[string][]string{}}
	also := func(word, answer string) {
		if word = plainAnswer(word); !slices.Contains(w.answers[word], answer) {
			w.answers[word] = append(w.answers[word], answer)
		}
	}
	for line := range strings.Lines(scalesText) {
		line = strings.TrimSpace(line)
		if scale, ok := strings.CutPrefix(line, "< "); ok {
			w.scales = append(w.scales, strings.Split(scale, " < "))
			for _, answer := range w.scales[len(w.scales)-1] {
				also(answer, answer)
			}
		} else if answer, words, ok := strings.Cut(line, " = "); ok && !strings.HasPrefix(line, "#") {
			also(answer, answer)
			for _, word := range strings.Split(words, ", ") {
				also(word, answer)
			}
		}
	}
	// What is neutral by itself is so on each scale.
	for word, answers := range w.answers {
		if slices.Contains(answers, "neutral") {
			w.answers[word] = append(answers, w.answers["neutral"]...)
		}
	}
	return w
})

var (
	// genders are the endings that a form offers both of, as in satisfait(e).
	genders = regexp.MustCompile(`(\p{L}{3})(?:\( ?\p{L}{1,4}\)|[/·] ?\p{L}{1,4}( |$))`)
	// feminine are words as women tick them.
	feminine = strings.NewReplacer("satisfaite", "satisfait", "satisfecha", "satisfecho", "soddisfatta", "soddisfatto", "zadowolona", "zadowolony", "spokojená", "spokojen", "spokojený", "spokojen", "spokojena", "spokojen",
		"довольна", "доволен", "удовлетворена", "удовлетворен", "удовлетворён", "удовлетворен", "согласна", "согласен", "ё", "е")
	answerMarks = strings.NewReplacer(",", " ", ".", " ", "!", " ", ";", " ", "_", " ", "-", " ", "–", " ", "\u00a0", " ", "’", "'", "‘", "'", "，", " ", "。", " ")
)

// plainAnswer brings an answer into a form that can be compared: small letters and
// one gender, without marks.
func plainAnswer(text string) string {
	text = feminine.Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(genders.ReplaceAllString(answerMarks.Replace(text), "$1$2")), " ")
}

// numberedAnswer has its number beside the words, as "10 - Extremely likely", "Very
// satisfied (5)" and "4 out of 5".
var numberedAnswer = regexp.MustCompile(`^([0-9]{1,3}(?:[.,][0-9])?) ?(?:/ ?[0-9]{1,3}|(?:[-–—=:.)] ?)?\p{L}[^0-9]*(?:[0-9]{1,3}[^0-9]*)?)$|^\p{L}[^0-9]*(?:[-–—=:] ?|\()([0-9]{1,3})\)?$`)

// answerNumber is the number of a numbered answer.
func answerNumber(text string) (float64, bool) {
	m := numberedAnswer.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(m[1]+m[2], ",", "."), 64)
	return n, err == nil
}

// scoreLike says whether a text is a score: a number, a numbered answer, or a word of
// some scale.
func (f Field) scoreLike(s string) bool {
	_, numbered := answerNumber(s)
	return f.figureLike(s) || numbered || answerWords().answers[plainAnswer(s)] != nil
}

// scores says how the texts of a column of scores are read where these are no bare
// numbers.
type scores struct {
	// of has the scores of texts; none are texts that stand for no answer.
	of   map[string]float64
	none []string
	// scale is that of words; nil where texts have numbers in them.
	scale wordScale
}

// leastWhole is how many answers must be there for the answers of a small scale, all
// of which are there, to be all that were offered.
const leastWhole = 30

// findWords finds out, from all scores of the file, which scale their words form.
func (l *loading) findWords(ctx context.Context, conn *sql.Conn) error {
	p := l.plan
	b, ok := p.fields["score"]
	f, _ := p.kind.field("score")
	if p.kind != Satisfaction || !ok || b.column < 0 || p.src.numeric(b.column) {
		return nil
	}
	values := p.values("score", b.column)
	if allPass(values, f.figureLike) && len(values) >= sampleRows { // the usual case, which needs no look at the rest
		return nil
	}
	counts, err := l.answerCounts(ctx, conn)
	if err != nil {
		return fmt.Errorf("look for words among the scores of %s: %w", p.src.path, err)
	}
	p.scores, err = p.scoresOf(f, counts)
	return err
}

// longestAnswer is how many bytes a word of a scale has at most.
const longestAnswer = 200

func (l *loading) answerCounts(ctx context.Context, conn *sql.Conn) (counts map[string]int64, err error) {
	counts = map[string]int64{}
	data := struct {
		stage
		Longest int
	}{l.stage, longestAnswer}
	err = eachOf(ctx, conn, "answers.sql", data, nil, func(rows *sql.Rows) error {
		var text string
		var n int64
		err := rows.Scan(&text, &n)
		counts[text] = n
		return err
	})
	return counts, err
}

// scoresOf is how texts are read that so many rows have; nil where all are bare
// numbers, or none is a word.
func (p *plan) scoresOf(f Field, counts map[string]int64) (*scores, error) {
	w := answerWords()
	s := &scores{of: map[string]float64{}}
	var words, numbers int64
	answers := map[string][]string{}
	for text, n := range counts {
		if number, ok := answerNumber(text); ok {
			s.of[text] = number
			numbers += n
		} else if f.figureLike(text) {
			numbers += n
		} else if may := w.answers[plainAnswer(text)]; slices.Contains(may, noAnswer) {
			s.none = append(s.none, text)
		} else if may != nil {
			answers[text] = may
			words += n
		}
	}
	slices.Sort(s.none)
	if words <= numbers {
		if len(s.of)+len(s.none) == 0 {
			return nil, nil
		}
		return s, nil
	}
	scale, err := p.wordScale(counts, answers)
	if err != nil {
		return nil, err
	}
	s.scale, s.of = scale, map[string]float64{}
	var said []string
	for i, answer := range scale {
		said = append(said, fmt.Sprintf("%s %d", answer, i+1))
		for text, may := range answers {
			if slices.Contains(may, answer) {
				s.of[text] = float64(i + 1)
			}
		}
	}
	other := ""
	if _, named := p.fields["scale"]; !named {
		other = "; if fewer or more answers were offered, say how many, for example --map scale='1-3'"
		if len(scale) == 3 {
			other = strings.Replace(other, "1-3", "1-5", 1)
		}
	}
	p.notes = append(p.notes, "scores are words, read as "+strings.Join(said, ", ")+other)
	return s, nil
}

// wordScale is the scale of some answers: the first that has them all, or else that of
// the most rows. A scale that has been used whole and often comes before. What the
// options say of the scale must be its length.
func (p *plan) wordScale(counts map[string]int64, answers map[string][]string) (best wordScale, err error) {
	steps := 0
	if b, ok := p.fields["scale"]; ok {
		if b.column >= 0 {
			return nil, p.src.fail(0, "the scores are words, such as %s, which are on a scale of their own; leave the column of the scale out with --map scale=", p.exampleOf("score", answers))
		}
		if _, err := fmt.Sscanf(strings.Join(strings.Fields(b.literal), ""), "1-%d", &steps); err != nil {
			steps = -1
		}
	}
	var most int64
	var whole bool
	for _, s := range answerWords().scales {
		if steps != 0 && len(s) != steps {
			continue
		}
		var rows int64
		used := map[string]bool{}
		for text, may := range answers {
			for _, answer := range may {
				if slices.Contains(s, answer) {
					rows += counts[text]
					used[answer] = true
					break
				}
			}
		}
		isWhole := len(used) == len(s) && rows >= leastWhole
		if rows > most || rows == most && isWhole && !whole {
			best, most, whole = s, rows, isWhole
		}
	}
	if best == nil {
		return nil, p.src.fail(0, "the scores are words, such as %s, and no scale '%s' of such words is known; leave the scale out, or say how many answers were offered, for example --map scale='1-5'",
			p.exampleOf("score", answers), p.fields["scale"].literal)
	}
	return best, nil
}

// exampleOf is one of the texts of a field.
func (p *plan) exampleOf(field string, texts map[string][]string) string {
	for _, v := range p.values(field, p.fields[field].column) {
		if v = strings.TrimSpace(v); texts[v] != nil {
			return strconv.Quote(shorten(v))
		}
	}
	return "those of surveys"
}

// Answer is the text of the score, without texts that stand for no answer.
func (s stage) Answer() string {
	x := s.Text("score")
	if s.p.scores == nil || len(s.p.scores.none) == 0 {
		return x
	}
	return "CASE WHEN NOT (" + isOneOf(x, s.p.scores.none) + ") THEN " + x + " END"
}

// Score is the number of what Answer gave.
func (s stage) Score() string {
	number := "try_cast(" + s.Number("score") + " AS DOUBLE)"
	if s.p.scores == nil || len(s.p.scores.of) == 0 {
		return number
	}
	var b strings.Builder
	b.WriteString("CASE score_text")
	texts := make([]string, 0, len(s.p.scores.of))
	for text := range s.p.scores.of {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	for _, text := range texts {
		fmt.Fprintf(&b, " WHEN %s THEN %g", literal(text), s.p.scores.of[text])
	}
	if s.p.scores.scale == nil {
		b.WriteString(" ELSE " + number)
	}
	return "CAST(" + b.String() + " END AS DOUBLE)"
}

// NoScore says why a text is no score.
func (s stage) NoScore() string {
	if s.p.scores != nil && s.p.scores.scale != nil {
		return literal("score|score is no word of the scale " + s.p.scores.scale.ends())
	}
	return "'score|score is not a number'"
}
