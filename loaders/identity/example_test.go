package identity_test

import (
	"context"
	"fmt"

	"kith/loaders/identity"
)

// Three records of two people, weighed by a model that was learned before.
func Example() {
	records := identity.Records{
		IDs: []string{"crm-1", "shop-7", "web-3"},
		Fields: []identity.Field{
			{Name: "name", Kind: identity.FullName, Columns: [][]string{{"Grace Kelly", "KELLY, Grace", "Logan Murphy"}}},
			{Name: "phone", Kind: identity.Phone, Columns: [][]string{{"020 7946 0958", "+44 20 7946 0958", "07700 900123"}}},
		},
	}
	model := &identity.Model{Lambda: 1. / 64, Fields: []identity.FieldModel{
		{Name: "name", Kind: identity.FullName, M: [6]float64{0, .8, .1, .04, .01, .05}, U: [6]float64{0, .01, .01, .01, .01, .96}},
		{Name: "phone", Kind: identity.Phone, M: [6]float64{0, .5, .1, .05, .01, .34}, U: [6]float64{0, .01, .01, .01, .01, .96}},
	}}
	r, err := identity.Resolve(context.Background(), records, identity.Options{Region: "GB", Model: model})
	if err != nil {
		fmt.Println(err)
		return
	}
	for k := range uint32(r.Len()) {
		fmt.Println(r.ID(k), len(r.MembersOf(k)))
	}
	// Output:
	// crm-1 2
	// web-3 1
}
