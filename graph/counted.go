package graph

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Counted is a number of things, as a person writes it: "1 row", "2,345 rows",
// "0 people". Of several words the last is the thing: "1 new row".
func Counted[N int | int64 | uint32 | uint64](n N, thing string) string {
	return message.NewPrinter(language.English).Sprintf("%d ", n) + Agree(n, thing, several(thing))
}

// Agree is the form of a word that goes with a number of things.
func Agree[N int | int64 | uint32 | uint64](n N, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// several is more than one of a thing.
func several(thing string) string {
	stem, y := strings.CutSuffix(thing, "y")
	switch {
	case strings.HasSuffix(thing, "person"):
		return strings.TrimSuffix(thing, "person") + "people"
	case y && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e"):
		return stem + "ies"
	case strings.HasSuffix(thing, "vertex"):
		return strings.TrimSuffix(thing, "ex") + "ices"
	}
	return thing + "s"
}
