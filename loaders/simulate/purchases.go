package simulate

import "slices"

// How baskets look: the mean number of lines, the most, and the shares of lines
// that are sold cheaper and that come back some days later.
const (
	linesPerBasket = 2
	mostLines      = 8
	mostBaskets    = 4 // of a customer in a day
	offerShare     = .08
	returnShare    = .02

	shortestDelay, longestDelay = 3, 14 // in days, of what comes back
)

// purchase is a row of purchases.csv.
type purchase struct {
	at                uint32 // second of the day
	customer, product uint32
	quantity          int16 // negative when it comes back
	cents             uint32
	basket            uint64
	back              bool // will come back
}

// buyer writes slices of purchases.csv. Each goroutine has its own.
type buyer struct {
	op     *operator
	rows   []purchase
	sorted []purchase
	places []uint32
	lines  []purchase
}

// slice writes the purchases and returns of one slice of a day, by time. What
// comes back is found by drawing the purchases of an earlier day again.
func (w *buyer) slice(h *sheet, d, part, parts int) {
	op := w.op
	from, to := uint32(86400*part/parts), uint32(86400*(part+1)/parts)
	var beats [longestDelay + 1]rhythm // of today and the days before
	for i := range beats {
		beats[i] = rhythmOf(mixed, int(op.day(d-i).Weekday()), 0, 86400)
	}
	w.rows = w.rows[:0]
	for u := range uint32(op.o.Customers) {
		if op.gone[u] != stays && int(op.gone[u]/86400) < d {
			continue
		}
		w.shop(u, d, &beats[0])
		for _, l := range w.lines {
			if l.at >= from && l.at < to && op.there(u, u, d, l.at) {
				w.rows = append(w.rows, l)
			}
		}
		delay := shortestDelay + int(mix(uint64(u))%(longestDelay-shortestDelay+1)) // a customer's own
		if d < delay {
			continue
		}
		w.shop(u, d-delay, &beats[delay])
		for _, l := range w.lines {
			// It comes back an hour later in the day than it was bought.
			back := l.at + 3600
			if !l.back || back < from || back >= to || !op.there(u, u, d-delay, l.at) || !op.there(u, u, d, back) {
				continue
			}
			l.at, l.quantity = back, -l.quantity
			w.rows = append(w.rows, l)
		}
	}
	w.sorted, w.places = bySecond(w.sorted, w.rows, w.places, int(from), int(to), func(l *purchase) int { return int(l.at) })
	date := op.date(d)
	for i := range w.sorted {
		l := &w.sorted[i]
		at := len(h.text)
		h.text = op.appendPurchase(h.text, l, date)
		h.seen(int64(d)*86400 + int64(l.at))
		if sort := h.end(at); sort != clean {
			op.soilPurchase(h, l, date, sort)
		}
	}
}

// shop draws all that a customer buys in a day, basket after basket, into
// w.lines: always the same for the same customer and day.
func (w *buyer) shop(u uint32, d int, beat *rhythm) {
	op := w.op
	w.lines = w.lines[:0]
	mean := float64(op.lines[u]) / linesPerBasket * beat.weight * op.vigour(u, d)
	s := open(op.o.Seed, forPurchases, uint64(u), uint64(d))
	for n := range min(s.poisson(mean), mostBaskets) {
		at := uint32(beat.second(s.float()))
		basket := (uint64(d)*uint64(op.o.Customers)+uint64(op.number[u]))*mostBaskets + uint64(n)
		first := len(w.lines)
		for len(w.lines)-first < mostLines {
			p := op.choose(&s, u)
			if !slices.ContainsFunc(w.lines[first:], func(l purchase) bool { return l.product == p }) {
				l := purchase{at: at, customer: u, product: p, quantity: 1, cents: op.catalogue.cents[p], basket: basket}
				for l.cents < 5000 && l.quantity < 12 && s.chance(.25) {
					l.quantity++
				}
				if s.chance(offerShare) {
					l.cents = l.cents * 9 / 10
				}
				l.back = s.chance(returnShare)
				w.lines = append(w.lines, l)
			}
			if !s.chance(1 - 1./linesPerBasket) {
				break
			}
		}
	}
}

// appendPurchase writes a good row. A basket that comes back has the number of
// the one it came from with C instead of B.
func (op *operator) appendPurchase(b []byte, l *purchase, date []byte) []byte {
	b = append(op.appendCustomer(b, l.customer), ',')
	b = append(appendProduct(b, l.product), ',')
	b = append(appendTime(b, date, l.at), ',')
	b = append(appendCount(b, int64(l.quantity)), ',')
	b = append(appendMoney(b, l.cents), ',')
	if l.quantity < 0 {
		b = append(b, 'C')
	} else {
		b = append(b, 'B')
	}
	return append(appendCount(b, int64(l.basket)), '\n')
}

// soilPurchase writes a faulty row after the model of a good one.
func (op *operator) soilPurchase(h *sheet, l *purchase, date []byte, sort dirt) {
	switch sort {
	case tooManyFields:
		h.text = op.appendPurchase(h.text, l, date)
		h.text = append(h.text[:len(h.text)-1], ",0,0\n"...)
	case missingFields:
		h.text = append(op.appendCustomer(h.text, l.customer), '\n')
	case emptyField:
		at := len(h.text)
		h.text = op.appendPurchase(h.text, l, date)
		h.text = slices.Delete(h.text, at, at+idLength)
	case impossibleDate:
		h.text = append(op.appendCustomer(h.text, l.customer), ',')
		h.text = append(appendProduct(h.text, l.product), ',')
		h.wrongDate(date, l.at)
		h.text = append(h.text, ",1,9.99,B0\n"...)
	case notANumber:
		h.text = append(op.appendCustomer(h.text, l.customer), ',')
		h.text = append(appendProduct(h.text, l.product), ',')
		h.text = append(appendTime(h.text, date, l.at), ",two,9.99,B0\n"...)
	}
}
