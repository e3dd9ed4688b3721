package loaders

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// drawnFile is a file as houses write them, with values in any field that have
// broken programs.
type drawnFile struct {
	columns []string
	rows    [][]string
	delim   string
	newline string
	quote   float64 // the share of fields that are quoted without need
}

// drawnColumn is a column whose values are drawn one by one.
type drawnColumn struct {
	name string
	draw func() string
}

// drawnTimes are ways to write times, one for most rows of a file.
var drawnTimes = []string{
	"seconds", "milliseconds", "microseconds", "seconds.fraction",
	"2006-01-02 15:04:05", "2006-01-02T15:04:05Z", "2006-01-02 15:04", "2006-01-02", "2006-01-02T15:04:05.000", "2006-01-02 15:04:05-07:00", "2006-01-02T15:04:05.999999Z",
	"02/01/2006 15:04:05", "01/02/2006 15:04", "02.01.2006 15:04", "2.1.2006", "02-01-06 15:04", "2006/01/02 15:04:05", "20060102150405", "02 Jan 2006 15:04:05", "Mon, 02 Jan 2006 15:04:05 +0100",
}

// drawTime draws one of 2,000 half hours, in which clocks are changed both in Europe
// and in America.
func drawTime(r *rand.Rand, form string) string {
	at := int64(1_698_000_000) + r.Int64N(2000)*1800
	switch form {
	case "seconds":
		return fmt.Sprint(at)
	case "milliseconds":
		return fmt.Sprint(at*1000 + r.Int64N(1000))
	case "microseconds":
		return fmt.Sprint(at*1_000_000 + r.Int64N(1_000_000))
	case "seconds.fraction":
		return fmt.Sprintf("%d.%d", at, r.IntN(1000))
	}
	return timeText(at, form)
}

func drawOne[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// drawLength is one way to write lengths of calls.
func drawLength(r *rand.Rand) func() string {
	return drawOne(r,
		func() string { return fmt.Sprint(r.IntN(300)) },
		func() string { return fmt.Sprint(r.IntN(4) - 1) },
		func() string { return fmt.Sprintf("%.1f", r.Float64()*100) },
		func() string { return fmt.Sprintf("%d.5", r.IntN(9)) },
		func() string { return fmt.Sprintf("%d,%02d", r.IntN(100), r.IntN(100)) },
		func() string { return fmt.Sprintf("%d:%02d:%02d", r.IntN(3), r.IntN(60), r.IntN(60)) },
		func() string { return fmt.Sprintf("%d,%03d", 1+r.IntN(3), r.IntN(1000)) },
		func() string { return fmt.Sprintf("%d s", r.IntN(90)) },
	)
}

// drawMoney is one way to write amounts.
func drawMoney(r *rand.Rand) func() string {
	return drawOne(r,
		func() string { return fmt.Sprint(r.IntN(500)) },
		func() string { return fmt.Sprintf("%.2f", r.Float64()*3000-100) },
		func() string { return fmt.Sprintf("%d,%02d", r.IntN(300), r.IntN(100)) },
		func() string { return fmt.Sprintf("%d,%03d.%02d", 1+r.IntN(9), r.IntN(1000), r.IntN(100)) },
		func() string { return fmt.Sprintf("%d.%03d,%02d", 1+r.IntN(9), r.IntN(1000), r.IntN(100)) },
		func() string { return fmt.Sprintf("%d %03d,%02d", 1+r.IntN(9), r.IntN(1000), r.IntN(100)) },
		func() string { return fmt.Sprintf("€ %d.%02d", r.IntN(90), r.IntN(100)) },
		func() string { return fmt.Sprintf("(%d.%02d)", r.IntN(90), r.IntN(100)) },
		func() string { return fmt.Sprintf("%d.%02d-", r.IntN(90), r.IntN(100)) },
	)
}

// drawLetters are those of some ids: not every encoding has them.
func drawLetters(r *rand.Rand) string {
	return drawOne(r, "ann", "żółć", "Иван", "中文", "müller")
}

// drawCallFile draws a file of calls, in a share of whose rows is something odd.
func drawCallFile(r *rand.Rand, share float64) drawnFile {
	letters, people := drawLetters(r), 1+r.IntN(30)
	id := func() string {
		n := r.IntN(people)
		return drawOne(r, letters, "0", "+4477", "+4477", "+4477", "+4477") + fmt.Sprint(n)
	}
	form, length := drawOne(r, drawnTimes...), drawLength(r)
	kinds := drawOne(r, []string{"voice", "SMS", "data"}, []string{"Voice", "voice", "VOICE"}, []string{"call", "text", "mms"}, []string{"MOC", "MTC", "SMS-MO"})
	columns := []drawnColumn{
		{drawOne(r, "caller", "a_number", "from"), id}, {drawOne(r, "callee", "b_number", "to"), id},
		{drawOne(r, "at", "start_time", "timestamp"), func() string { return drawTime(r, form) }},
	}
	for _, more := range []drawnColumn{
		{drawOne(r, "seconds", "duration", "duration_s", "duration_ms"), length},
		{"kind", func() string { return drawOne(r, kinds...) }},
		{"answered", func() string { return drawOne(r, "yes", "no", "", "1", "TRUE", "f") }},
		{"direction", func() string { return drawOne(r, "in", "out", "OUT", "mo") }},
		{"remark", func() string { return drawOne(r, "", "x", strings.Repeat("long ", 40), "of "+letters) }},
	} {
		if r.IntN(2) == 0 {
			columns = append(columns, more)
		}
	}
	return drawRows(r, columns, share)
}

// drawPurchaseFile draws a file of purchases likewise.
func drawPurchaseFile(r *rand.Rand, share float64) drawnFile {
	letters, form := drawLetters(r), drawOne(r, drawnTimes...)
	columns := []drawnColumn{
		{"customer", func() string { return fmt.Sprint(letters, r.IntN(20)) }},
		{"product", func() string { return fmt.Sprint("p", r.IntN(9)) }},
		{"at", func() string { return drawTime(r, form) }},
		{drawOne(r, "amount", "price"), drawMoney(r)},
	}
	for _, more := range []drawnColumn{
		{"quantity", func() string { return drawOne(r, "1", "1", "2", "3", "-1", "0.5") }},
		{"invoice", func() string { return drawOne(r, "", "C") + fmt.Sprint(500+r.IntN(40)) }},
	} {
		if r.IntN(2) == 0 {
			columns = append(columns, more)
		}
	}
	return drawRows(r, columns, share)
}

func drawRows(r *rand.Rand, columns []drawnColumn, share float64) drawnFile {
	d := drawnFile{delim: drawOne(r, ",", ";", "\t", "|"), newline: drawOne(r, "\n", "\n", "\r\n"), quote: drawOne(r, 0, 0, .2, 1)}
	r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	for _, c := range columns {
		d.columns = append(d.columns, c.name)
	}
	for range 1 + r.IntN(80) {
		var row []string
		for _, c := range columns {
			row = append(row, c.draw())
		}
		if r.Float64() < share {
			f := &row[r.IntN(len(row))]
			*f = drawOne(r, drawOne(r, nasty...), drawTime(r, drawOne(r, drawnTimes...)), *f+" ", "\t"+*f, "\u00a0"+*f, *f+"\u200b", `"`+*f+`"`, *f+`"`,
				"0"+*f, "+"+*f, "-"+*f, *f+"\x01", *f+d.delim, "x\r\ny", strings.ToUpper(*f), "internet", "10.0.0.1")
		}
		d.rows = append(d.rows, row)
		if r.Float64() < share/2 {
			d.rows = append(d.rows, drawOne(r, d.rows...))
		}
	}
	return d
}

// text is the file as delimited text. In a share of the rows something is wrong with
// the fields as such: their number, their quotes.
func (d drawnFile) text(r *rand.Rand, faulty float64) string {
	var b strings.Builder
	for i, row := range append([][]string{d.columns}, d.rows...) {
		for j, f := range row {
			if j > 0 {
				b.WriteString(d.delim)
			}
			needs := strings.ContainsAny(f, "\"\r\n") || strings.Contains(f, d.delim)
			if r.Float64() < d.quote || needs && (i == 0 || r.Float64() >= faulty) {
				f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
			}
			b.WriteString(f)
		}
		if i > 0 && r.Float64() < faulty/4 {
			b.WriteString(d.delim + "more")
		}
		if i > 0 && r.Float64() < faulty/8 {
			b.WriteString(d.newline)
		}
		if i < len(d.rows) || r.IntN(3) > 0 {
			b.WriteString(d.newline)
		}
	}
	return b.String()
}

// lines is the file as JSON Lines.
func (d drawnFile) lines() string {
	var b strings.Builder
	for _, row := range d.rows {
		for i, f := range row {
			key, _ := json.Marshal(d.columns[i])
			value, _ := json.Marshal(f)
			b.WriteString(map[bool]string{true: "{", false: ", "}[i == 0] + string(key) + ": " + string(value))
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// shuffled is the file with its rows in another order.
func (d drawnFile) shuffled(r *rand.Rand) drawnFile {
	d.rows = slices.Clone(d.rows)
	r.Shuffle(len(d.rows), func(i, j int) { d.rows[i], d.rows[j] = d.rows[j], d.rows[i] })
	return d
}
