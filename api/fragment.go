package api

import (
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"

	"kith/graph"
)

// The lists of recommendations are written by hand: they are what a shop asks
// for on every page view. All other answers go through encoding/json.

// appendQuoted appends s as a JSON string.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == 0x7f || c >= utf8.RuneSelf || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(s)
			if err != nil {
				// Every string has a JSON form.
				panic(err)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// pow10 are the powers of ten that appendFixed knows.
var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}

// appendFixed appends f rounded to so many decimals, without zeros at the end.
// It is several times as fast as strconv, and shorter to read. JSON has no word
// for what is not finite, so that becomes 0.
func appendFixed(b []byte, f float64, decimals int) []byte {
	if f < 0 {
		return appendFixed(append(b, '-'), -f, decimals)
	}
	scaled := math.RoundToEven(f * pow10[decimals])
	if !(scaled < 1<<53) {
		if math.IsInf(f, 1) || math.IsNaN(f) {
			return append(b, '0')
		}
		return strconv.AppendFloat(b, f, 'g', -1, 64)
	}
	unit := uint64(pow10[decimals])
	whole, rest := uint64(scaled)/unit, uint64(scaled)%unit
	b = strconv.AppendUint(b, whole, 10)
	if rest == 0 {
		return b
	}
	b = append(b, '.')
	for rest > 0 {
		unit /= 10
		b = append(b, '0'+byte(rest/unit))
		rest %= unit
	}
	return b
}

// appendProduct appends a ProductRef.
func appendProduct(b []byte, id string, p *graph.Product) []byte {
	b = appendQuoted(append(b, `{"id":`...), id)
	if p.Name != "" {
		b = appendQuoted(append(b, `,"name":`...), p.Name)
	}
	if p.Category != "" {
		b = appendQuoted(append(b, `,"category":`...), p.Category)
	}
	if p.Price >= 0 && !math.IsInf(p.Price, 0) {
		b = strconv.AppendFloat(append(b, `,"price":`...), p.Price, 'g', -1, 64)
	}
	return append(b, '}')
}
