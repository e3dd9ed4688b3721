package graph

import (
	"math"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	tie := Tie{From: "a", To: "b", Weight: 1}
	with := func(change func(*Tie)) Tie {
		t := tie
		change(&t)
		return t
	}
	for _, c := range []struct {
		name string
		err  error
		want string // part of the sentence; empty when nothing is wrong
	}{
		{"customer", Customer{ID: "a\x00'"}.Check(), ""},
		{"customer without id", Customer{}.Check(), "a customer has no id"},
		{"customer not UTF-8", Customer{ID: "\xff"}.Check(), `customer id "\xff" is not UTF-8`},
		{"attributes", Customer{ID: "a", Attributes: "\xff"}.Check(), `the attributes of customer "a"`},
		{"product", Product{ID: "a", Price: -1}.Check(), ""},
		{"product without id", Product{}.Check(), "a product has no id"},
		{"category", Product{ID: "a", Category: "\xff"}.Check(), `the category of product "a"`},
		{"price", Product{ID: "a", Price: math.NaN()}.Check(), `product "a" has the price NaN`},
		{"tie", tie.Check(Called), ""},
		{"smallest weight", with(func(t *Tie) { t.Weight = math.SmallestNonzeroFloat32 }).Check(Called), ""},
		{"largest weight", with(func(t *Tie) { t.Weight = math.MaxFloat32 }).Check(Viewed), ""},
		{"no weight", with(func(t *Tie) { t.Weight = 0 }).Check(Called), `CALLED tie "a" to "b" has the weight 0`},
		{"weight lost in float32", with(func(t *Tie) { t.Weight = 1e-50 }).Check(Called), "weight 1e-50"},
		{"weight beyond float32", with(func(t *Tie) { t.Weight = 1e39 }).Check(Called), "weight 1e+39"},
		{"nobody called", with(func(t *Tie) { t.To = "" }).Check(Called), "CALLED tie: a customer has no id"},
		{"nothing bought", with(func(t *Tie) { t.To = "" }).Check(Bought), "BOUGHT tie: a product has no id"},
		{"nobody bought", with(func(t *Tie) { t.From = "" }).Check(Bought), "BOUGHT tie: a customer has no id"},
		{"amount", with(func(t *Tie) { t.Amount = math.Inf(-1) }).Check(Bought), "the amount -Inf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			switch {
			case c.want == "" && c.err != nil:
				t.Error(c.err)
			case c.want != "" && (c.err == nil || !strings.Contains(c.err.Error(), c.want)):
				t.Errorf("%v, want %s", c.err, c.want)
			}
		})
	}
}
