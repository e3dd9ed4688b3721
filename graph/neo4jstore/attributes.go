package neo4jstore

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
)

// taken are the properties of a Customer that are not attributes.
var takenNames = []string{
	"id", "attributes", "run", "community", "role", "core", "pagerank", "authority", "dissemination",
	"susceptibility", "churn_risk", "own_value", "network_value", "gone", "person", "aliases", "kith", "risk_own", "risk_other", "risk_from", "risk_parts",
}

// productNames are the properties of a Product that are kith's.
var productNames = []string{"id", "kith", "name", "category", "price", "available_from", "available_to"}

// plainName is an attribute that can be a property without quoting.
var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)

// customerProperties are the changes of a Customer's properties when its
// attributes change from one JSON object to another: the whole object under
// attributes, and each simple attribute by its name, so that analysts can ask
// for it. nil removes a property.
func customerProperties(from, to string) map[string]any {
	p := map[string]any{"attributes": textOrNil(to)}
	for name := range simpleAttributes(from) {
		p[name] = nil
	}
	for name, v := range simpleAttributes(to) {
		p[name] = v
	}
	return p
}

// simpleAttributes are those attributes whose name is plain and not taken and
// whose value is a text, a number or a truth value. A text that is no JSON object
// has none.
func simpleAttributes(text string) map[string]any {
	if text == "" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var object map[string]any
	if d.Decode(&object) != nil {
		return nil
	}
	simple := map[string]any{}
	for name, v := range object {
		if !plainName.MatchString(name) || slices.Contains(takenNames, name) {
			continue
		}
		switch v := v.(type) {
		case string, bool:
			simple[name] = v
		case json.Number:
			if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
				simple[name] = n
			} else if x, err := v.Float64(); err == nil {
				simple[name] = x
			}
		}
	}
	return simple
}
