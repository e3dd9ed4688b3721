package simulate

import "slices"

// bySecond copies rows into sorted by their second in [from, to), keeping their
// order within one: a counting sort, O(rows + seconds). places is memory for it;
// both come back to be used again.
func bySecond[T any](sorted, rows []T, places []uint32, from, to int, second func(*T) int) ([]T, []uint32) {
	places = slices.Grow(places[:0], to-from+1)[:to-from+1]
	clear(places)
	for i := range rows {
		places[second(&rows[i])-from+1]++
	}
	for i := range to - from {
		places[i+1] += places[i]
	}
	sorted = slices.Grow(sorted[:0], len(rows))[:len(rows)]
	for i := range rows {
		place := &places[second(&rows[i])-from]
		sorted[*place] = rows[i]
		*place++
	}
	return sorted, places
}
