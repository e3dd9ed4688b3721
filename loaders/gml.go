package loaders

import (
	"bufio"
	"bytes"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// graphText is how a file in the Graph Modelling Language begins.
var graphText = regexp.MustCompile(`^(\s*((Creator|Version|comment)[^\n]*|#[^\n]*)\n)*\s*graph\s*\[`)

// graphPart is what is read of a graph: its edges, or its nodes where the file is
// to be a table of customers or of products.
type graphPart string

const (
	noGraph    graphPart = ""
	graphEdges graphPart = "edge"
	graphNodes graphPart = "node"
)

// partOf is what a kind takes of a graph.
func partOf(k Kind) graphPart {
	if k == Customers || k == Products {
		return graphNodes
	}
	return graphEdges
}

// gmlReader makes a line of JSON of each edge or node of a graph in GML, on the
// line where that begins; the others become blank lines. A key that comes several
// times has an array, and lists within an edge or a node are left out.
type gmlReader struct {
	in   *bufio.Reader
	part graphPart
	buf  bytes.Buffer
	// depth is how many brackets are open, of which the graph's is the first.
	depth int
	// key is the last key; within says that an edge or a node is open.
	key          string
	within, over bool
	keys         []string
	values       map[string][]string
	// lines are those since the edge or node began, or since the last was
	// written.
	lines int
	// line is that of what was read last, from 1.
	line int64
	err  error
}

func newGMLReader(r io.Reader, part graphPart) *gmlReader {
	return &gmlReader{in: bufio.NewReader(r), part: part, line: 1, values: map[string][]string{}}
}

// Read implements io.Reader.
func (g *gmlReader) Read(to []byte) (int, error) {
	for g.buf.Len() == 0 {
		if g.err != nil {
			return 0, g.err
		}
		g.err = g.step()
	}
	return g.buf.Read(to)
}

// step reads one token.
func (g *gmlReader) step() error {
	token, quoted, err := g.token()
	switch {
	case errors.Is(err, io.EOF) && g.over:
		return io.EOF
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return g.fault("the graph is cut off", "it does not end")
	case err != nil:
		return err
	case g.depth == 0 && (g.over || g.key != "graph"):
		g.key = token // of what stands before and behind the graph only the end is of interest
		return nil
	case quoted && g.key == "":
		return g.fault("the graph has a text where a key should stand", token)
	case !quoted && token == "[":
		return g.open()
	case !quoted && token == "]":
		return g.close()
	case g.key == "":
		g.key = strings.ToValidUTF8(token, "\uFFFD")
		return nil
	}
	if g.within && g.depth == 2 {
		if len(g.values[g.key]) == 0 {
			g.keys = append(g.keys, g.key)
		}
		g.values[g.key] = append(g.values[g.key], gmlValue(token, quoted))
	}
	g.key = ""
	return nil
}

// open begins a list.
func (g *gmlReader) open() error {
	if g.key == "" {
		return g.fault("the graph has a bracket without a key before it", "[")
	}
	if g.depth++; g.depth > 100 {
		return g.fault("the graph has lists within lists", "more than a hundred deep")
	}
	if g.depth == 2 && g.key == string(g.part) {
		g.within = true
		g.flush()
	}
	g.key = ""
	return nil
}

// close ends a list, and writes the edge or node that it was.
func (g *gmlReader) close() error {
	if g.key != "" {
		return g.fault("the graph has a key without a value", g.key)
	}
	if g.depth--; g.depth == 0 {
		g.over = true
	}
	if g.depth != 1 || !g.within {
		return nil
	}
	g.within = false
	g.buf.WriteByte('{')
	for i, key := range g.keys {
		if i > 0 {
			g.buf.WriteByte(',')
		}
		g.buf.WriteString(gmlValue(key, true) + ":")
		if all := g.values[key]; len(all) == 1 {
			g.buf.WriteString(all[0])
		} else {
			g.buf.WriteString("[" + strings.Join(all, ",") + "]")
		}
	}
	g.buf.WriteByte('}')
	if g.lines < 1 { // the next line is given back
		g.buf.WriteByte('\n')
		g.lines--
	}
	g.flush()
	g.keys = g.keys[:0]
	g.values = map[string][]string{}
	return nil
}

// gmlError is a fault of a graph on a line.
type gmlError struct {
	line         int64
	reason, text string
}

// Error implements error.
func (e *gmlError) Error() string { return e.reason + " (" + e.text + ")" }

func (g *gmlReader) fault(reason, text string) error { return &gmlError{g.line, reason, text} }

// flush ends as many lines as were read.
func (g *gmlReader) flush() {
	for ; g.lines > 0; g.lines-- {
		g.buf.WriteByte('\n')
	}
}

// gmlValue is a value as JSON.
func gmlValue(text string, quoted bool) string {
	if !quoted && jsontext.Value(text).Kind() == '0' && jsontext.Value(text).IsValid() {
		return text
	}
	out, err := jsontext.AppendQuote(nil, strings.ToValidUTF8(text, "\uFFFD"))
	if err != nil {
		return `""`
	}
	return string(out)
}

// token reads a key, a value or a bracket.
func (g *gmlReader) token() (text string, quoted bool, err error) {
	c, err := g.next()
	for err == nil && (c <= ' ' || c == '#') {
		if c == '#' {
			for err == nil && c != '\n' {
				c, err = g.next()
			}
			continue
		}
		c, err = g.next()
	}
	if err != nil {
		return "", false, err
	}
	if c == '[' || c == ']' {
		return string(rune(c)), false, nil
	}
	var b []byte
	quoted = c == '"'
	if !quoted {
		b = append(b, c)
	}
	for {
		if !quoted { // what ends a word is left where it is
			ahead, err := g.in.Peek(1)
			if errors.Is(err, io.EOF) || err == nil && (ahead[0] <= ' ' || ahead[0] == '[' || ahead[0] == ']') {
				return string(b), false, nil
			}
		}
		c, err := g.next()
		switch {
		case errors.Is(err, io.EOF):
			return "", false, io.ErrUnexpectedEOF
		case err != nil:
			return "", false, err
		case quoted && c == '"':
			return html.UnescapeString(string(b)), true, nil
		case len(b) == maxRow:
			return "", false, g.fault("a text of the graph is longer than 1 MB", string(b[:20]))
		}
		b = append(b, c)
	}
}

func (g *gmlReader) next() (byte, error) {
	c, err := g.in.ReadByte()
	if c == '\n' && err == nil {
		g.lines++
		g.line++
	}
	return c, err
}
