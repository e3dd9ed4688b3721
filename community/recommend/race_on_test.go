//go:build race

package recommend

// raceEnabled says that the race detector is on, under which sync.Pool forgets
// at random.
const raceEnabled = true
