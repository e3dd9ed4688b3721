package neo4jstore

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSimpleAttributesBecomeProperties(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want map[string]any
	}{
		"none":         {"", nil},
		"no object":    {`[1]`, nil},
		"no JSON":      {`{"a":`, nil},
		"each type":    {`{"a":"x","b":true,"c":3,"d":0.5,"e":9007199254740993,"f":-0.0}`, map[string]any{"a": "x", "b": true, "c": int64(3), "d": 0.5, "e": int64(9007199254740993), "f": 0.0}},
		"not simple":   {`{"a":null,"b":[1],"c":{"d":1}}`, nil},
		"taken names":  {`{"id":"x","community":"y","churn_risk":1,"network_value":2,"attributes":"z","run":"r"}`, nil},
		"odd names":    {`{"":1,"a b":1,"a.b":1,"1a":1,"_a":1,"ä":1,"a` + "`" + `":1,"a\u0000":1}`, nil},
		"plain names":  {`{"A_1":1}`, map[string]any{"A_1": int64(1)}},
		"large number": {`{"a":1e300,"b":1e999,"c":123456789012345678901234567890}`, map[string]any{"a": 1e300, "c": 123456789012345678901234567890.0}},
	} {
		if d := cmp.Diff(c.want, simpleAttributes(c.text), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestDroppedAttributesAreRemoved(t *testing.T) {
	got := customerProperties(`{"age":"31","city":"Ulm"}`, `{"city":"Bonn"}`)
	want := map[string]any{"attributes": `{"city":"Bonn"}`, "city": "Bonn", "age": nil}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]any{"attributes": nil, "age": nil}, customerProperties(`{"age":3}`, "")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
