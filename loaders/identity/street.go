package identity

import "strings"

// AddressLine brings a line of an address into a normal form: that of Name, with
// the common words for sorts of streets shortened, as "12 High Street" and "12,
// High St." are the same place. The words are few and those of English, German
// and French; ours.
func AddressLine(s string) string {
	s = Name(s)
	if s == "" {
		return ""
	}
	changed := false
	words := strings.Split(s, " ")
	for i, w := range words {
		if short := shortStreet(w); short != w {
			words[i] = short
			changed = true
		}
	}
	if !changed {
		return s
	}
	return strings.Join(words, " ")
}

func shortStreet(w string) string {
	switch w {
	case "street", "str", "strasse":
		return "st"
	case "road":
		return "rd"
	case "avenue", "av":
		return "ave"
	case "boulevard", "bvd":
		return "blvd"
	case "lane":
		return "ln"
	case "drive":
		return "dr"
	case "court":
		return "ct"
	case "place":
		return "pl"
	case "square":
		return "sq"
	case "crescent":
		return "cres"
	case "terrace":
		return "tce"
	case "circuit":
		return "cct"
	case "close":
		return "cl"
	case "highway":
		return "hwy"
	case "apartment", "apmnt", "appartement":
		return "apt"
	case "village":
		return "vlge"
	case "north":
		return "n"
	case "south":
		return "s"
	case "east":
		return "e"
	case "west":
		return "w"
	}
	if root, ok := strings.CutSuffix(w, "strasse"); ok && root != "" {
		return root + "str"
	}
	return w
}
