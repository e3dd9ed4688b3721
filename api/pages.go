package api

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kith/graph"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates of what people see, and a hash over all of them.
type pages struct {
	templates map[string]*template.Template
	style     []byte
	icon      []byte
	hash      string
}

func newPages() (*pages, error) {
	files, err := fs.Sub(pageFiles, "pages")
	if err != nil {
		return nil, fmt.Errorf("open the pages: %w", err)
	}
	p := &pages{templates: make(map[string]*template.Template)}
	sum := sha256.New()
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	for _, entry := range entries {
		text, err := fs.ReadFile(files, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read a page: %w", err)
		}
		sum.Write(text)
		name, isPage := strings.CutSuffix(entry.Name(), ".html")
		switch {
		case entry.Name() == "style.css":
			p.style = text
		case entry.Name() == "icon.svg":
			p.icon = text
		case isPage && name != "frame":
			t, err := template.New(name).Funcs(pageFuncs).ParseFS(files, "frame.html", entry.Name())
			if err != nil {
				return nil, fmt.Errorf("parse a page: %w", err)
			}
			p.templates[name] = t
		}
	}
	p.hash = hex.EncodeToString(sum.Sum(nil)[:6])
	return p, nil
}

// contentPolicy lets a page load its own style sheet and pictures, send forms to
// this server, and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// render writes a page whole or not at all.
func (p *pages) render(w http.ResponseWriter, status int, name string, data any) error {
	var b bytes.Buffer
	if err := p.templates[name].ExecuteTemplate(&b, "frame", data); err != nil {
		return fmt.Errorf("render the page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Referrer-Policy", "no-referrer") // addresses have ids of customers
	w.WriteHeader(status)
	_, err := b.WriteTo(w)
	return err
}

// frame is what every page has.
type frame struct{ Title, Style, Result, Version string }

// Frame lets templates reach it through any page.
func (f frame) Frame() frame { return f }

type problemPage struct {
	frame
	Problem Problem
}

var pageFuncs = template.FuncMap{
	"path":    url.PathEscape,
	"percent": percent,
	"sure": func(p *float64) string {
		if *p > .9995 { // never 100 %
			return "over 99.9 %"
		}
		return percent(*p)
	},
	"percentOf": func(share *float64) string { return percent(*share) },
	"money":     money,
	"decimals":  decimals,
	"count":     func(n int) string { return grouped(strconv.Itoa(n)) },
	"count64":   func(n int64) string { return grouped(strconv.FormatInt(n, 10)) },
	"days":      func(n *float64) string { return graph.Counted(int(math.Round(*n)), "day") },
	"counted":   graph.Counted[int],
	"counted64": graph.Counted[int64],
	"agree":     graph.Agree[int],
	"cancelled": CancelledLines,
	"day": func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.DateOnly)
	},
	"moment": moment,
}

// percent shows a share with one decimal.
func percent(share float64) string {
	return strconv.FormatFloat(100*share, 'f', 1, 64) + "\u00a0%"
}

// money shows an amount with its currency, if that is known, in whole units
// from a thousand on.
func money(amount float64, currency string) string {
	digits := 2
	if amount >= 1000 || amount <= -1000 {
		digits = 0
	}
	text := grouped(strconv.FormatFloat(amount, 'f', digits, 64))
	if currency != "" {
		text += "\u00a0" + currency
	}
	return text
}

// decimals shows a figure with three digits that count.
func decimals(figure any) string {
	switch f := figure.(type) {
	case *float64:
		return strconv.FormatFloat(*f, 'f', 2, 64)
	case float64:
		if f >= 100 || f <= -100 || f == float64(int(f)) {
			return grouped(strconv.FormatFloat(f, 'f', 0, 64))
		}
		return strconv.FormatFloat(f, 'g', 3, 64)
	}
	return fmt.Sprint(figure)
}

// grouped puts a comma between each three digits before the point.
func grouped(number string) string {
	whole, rest, point := strings.Cut(number, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + rest
	}
	return sign + whole
}

// moment shows a time for a person, empty when it is not known.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// bar is a small bar of a share of the whole.
type bar struct {
	Width string
	Class string
}

// barOf draws part of whole; high marks it.
func barOf(part, whole float64, high bool) bar {
	width := 0.0
	if whole > 0 {
		width = 100 * max(0, min(part/whole, 1))
	}
	b := bar{Width: strconv.FormatFloat(width, 'f', 1, 64)}
	if high {
		b.Class = "high"
	}
	return b
}
