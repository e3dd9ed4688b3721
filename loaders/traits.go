package loaders

import (
	"slices"
	"strings"
)

// traits say how the file is written.
func (l *loading) traits() []Trait {
	s := l.src
	var out []Trait
	add := func(name, value string) {
		if value != "" {
			out = append(out, Trait{name, value})
		}
	}
	switch {
	case s.query != "":
		add("format", "rows of a query on a DuckDB database")
	case s.parquet:
		add("format", "Parquet")
	case s.lists:
		add("format", "JSON object of lists")
	case s.weblog:
		add("format", "log of a web server")
	case s.graph == graphNodes:
		add("format", "graph in GML, its nodes")
	case s.graph == graphEdges:
		add("format", "graph in GML, its edges")
	case s.d.json != notJSON:
		add("format", "JSON")
	default:
		add("format", "text with columns")
	}
	add("packed", s.packed)
	if !s.parquet {
		encoding := "utf-8"
		if s.charset.enc != nil {
			encoding = s.charset.name
		}
		add("encoding", encoding)
	}
	if !s.parquet && !s.lists && !s.weblog && s.d.json == notJSON {
		add("delimiter", delimName(s.d.delim))
		header := "no"
		if s.header {
			header = "yes"
		}
		add("header", header)
	}
	if l.plan == nil {
		return out
	}
	if l.plan.figures.comma {
		add("decimal", DecimalComma)
	}
	for _, f := range l.plan.kind.Fields() {
		if style, ok := l.plan.styles[f.Name]; ok && style.form == slashTime {
			add("dates", string(style.order))
			break
		}
	}
	if len(l.plan.styles) > 0 && l.plan.zone != "" {
		add("zone", l.plan.zone)
	}
	return out
}

// columnLooks say what each column looks like and becomes.
func (l *loading) columnLooks() []ColumnLook {
	var out []ColumnLook
	for i, name := range l.src.columns {
		values := l.src.values(i)
		id := l.plan != nil && slices.ContainsFunc(l.plan.kind.Fields(), func(f Field) bool {
			b, ok := l.plan.fields[f.Name]
			return ok && b.column == i && f.sort == idField
		})
		c := ColumnLook{Name: name, Looks: looks(l.src, i, values, id), Example: "nothing"}
		for v := range given(values) {
			c.Example = shorten(v)
			break
		}
		if p := l.plan; p != nil {
			var becomes []string
			for _, f := range p.kind.Fields() {
				switch b, ok := p.fields[f.Name]; {
				case ok && b.clock == i+1:
					becomes = append(becomes, f.Name+" (time of day)")
				case ok && b.clock > 0 && b.column == i:
					becomes = append(becomes, f.Name+" (date)")
				case ok && b.column == i:
					becomes = append(becomes, f.Name)
				}
			}
			for _, a := range p.attributes {
				if a.column == i {
					kind := a.kind
					if kind == "" {
						kind = textType
					}
					becomes = append(becomes, "attribute "+a.name+" ("+kind+")")
				}
			}
			c.Becomes = strings.Join(becomes, ", ")
			if p.hashes() {
				c.Example = "(hidden)"
			}
		}
		out = append(out, c)
	}
	return out
}

// looks says what the values of a column look like; a long number that is an id is
// no time.
func looks(s *source, column int, values []string, id bool) string {
	all := func(pass func(string) bool) bool { return allPass(values, pass) }
	switch {
	case noneGiven(values):
		return "empty"
	case s.typed(column) || surelyTime(values) && !id:
		return "times"
	case mostlyThere(values, colonClock.MatchString):
		return "times of day"
	case all(func(v string) bool { return numberLike(v) || money.number.MatchString(v) }):
		return "numbers"
	case all(func(v string) bool { return slices.Contains(truths, strings.ToLower(v)) }):
		return "yes and no"
	}
	return "text"
}
