package loaders

import (
	"fmt"
	"slices"
	"strings"
)

// Change is one step that brings the text of a column into the form that is
// stored. Steps are taken in order, before a text is read as a time or number.
type Change struct {
	Verb string
	// What is the text that strip-prefix, strip-suffix, add-prefix and
	// replace are about, With what replace puts in its place.
	What, With string
}

// The verbs of a Change.
const (
	changeTrim    = "trim"             // all blanks around the text, also those and unseen marks of Unicode
	changeUpper   = "upper"            //
	changeLower   = "lower"            //
	changeDigits  = "digits"           // nothing but the digits 0 to 9 stays
	changeZeros   = "no-leading-zeros" // 007 becomes 7, 000 becomes 0
	changePrefix  = "strip-prefix"     // takes What off the beginning
	changeSuffix  = "strip-suffix"     // takes What off the end
	changeAdd     = "add-prefix"       // puts What before a text that is not empty
	changeReplace = "replace"          // every What becomes With
	changeHash    = "hash"             // HMAC-SHA-256 with the secret salt
)

// plainChanges need no text, others do.
var (
	plainChanges = []string{changeTrim, changeUpper, changeLower, changeDigits, changeZeros, changeHash}
	textChanges  = []string{changePrefix, changeSuffix, changeAdd, changeReplace}
)

// Changes are the steps of each field.
type Changes map[string][]Change

// ParseChanges reads changes in the form of the command line, steps that need no
// text joined by a plus sign:
//
//	caller=digits+hash,callee=digits+hash
func ParseChanges(text string) (Changes, error) {
	out := Changes{}
	m, err := ParseMap(text)
	if err != nil {
		return nil, fmt.Errorf("the changes %q are not understood: write field=step+step,field=step, with the steps %s", text, strings.Join(plainChanges, ", "))
	}
	for field, steps := range m {
		for _, verb := range strings.Split(steps, "+") {
			verb = strings.TrimSpace(verb)
			if !slices.Contains(plainChanges, verb) {
				why := ""
				if slices.Contains(textChanges, verb) {
					why = "; " + verb + " needs a text, so it goes into a map file"
				}
				return nil, fmt.Errorf("there is no step %q for %s: use %s%s", verb, field, strings.Join(plainChanges, ", "), why)
			}
			out[field] = append(out[field], Change{Verb: verb})
		}
	}
	return out, nil
}

// String is the step for a person; the texts of a user are quoted.
func (c Change) String() string {
	switch {
	case c.Verb == changeReplace:
		return fmt.Sprintf("replace %q with %q", c.What, c.With)
	case slices.Contains(textChanges, c.Verb):
		return fmt.Sprintf("%s %q", c.Verb, c.What)
	}
	return c.Verb
}

// expr is SQL that takes the step with the text x. missing are the texts that
// stand for nothing and so are not hashed.
func (c Change) expr(x string, missing []string) string {
	switch c.Verb {
	case changeTrim:
		return "regexp_replace(" + x + `, '^[\s\p{Z}\p{Cf}]+|[\s\p{Z}\p{Cf}]+$', '', 'g')`
	case changeUpper, changeLower:
		return c.Verb + "(" + x + ")"
	case changeDigits:
		return "regexp_replace(" + x + ", '[^0-9]+', '', 'g')"
	case changeZeros:
		return "regexp_replace(" + x + `, '^0+(.)', '\1')`
	case changePrefix:
		return fmt.Sprintf("CASE WHEN starts_with(%[1]s, %[2]s) THEN substr(%[1]s, length(%[2]s) + 1) ELSE %[1]s END", x, literal(c.What))
	case changeSuffix:
		return fmt.Sprintf("CASE WHEN ends_with(%[1]s, %[2]s) THEN left(%[1]s, length(%[1]s) - length(%[2]s)) ELSE %[1]s END", x, literal(c.What))
	case changeAdd:
		return fmt.Sprintf("CASE WHEN %[1]s <> '' THEN %[2]s || %[1]s ELSE %[1]s END", x, literal(c.What))
	case changeReplace:
		return fmt.Sprintf("replace(%s, %s, %s)", x, literal(c.What), literal(c.With))
	case changeHash:
		return "CASE WHEN " + isOneOf(x, missing) + " THEN " + x + " ELSE " + hashExpr(x) + " END"
	}
	return x
}

// The units in which numbers and times may be counted, by the field's own unit.
var (
	durationUnits = map[string]string{"seconds": "1", "minutes": "60", "hours": "3600", "milliseconds": "0.001"}
	byteUnits     = map[string]string{"bytes": "1", "kilobytes": "1e3", "megabytes": "1e6", "gigabytes": "1e9"}
	moneyUnits    = map[string]string{"whole": "1", "cents": "0.01"}
	epochUnits    = map[string]string{"seconds": "1e6", "milliseconds": "1e3", "microseconds": "1", serialUnit: ""}
)

// units are those of a field, or nil when it is counted in none.
func (f Field) units() map[string]string {
	switch {
	case f.sort == timeField:
		return epochUnits
	case f.sort == numberField && f.Name == "seconds":
		return durationUnits
	case f.sort == numberField && slices.Contains([]string{"bytes", "bytes_up", "bytes_down"}, f.Name):
		return byteUnits
	case f.sort == numberField && slices.Contains([]string{"price", "amount", "revenue"}, f.Name):
		return moneyUnits
	}
	return nil
}

// scaled is SQL of a number in the field's own unit. A missed call's -1 stays.
func (f Field) scaled(x, unit string) string {
	factor, ok := f.units()[unit]
	switch {
	case !ok || factor == "1":
		return x
	case f.sort == timeField:
		return x
	case f.Name == "seconds":
		return fmt.Sprintf("CASE WHEN try_cast(%[1]s AS DOUBLE) = -1 THEN -1 ELSE try_cast(%[1]s AS DOUBLE) * %[2]s END", x, factor)
	}
	if !f.money() {
		return fmt.Sprintf("(try_cast(%s AS DOUBLE) * %s)", x, factor)
	}
	return fmt.Sprintf("(try_cast(%s AS DECIMAL(18,4)) * CAST(%s AS DECIMAL(3,2)))", x, factor)
}

// personal says whether the ids of a field are those of people.
func (k Kind) personal(f Field) bool {
	return slices.Contains(k.people(), f.Name) || f.Name == "subscriber" || f.Name == "other" || f.Name == "guest"
}
