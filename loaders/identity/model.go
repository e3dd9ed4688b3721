package identity

import "math"

// Model is what is known of matches and of chance: with it a pair of records is
// weighed. Weights are in bits (base 2).
//
// The weight of a pair is, with Fellegi and Sunter (doi:10.1080/01621459.1969.10501049),
//
//	M = log2(λ/(1-λ)) + Σ log2(m_i/u_i) - D,    P = 2^M/(1+2^M)
//
// with λ the chance that two records drawn at random are of the same person, m_i
// the chance of the level that field i is at where they are, u_i where they are
// not. A missing value weighs nothing.
//
// D, which is ours, is for different people who look alike (see Double), as they
// live together or share a name: with s_d the chance of drawing such a pair and
// h_di that of the level in field i,
//
//	D = log2(1 + Σ_d s_d/(1-λ)·(Π_i h_di/u_i - 1))
//
// It is nought where the pair does not look like that, and the rest is then the
// formula of Fellegi and Sunter.
type Model struct {
	// Lambda is λ, in (0,1).
	Lambda float64
	// Fields are in the order of the records' fields.
	Fields []FieldModel
	// Doubles may be empty; their shares and λ add up to less than 1.
	Doubles []Double
	// Iterations of EM, 0 for a model that was given; Pairs, how many pairs
	// it learned from; Converged, whether it came to rest.
	Iterations int
	Pairs      int64
	Converged  bool
}

// FieldModel is what levels are worth in a field. M and U each add up to 1 over
// the levels from Exact to Different.
type FieldModel struct {
	Name string
	Kind Kind
	M, U [levels]float64
	// Least is the smallest u of a single value: one over the number of
	// other records that have the field.
	Least float64
}

// Probability is P of a weight in bits: 2^M/(1+2^M).
func Probability(weight float64) float64 {
	return 1 / (1 + math.Exp2(-weight))
}

// Weight is the weight of a probability in bits: log2(p/(1-p)).
func Weight(probability float64) float64 {
	return math.Log2(probability / (1 - probability))
}

// Prior is the weight of a pair of which nothing is known, in bits.
func (m *Model) Prior() float64 { return Weight(m.Lambda) }

// Weight of a level in bits: log2(m/u). For Exact, count is how many of the
// known records have the value, so that agreeing in Smith is worth less than
// agreeing in Sondergeld. A count of 0 asks for the mean over values. See chance.
func (f *FieldModel) Weight(l Level, count, known int) float64 {
	if l == Missing || l >= levels || f.M[l] <= 0 {
		return 0
	}
	return math.Log2(f.M[l] / f.chance(l, count, known))
}

// chance is u of a level, or of a value: the share of the other records that have
// it, after one more was added that has it, and 1/u in all,
//
//	u_v = (count-2+1) / (known-2+1/u)
//
// The two records themselves are left out, or a value that only they have would
// seem common; what is added keeps small files from saying more of frequencies than
// they know. Ours.
func (f *FieldModel) chance(l Level, count, known int) float64 {
	if l == Exact && count > 1 && known > 1 {
		return float64(count-1) / (float64(known-2) + 1/f.U[Exact])
	}
	return f.U[l]
}

// Doubled is D of a pair, given for each double the sum of its fields' weights.
func (m *Model) Doubled(sums []float64) float64 {
	total := 0.0
	for d := range m.Doubles {
		total += m.Doubles[d].Share / (1 - m.Lambda) * (math.Exp2(sums[d]) - 1)
	}
	return math.Log2(1 + total)
}
