package loaders

import (
	"maps"
	"testing"
)

// A file is the same as one that was loaded before where nothing but a column that is
// newly found, or a time of day beside a date, is otherwise.
func TestFoundSince(t *testing.T) {
	st, dir := newStore(t)
	l, err := loadOne(t, st, dir, write(t, "calls.csv", "caller,callee,date,time,seconds\na,b,2024-01-01,10:00:00,5\n"))
	if err != nil {
		t.Fatal(err)
	}
	now := l.plan.mapping()
	for _, c := range []struct {
		name    string
		earlier map[string]string // what was otherwise; empty for what was not there
		ok      bool
	}{
		{"nothing", nil, false},
		{"a column", map[string]string{"seconds": ""}, true},
		{"a time of day", map[string]string{"at": "date"}, true},
		{"both", map[string]string{"at": "date", "seconds": ""}, true},
		{"another column", map[string]string{"seconds": "time"}, false},
		{"the time of day of another column", map[string]string{"at": "time"}, false},
		{"a fixed value", map[string]string{"kind": ""}, false},
		{"a zone", map[string]string{"(zone)": "Europe/Berlin"}, false},
		{"a map file, and a column", map[string]string{"(map file)": "calls.map.yaml", "seconds": ""}, true},
	} {
		earlier := maps.Clone(now)
		for name, text := range c.earlier {
			if earlier[name] = text; text == "" {
				delete(earlier, name)
			}
		}
		if since, ok := l.plan.foundSince(earlier); ok != c.ok || ok != (len(since) > 0) {
			t.Errorf("%s: %t, %q", c.name, ok, since)
		}
	}
}
