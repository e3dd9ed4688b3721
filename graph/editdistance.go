package graph

// EditDistance is the least number of characters to change, leave out or put in to
// make one name of another (Levenshtein 1966), by which a misspelt one is found. It
// takes O(n·m) time and O(m) memory for names of n and m characters.
func EditDistance(one, other string) int {
	a, b := []rune(one), []rune(other)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		before := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := before
			if x != y {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
