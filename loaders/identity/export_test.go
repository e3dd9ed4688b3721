package identity

import "context"

// Reached counts the pairs of one person that the default rules make.
func Reached(ctx context.Context, r Records, region string, person func(id string) string) (int64, error) {
	phones, err := NewPhoneReader(region)
	if err != nil {
		return 0, err
	}
	x, err := newTable(ctx, r, text{phones: phones}, 0)
	if err != nil {
		return 0, err
	}
	b, err := x.block(ctx, DefaultRules(r.Fields), defaultBudget(x.n), 0)
	if err != nil {
		return 0, err
	}
	n := int64(0)
	for _, t := range b.tasks(1 << 20) {
		b.pairs(t, func(p, q uint32) {
			if person(x.ids.At(p)) == person(x.ids.At(q)) {
				n++
			}
		})
	}
	return n, nil
}
