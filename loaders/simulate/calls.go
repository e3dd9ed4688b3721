package simulate

// How calls go: the share of messages by kind of community, and what follows on
// a missed call and on a message.
var messageShare = [kinds]float64{mixed: .35, business: .15, young: .65}

const (
	missedShare   = .12
	callBackShare = .35
	answerShare   = .45
	eveningLength = 1.3 // of calls from 19:00 on
)

// call is a row of calls.csv.
type call struct {
	at       uint32 // second of the day
	from, to uint32
	seconds  uint16
	kind     callKind
}

// callKind is how a call went.
type callKind uint8

const (
	answered callKind = iota
	missed            // seconds is -1 in the file
	message           // seconds is 0
)

// rowsPerSlice bounds the memory: a day with more rows is cut into slices.
const rowsPerSlice = 300_000

// slices is into how many parts a day is cut for so many rows a day.
func slicesFor(rows float64) int { return min(int(rows/rowsPerSlice)+1, 24*60) }

// caller writes slices of calls.csv. Each goroutine has its own.
type caller struct {
	op      *operator
	lengths *[4096]uint16
	calls   []call
	sorted  []call
	places  []uint32
}

// slice writes the calls of one slice of a day to the sheet, by time.
func (w *caller) slice(h *sheet, d, part, parts int) {
	op := w.op
	from, to := 86400*part/parts, 86400*(part+1)/parts
	weekday := int(op.day(d).Weekday())
	var beats [kinds]rhythm
	for k := range beats {
		beats[k] = rhythmOf(kind(k), weekday, from, to)
	}
	w.calls = w.calls[:0]
	for u := range uint32(op.o.Customers) {
		beat := &beats[op.kinds[op.community[u]]]
		mean := float64(op.rate[u]) * beat.weight / 1.25 // a quarter of the rows are replies
		if op.gone[u] != stays {
			mean *= op.vigour(u, d)
		}
		if mean <= 0 {
			continue
		}
		s := open(op.o.Seed, forCalls, uint64(u), uint64(d*parts+part))
		for range s.poisson(mean) {
			w.place(&s, u, beat, d)
		}
	}
	w.sort(from, to)
	date := op.date(d)
	for i := range w.sorted {
		c := &w.sorted[i]
		at := len(h.text)
		h.text = op.appendCall(h.text, c, date)
		h.seen(int64(d)*86400 + int64(c.at))
		if sort := h.end(at); sort != clean {
			op.soilCall(h, c, date, sort)
		}
	}
}

// place draws one call or message of u, and what comes back.
func (w *caller) place(s *stream, u uint32, beat *rhythm, d int) {
	op := w.op
	row := op.ties.upTo[op.ties.first[u]:op.ties.first[u+1]]
	v := op.ties.who[op.ties.first[u]+uint64(pick(row, s.float()))]
	c := call{at: uint32(beat.second(s.float())), from: u, to: v}
	if !op.there(u, v, d, c.at) {
		return
	}
	after, back := 0, false
	switch {
	case s.chance(messageShare[op.kinds[op.community[u]]]):
		c.kind = message
		after, back = 20+s.below(600), s.chance(answerShare)
	case s.chance(missedShare):
		c.kind = missed
		after, back = 60+s.below(2400), s.chance(callBackShare)
	default:
		c.seconds = w.length(s, c.at)
	}
	w.calls = append(w.calls, c)
	if !back {
		return
	}
	r := call{at: c.at + uint32(after), from: v, to: u}
	if c.kind == message {
		r.kind = message
	}
	if int(r.at) >= beat.to || !op.there(u, v, d, r.at) {
		return
	}
	if r.kind == answered {
		r.seconds = w.length(s, r.at)
	}
	w.calls = append(w.calls, r)
}

// length draws how long a call lasts, in seconds.
func (w *caller) length(s *stream, at uint32) uint16 {
	l := w.lengths[s.below(len(w.lengths))]
	if at >= 19*3600 {
		l = uint16(float64(l) * eveningLength)
	}
	return l
}

// there says whether neither has left by a second of a day.
func (op *operator) there(u, v uint32, d int, second uint32) bool {
	at := int32(d*86400) + int32(second)
	return at < op.gone[u] && at < op.gone[v]
}

// sort orders the calls by time, keeping the order in which they were drawn
// within a second, and drops a second call of a pair in one second: it would
// look like a repeated row.
func (w *caller) sort(from, to int) {
	w.sorted, w.places = bySecond(w.sorted, w.calls, w.places, from, to, func(c *call) int { return int(c.at) })
	kept := w.sorted[:0]
	for _, c := range w.sorted {
		again := false
		for i := len(kept) - 1; i >= 0 && kept[i].at == c.at && !again; i-- {
			again = kept[i].from == c.from && kept[i].to == c.to
		}
		if !again {
			kept = append(kept, c)
		}
	}
	w.sorted = kept
}

// appendCall writes a good row.
func (op *operator) appendCall(b []byte, c *call, date []byte) []byte {
	b = append(op.appendCustomer(b, c.from), ',')
	b = append(op.appendCustomer(b, c.to), ',')
	b = append(appendTime(b, date, c.at), ',')
	switch c.kind {
	case message:
		return append(b, "0,message\n"...)
	case missed:
		return append(b, "-1,voice\n"...)
	}
	return append(appendCount(b, int64(c.seconds)), ",voice\n"...)
}

// soilCall writes a faulty row after the model of a good one.
func (op *operator) soilCall(h *sheet, c *call, date []byte, sort dirt) {
	switch sort {
	case selfCall:
		same := *c
		same.to = c.from
		h.text = op.appendCall(h.text, &same, date)
	case tooManyFields:
		h.text = op.appendCall(h.text, c, date)
		h.text = append(h.text[:len(h.text)-1], ",0,0\n"...)
	case missingFields:
		h.text = append(op.appendCustomer(h.text, c.from), ',')
		h.text = append(op.appendCustomer(h.text, c.to), '\n')
	case emptyField:
		h.text = append(op.appendCustomer(h.text, c.from), ",,"...)
		h.text = append(appendTime(h.text, date, c.at), ",60,voice\n"...)
	case impossibleDate, negativeDuration:
		h.text = append(op.appendCustomer(h.text, c.from), ',')
		h.text = append(op.appendCustomer(h.text, c.to), ',')
		if sort == impossibleDate {
			h.wrongDate(date, c.at)
			h.text = append(h.text, ",60,voice\n"...)
			return
		}
		h.text = append(appendTime(h.text, date, c.at), ',')
		h.text = append(appendCount(h.text, -2-int64(h.s.below(600))), ",voice\n"...)
	}
}
