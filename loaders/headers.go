package loaders

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// headerUnits are the words at the end of a header that say what is counted in,
// as in duration_ms.
var headerUnits = map[string]string{
	"ms": "milliseconds", "msec": "milliseconds", "millis": "milliseconds", "milliseconds": "milliseconds", "мс": "milliseconds",
	"min": "minutes", "mins": "minutes", "minutes": "minutes", "minuten": "minutes", "minut": "minutes", "мин": "minutes",
	"minutos": "minutes", "minuti": "minutes", "hours": "hours", "hrs": "hours", "stunden": "hours",
	"cents": "cents", "cent": "cents",
	"kb": "kilobytes", "mb": "megabytes", "gb": "gigabytes",
}

// headerTails are other words at the end of a header that say nothing of which
// field it is.
const headerTails = " eur euro usd gbp chf pln czk huf ron bgn rub uah try dkk sek nok hkd twd cny jpy inr brl mxn aud cad utc gmt local flag ts ht ttc netto brutto net gross "

// questionCode is the number of a question of a survey, as in Q1_NPS.
var questionCode = regexp.MustCompile(`^q[0-9]+$`)

// questions are the beginnings of words that tell what is asked where a header is
// a whole question, as the exports of surveys have them.
var questions = []struct{ word, form string }{
	{"reason", "comment"}, {"why", "comment"}, {"comment", "comment"}, {"improve", "comment"}, {"else", "comment"}, {"tell", "comment"}, {"feedback", "comment"},
	{"recommend", "score"}, {"satisf", "score"}, {"rate", "score"}, {"happy", "score"},
	{"weiterempf", "score"}, {"zufrieden", "score"}, {"grund", "comment"}, {"warum", "comment"},
	{"pourquoi", "comment"}, {"raison", "comment"}, {"motivo", "comment"}, {"dlaczego", "comment"}, {"proč", "comment"}, {"почему", "comment"},
	{"recommand", "score"}, {"recomend", "score"}, {"consigli", "score"}, {"soddisf", "score"}, {"poleci", "score"}, {"zadowol", "score"}, //nolint:misspell // it is Spanish
	{"doporuč", "score"}, {"spokojen", "score"}, {"порекоменд", "score"}, {"рекоменд", "score"}, {"удовлетвор", "score"}, {"довольн", "score"},
	{"agree", "score"}, {"likely", "score"}, {"easy", "score"},
}

// hanQuestions are the same within headers that have no blanks between words.
var hanQuestions = map[string]string{"满意": "score", "滿意": "score", "推荐": "score", "推薦": "score"}

// isQuestion says whether a header is a whole question.
func isQuestion(header string) bool {
	return strings.ContainsAny(header, "?？") && utf8.RuneCountInString(header) >= 8
}

// headerForms are the names that a header may stand for, in the form of
// plainName, the surest first: the whole of it, without a unit or brackets behind it, and of a
// name with points, as nested JSON has it, the last two parts and the last.
func headerForms(header string) []string {
	forms := []string{plainName(header)}
	add := func(form string) {
		if form != "" && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	words := headerWords(header)
	if n := len(words); n > 1 {
		if last := words[n-1]; headerUnits[last] != "" || strings.Contains(headerTails, " "+last+" ") {
			add(strings.Join(words[:n-1], ""))
		}
	}
	if name, _, more := strings.Cut(header, "("); more { // Customer ID (metadata)
		add(plainName(name))
	}
	add(made(words))
	if len(words) > 1 && questionCode.MatchString(words[0]) {
		add(strings.Join(words[1:], ""))
	}
	if len(words) >= 4 { // a question of a survey
		for _, q := range questions {
			if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, q.word) }) {
				add(q.form)
				break
			}
		}
	}
	if isQuestion(header) {
		for word, form := range hanQuestions {
			if strings.Contains(header, word) {
				add(form)
			}
		}
	}
	parts := strings.Split(header, ".")
	if n := len(parts); n > 1 && !slices.Contains(parts, "") {
		for _, form := range append(headerForms(parts[n-2]+"_"+parts[n-1]), headerForms(parts[n-1])...) {
			add(form)
		}
	}
	return forms
}

// headerWords cuts a header at what is no letter or digit, and where a small
// letter is followed by a large one.
func headerWords(header string) []string {
	var words []string
	small := false
	word := ""
	end := func() {
		if word != "" {
			words = append(words, strings.ToLower(word))
		}
		word = ""
	}
	for _, r := range header {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			small = false
			continue
		case small && unicode.IsUpper(r):
			end()
		}
		small = unicode.IsLower(r)
		word += string(r)
	}
	end()
	return words
}

// headed is the name by which a header stands for the field, or nothing, and
// whether that is the whole of the header.
func (f Field) headed(header string) (name string, whole bool) {
	for i, form := range headerForms(header) {
		if f.isNamed(form) {
			return form, i == 0
		}
	}
	return "", false
}

// stands says whether a header is a usual name of the field, or has one in it.
func (f Field) stands(header string) bool {
	name, _ := f.headed(header)
	return name != ""
}

// headerUnit is the unit that the header of a column says for a field which is
// counted in one.
func (f Field) headerUnit(header string) string {
	words := headerWords(header)
	if f.sort != numberField || len(words) < 2 {
		return ""
	}
	unit := headerUnits[words[len(words)-1]]
	if _, ok := f.units()[unit]; !ok {
		return ""
	}
	return unit
}
