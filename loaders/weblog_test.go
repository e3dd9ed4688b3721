package loaders

import (
	"bytes"
	"encoding/csv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		out, err := io.ReadAll(newWeblogReader(strings.NewReader(text), ""))
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

// Sessions of a log are those of one address and browser on a day, whatever file they
// stand in, and no address is in the data folder. Another folder has others.
func TestWeblogSessions(t *testing.T) {
	line := func(address, user, clock, page, agent string) string {
		return address + " - " + user + " [05/Jan/2026:" + clock + ` +0100] "GET ` + page + ` HTTP/1.1" 200 12 "-" "` + agent + "\"\n"
	}
	morning := write(t, "morning.log", line("203.0.113.7", "-", "10:00:00", "/p/mug", "X")+line("203.0.113.7", "-", "10:01:00", "/p/cup", "Y")+
		line("203.0.113.8", "-", "10:02:00", "/p/mug", "X")+line("2001:db8::77", "eve", "10:03:00", "/p/mug", "X")+
		"client 203.0.113.9:5123, [2001:db8::99] and 203.0.113.10,203.0.113.11 broke off at 10:03:01\n")
	evening := write(t, "evening.log", line("203.0.113.7", "ann", "20:00:00", "/account", "X")+"203.0.113.7 - - [06/Jan/2026:10:00:00 +0100] \"GET /p/cup HTTP/1.1\" 200 12 \"-\" \"X\"\n")
	var sessions [2][]string
	for i := range sessions {
		st, dir := newStore(t)
		r := mustLoad(t, st, Options{Kind: Visits, Files: []string{morning}})
		if r.Rejected != 1 || r.Reasons[0].Reason != "the line is not written as the others of the log are" {
			t.Errorf("%+v", r)
		}
		want := []string{"client (address), [(address)] and (address),(address) broke off at 10:03:01"}
		if diff := cmp.Diff(want, table(t, st, "SELECT row FROM events.rejects")); diff != "" {
			t.Error(diff)
		}
		mustLoad(t, st, Options{Kind: Visits, Files: []string{evening}})
		// Of those before she logged in only the one with her browser is hers.
		want = []string{"ann /account", "ann /p/mug", "eve /p/mug"}
		if diff := cmp.Diff(want, table(t, st, "SELECT customer, page FROM events.known_visits('infinity'::TIMESTAMP) ORDER BY ALL")); diff != "" {
			t.Error(diff)
		}
		sessions[i] = table(t, st, "SELECT DISTINCT session FROM events.visits ORDER BY session")
		if len(sessions[i]) != 5 {
			t.Error(sessions[i])
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			for _, address := range []string{"203.0.113.", "2001:db8"} {
				if bytes.Contains(text, []byte(address)) {
					t.Errorf("%s has an address", path)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	for _, s := range sessions[0] {
		if slices.Contains(sessions[1], s) {
			t.Errorf("both folders have the session %s", s)
		}
	}
}
