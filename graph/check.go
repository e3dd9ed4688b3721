package graph

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// Check says what is wrong with a customer that a Source yields.
func (c Customer) Check() error {
	if err := checkID("customer", c.ID); err != nil {
		return err
	}
	return checkText("customer", c.ID, "attributes", c.Attributes)
}

// Check says what is wrong with a product that a Source yields.
func (p Product) Check() error {
	if err := checkID("product", p.ID); err != nil {
		return err
	}
	for _, text := range [...][2]string{{"name", p.Name}, {"category", p.Category}} {
		if err := checkText("product", p.ID, text[0], text[1]); err != nil {
			return err
		}
	}
	if bad(p.Price) {
		return fmt.Errorf("product %.100q has the price %v: give a number, or a negative one when it is not known", p.ID, p.Price)
	}
	return nil
}

// Check says what is wrong with a tie of kind k that a Source yields. A weight
// must stay positive and finite as the float32 that a Graph has.
func (t Tie) Check(k Kind) error {
	to := "product"
	if k == Called {
		to = "customer"
	}
	if err := checkID("customer", t.From); err != nil {
		return fmt.Errorf("%s tie: %w", k, err)
	}
	if err := checkID(to, t.To); err != nil {
		return fmt.Errorf("%s tie: %w", k, err)
	}
	if w := float32(t.Weight); !(w > 0) || math.IsInf(float64(w), 0) {
		return fmt.Errorf("%s tie %.100q to %.100q has the weight %v: it must be above 0 and below 3.4e38", k, t.From, t.To, t.Weight)
	}
	if bad(t.Quantity) || bad(t.Amount) {
		return fmt.Errorf("%s tie %.100q to %.100q has the quantity %v and the amount %v: both must be numbers", k, t.From, t.To, t.Quantity, t.Amount)
	}
	return nil
}

func bad(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

// checkID holds ids to what every store can keep.
func checkID(what, id string) error {
	if id == "" {
		return fmt.Errorf("a %s has no id: each needs one", what)
	}
	if !utf8.ValidString(id) {
		return fmt.Errorf("%s id %.100q is not UTF-8: convert the data to UTF-8", what, id)
	}
	return nil
}

func checkText(what, id, field, text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("the %s of %s %.100q is not UTF-8: convert the data to UTF-8", field, what, id)
	}
	return nil
}
