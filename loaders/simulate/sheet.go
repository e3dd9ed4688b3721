package simulate

import "math"

// dirt is a sort of faulty row.
type dirt uint8

// The sorts of faulty rows. No reader can take one for a good row, whatever it
// guesses.
const (
	clean            dirt = iota
	selfCall              // caller and callee are one
	impossibleDate        // the 30th of February, or 25 o'clock
	emptyField            // no callee, customer or id
	missingFields         // the row ends early
	tooManyFields         // two fields more than the header
	negativeDuration      // below -1, which is a missed call
	notANumber            // a quantity in letters
	dirts            = 8
)

var dirtNames = [dirts]string{"", "self-call", "impossible-date", "empty-field", "missing-fields", "too-many-fields", "negative-duration", "not-a-number"}

// Which sorts a file has.
var (
	callDirt     = []dirt{selfCall, impossibleDate, emptyField, missingFields, tooManyFields, negativeDuration}
	purchaseDirt = []dirt{impossibleDate, emptyField, missingFields, tooManyFields, notANumber}
	churnDirt    = []dirt{impossibleDate, emptyField, tooManyFields}
	nodeDirt     = []dirt{emptyField, tooManyFields}
)

// tally counts rows.
type tally struct {
	good, duplicates int64
	dirty            [dirts]int64
}

func (t *tally) add(o *tally) {
	t.good += o.good
	t.duplicates += o.duplicates
	for i := range t.dirty {
		t.dirty[i] += o.dirty[i]
	}
}

// sheet is a part of a file that is being written: rows of text, among which it
// sprinkles faulty rows and repetitions.
type sheet struct {
	text []byte
	tally
	// first and last are the times of the first and last good row, in seconds
	// after the start; last is negative when there is none.
	first, last int64

	s                       stream
	sorts                   []dirt
	dirtyRate, doubleRate   float64
	untilDirty, untilDouble int
	recent                  [64][2]int // where recent good rows begin and end
}

// reset empties the sheet for part number part of file number file.
func (h *sheet) reset(o *Options, file, part int, sorts []dirt) {
	h.text, h.tally, h.first, h.last = h.text[:0], tally{}, 0, -1
	h.s = open(o.Seed, forDirt, uint64(file), uint64(part))
	h.sorts, h.dirtyRate, h.doubleRate = sorts, o.Dirty, o.Duplicates
	h.untilDirty, h.untilDouble = h.gap(h.dirtyRate), h.gap(h.doubleRate)
}

// gap is the number of good rows before the next one of a kind that comes with
// the given rate: geometric.
func (h *sheet) gap(rate float64) int {
	if rate <= 0 {
		return math.MaxInt
	}
	return int(math.Log(1-h.s.float()) / math.Log(1-rate))
}

// end closes a good row that began at the given place. It may then repeat a
// recent row, and says which sort of faulty row the caller should add now.
func (h *sheet) end(from int) dirt {
	h.recent[h.good%64] = [2]int{from, len(h.text)}
	h.good++
	if h.untilDouble--; h.untilDouble < 0 {
		h.untilDouble = h.gap(h.doubleRate)
		row := h.recent[h.s.below(int(min(h.good, 64)))]
		h.text = append(h.text, h.text[row[0]:row[1]]...)
		h.duplicates++
	}
	if h.untilDirty--; h.untilDirty < 0 {
		h.untilDirty = h.gap(h.dirtyRate)
		d := h.sorts[h.s.below(len(h.sorts))]
		h.dirty[d]++
		return d
	}
	return clean
}

// seen notes the time of a good row.
func (h *sheet) seen(at int64) {
	if h.last < 0 {
		h.first = at
	}
	h.first, h.last = min(h.first, at), max(h.last, at)
}

// wrongDate is the date of a faulty row, in place of a good one.
func (h *sheet) wrongDate(date []byte, second uint32) {
	at := len(h.text)
	h.text = appendTime(h.text, date, second)
	if h.s.chance(.5) {
		copy(h.text[at+5:], "02-30")
	} else {
		copy(h.text[at+11:], "25:61")
	}
}
