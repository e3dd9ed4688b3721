package loaders

import (
	"encoding/csv"
	"io"
	"strings"
	"testing"
)

// FuzzWeblog reads any text as the log of a web server: it has a line for each of
// the log's behind the header, which is blank, or a row of one field, or one of as
// many as the header has.
func FuzzWeblog(f *testing.F) {
	for _, s := range []string{
		`1.2.3.4 - - [05/Jan/2026:10:00:00 +0100] "GET /p?utm_a=1&b=2#c HTTP/1.1" 200 5 "-" "a \"b\""` + "\n",
		"#Fields: date time cs-uri-stem cs(User-Agent)\r\n2026-01-05 10:00:00 /p a+b\r\n2026-01-05 1 /p a\n",
		"#Fields: date\ttime\tcs-uri-stem\n2026-01-05\t10:00:00\t/p \"q\", r\n", "#Fields:\nx\n", "\n\n", `"`, strings.Repeat("x", 1<<17) + "\ny",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		isWeblog([]byte(text))
		out, err := io.ReadAll(newWeblogReader(strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Count(text, "\n") + 1
		if text != "" && !strings.HasSuffix(text, "\n") {
			want++
		}
		rows := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		if len(rows) != want {
			t.Fatalf("%d lines came out as %d", want-1, len(rows)-1)
		}
		for _, row := range rows {
			if row == "" {
				continue
			}
			fields, err := csv.NewReader(strings.NewReader(row)).Read()
			if err != nil || len(fields) != 1 && len(fields) != 9 {
				t.Fatalf("%q has %d fields: %v", row, len(fields), err)
			}
		}
	})
}
