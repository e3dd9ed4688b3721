package simulate

import "time"

// appendNumber writes n with leading zeros to the given width.
func appendNumber(b []byte, n uint32, width int) []byte {
	at := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := width - 1; i >= 0 && n > 0; i-- {
		b[at+i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// idLength is the length of a customer's id: +999 and eight digits.
const idLength = 12

// appendCustomer writes a customer's id.
func (op *operator) appendCustomer(b []byte, u uint32) []byte {
	return append(b, op.ids[int(u)*idLength:int(u+1)*idLength]...)
}

// appendProduct writes a product's id: P and five digits.
func appendProduct(b []byte, p uint32) []byte { return appendNumber(append(b, 'P'), p, 5) }

// appendCommunity writes a planted community's name: c and six digits.
func appendCommunity(b []byte, c uint32) []byte { return appendNumber(append(b, 'c'), c, 6) }

// appendTime writes a date and a second of that day in ISO 8601.
func appendTime(b, date []byte, second uint32) []byte {
	b = append(b, date...)
	h, m, s := second/3600, second/60%60, second%60
	return append(b, 'T', byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ':',
		byte('0'+s/10), byte('0'+s%10), 'Z')
}

// appendMoney writes cents as a decimal number.
func appendMoney(b []byte, cents uint32) []byte {
	return appendNumber(append(appendCount(b, int64(cents/100)), '.'), cents%100, 2)
}

// appendCount writes a whole number.
func appendCount(b []byte, n int64) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	var digits [20]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return append(b, digits[i:]...)
		}
	}
}

// date writes the days of the simulation.
func (op *operator) date(d int) []byte { return []byte(op.day(d).Format(time.DateOnly)) }

// moment writes a time in seconds after the start.
func (op *operator) moment(b []byte, at int32) []byte {
	return appendTime(b, op.date(int(at/86400)), uint32(at%86400))
}

var (
	nameStarts  = [...]string{"Al", "Bren", "Cor", "Dun", "El", "Fal", "Gar", "Hol", "Ist", "Kel", "Lor", "Mar", "Nor", "Ost", "Pel", "Quen", "Ros", "Sel", "Tor", "Val"}
	nameMiddles = [...]string{"a", "e", "i", "o", "en", "er", "in", "on", "is", "ur"}
	cityEnds    = [...]string{"dale", "ford", "mouth", "stead", "wick", "holm", "gate", "burg", "mere", "ville"}
	cityBefore  = [...]string{"", "New ", "Old ", "East ", "West ", "Upper ", "Lower ", "Great "}
)

// appendCity writes the name of a city; each has its own.
func appendCity(b []byte, k uint32) []byte {
	i := k * 1237 % 2000 // 1237 has no divisor in common with 2000
	b = append(b, cityBefore[k/2000%8]...)
	b = append(b, nameStarts[i%20]...)
	b = append(b, nameMiddles[i/20%10]...)
	b = append(b, cityEnds[i/200]...)
	if more := k / 16000; more > 0 {
		b = appendCount(append(b, ' '), int64(more+1))
	}
	return b
}

// appendRegion writes the name of a region; each has its own.
func appendRegion(b []byte, r uint32) []byte {
	i := r * 77 % 200
	b = append(b, nameStarts[i%20]...)
	b = append(b, nameMiddles[i/20]...)
	b = append(b, "land"...)
	if more := r / 200; more > 0 {
		b = appendCount(append(b, ' '), int64(more+1))
	}
	return b
}
