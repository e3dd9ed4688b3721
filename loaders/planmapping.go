package loaders

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// mapping is what the receipt tells: the column or literal of each field, and
// how times are read where that is not plain.
func (p *plan) mapping() map[string]string {
	m := map[string]string{}
	put := func(name string, b binding) {
		switch {
		case b.row:
			m[name] = rowNumber
			return
		case b.column < 0:
			m[name] = "'" + strings.ReplaceAll(b.literal, "'", "''") + "'"
			return
		}
		m[name] = p.where(b)
	}
	for name, b := range p.fields {
		put(name, b)
	}
	for _, a := range p.attributes {
		if a.name != p.src.columns[a.column] {
			put(a.name, binding{column: a.column})
		}
	}
	p.treatments(m)
	p.typeList(m)
	if p.alone {
		m["(other columns)"] = "left out"
	}
	if in := p.folders(); in != "" {
		m["(folder)"] = in
	}
	if p.mark != "" {
		m["(map file)"] = p.mark
	}
	for _, s := range p.styles {
		if s.form == slashTime {
			m["(dates)"] = string(s.order)
		}
		if p.zone != "" && p.zone != "UTC" {
			m["(zone)"] = p.zone
		}
	}
	if p.src.charset.enc != nil {
		m["(encoding)"] = p.src.charset.name
	}
	if p.src.query != "" {
		m["(sql)"] = p.src.query
	}
	return m
}

// where is a column, or two, as a mapping names them.
func (p *plan) where(b binding) string {
	if b.clock > 0 {
		text := p.pairPart(b.column) + " + " + p.pairPart(b.clock-1)
		if _, whole := bind(text, p.src.columns); whole {
			text = fmt.Sprintf("%d + %d", b.column+1, b.clock)
		}
		return text
	}
	text := reference(p.src.columns[b.column])
	if first, ok := bind(text, p.src.columns); !ok || first.column != b.column { // another has that name too
		text = strconv.Itoa(b.column + 1)
	}
	return text
}

// pairPart is one column of two.
func (p *plan) pairPart(column int) string {
	text := p.where(binding{column: column})
	if strings.Contains(text, "+") && !strings.HasPrefix(text, `"`) {
		text = `"` + text + `"`
	}
	return text
}

// mappingJSON is the mapping as it is stored, keys in order.
func (p *plan) mappingJSON() (string, error) {
	b, err := json.Marshal(p.mapping())
	return string(b), err
}
