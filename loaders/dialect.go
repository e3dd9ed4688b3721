package loaders

import "bytes"

// dialect is how a delimited text file is written.
type dialect struct {
	// delim stands between fields.
	delim separator
	// cr says that a carriage return alone ends a row.
	cr bool
	// columns is how many fields a row has; 0 lets any number pass.
	columns int
	// row says that the text is one row without its line end, so that a
	// carriage return at its end belongs to it.
	row bool
	// json says that rows are objects, and keys numbers their fields.
	json jsonForm
	keys map[string]int
}

// count is the fault of a row with n fields.
func (d dialect) count(n int) string {
	switch {
	case d.columns == 0 || n == d.columns:
		return ""
	case n > d.columns:
		return faultMany
	}
	return faultFew
}

// blankEdge says whether a field within b may begin or end with a blank. It errs
// on the side of true.
func (d dialect) blankEdge(b []byte) bool {
	for _, blank := range []byte{' ', '\t'} {
		if bytes.IndexByte(b, blank) < 0 {
			continue
		}
		edges, quote := []string{string(d.delim), "\n", "\r", "\""}, ""
		if d.delim == separator(blank) { // only quotes make it a part of a field
			edges, quote = edges[:3], "\""
		}
		opening, closing := quote+string(blank), string(blank)+quote
		if bytes.HasPrefix(b, []byte(opening)) || bytes.HasSuffix(b, []byte(closing)) {
			return true
		}
		for _, edge := range edges {
			if bytes.Contains(b, []byte(edge+opening)) || bytes.Contains(b, []byte(closing+edge)) {
				return true
			}
		}
	}
	return false
}
