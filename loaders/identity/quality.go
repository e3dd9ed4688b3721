package identity

// Quality is how well clusters agree with the truth, by pairs of records:
// precision is the share of the pairs put together that belong together, recall
// the share of those that belong together that were put together, F1 their
// harmonic mean. Where there are no pairs to share in, each is 1.
type Quality struct {
	Precision, Recall, F1 float64
	// Found pairs were put together, True ones belong together, Right ones
	// are both.
	Found, True, Right int64
}

// Evaluate compares clusters with the truth: person has who each record is of,
// by its id.
func (c *Clusters) Evaluate(person func(id string) string) Quality {
	var q Quality
	everybody := map[string]int{}
	for k := range uint32(c.Len()) {
		here := map[string]int{}
		members := c.MembersOf(k)
		for _, r := range members {
			here[person(c.IDs.At(r))]++
		}
		for who, n := range here {
			q.Right += pairsOf(n)
			everybody[who] += n
		}
		q.Found += pairsOf(len(members))
	}
	for _, n := range everybody {
		q.True += pairsOf(n)
	}
	q.Precision, q.Recall, q.F1 = 1, 1, 1
	if q.Found > 0 {
		q.Precision = float64(q.Right) / float64(q.Found)
	}
	if q.True > 0 {
		q.Recall = float64(q.Right) / float64(q.True)
	}
	if q.Found+q.True > 0 {
		q.F1 = 2 * float64(q.Right) / float64(q.Found+q.True)
	}
	return q
}
