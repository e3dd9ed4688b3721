package api

import (
	"encoding/base64"
	"encoding/binary"
)

// A cursor says how many items of one list of one result have been shown. Its 16
// bytes are a hash of the result's version (4), the number (4) and a checksum
// over both and the list (8), in base64url. The checksum tells a cursor that was
// cut short or given to another list from one of a result that has been replaced.
// It is no signature: who forges one gets another page of a list that is open to
// the caller anyway, or an empty one.

const cursorBytes = 16

// fnv1a continues the 64-bit FNV-1a hash h over s.
func fnv1a(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

const fnvStart = 14695981039346656037

// list names what is paged through: the operation, and all of its parameters
// but cursor and limit.
type list struct {
	version string
	sum     uint64
}

func listOf(version, operation string, parameters ...string) list {
	h := fnv1a(fnvStart, operation)
	for _, p := range parameters {
		h = fnv1a(h*1099511628211, p) // the extra step keeps "a","bc" from "ab","c"
	}
	return list{version, h}
}

func (l list) hashes(offset uint32) (version uint32, check uint64) {
	v := fnv1a(fnvStart, l.version)
	version = uint32(v ^ v>>32)
	var b [8]byte
	binary.BigEndian.PutUint32(b[:4], version)
	binary.BigEndian.PutUint32(b[4:], offset)
	return version, fnv1a(l.sum, string(b[:]))
}

// cursor is what takes a client to the item after offset.
func (l list) cursor(offset int) string { return string(l.appendCursor(nil, offset)) }

func (l list) appendCursor(text []byte, offset int) []byte {
	var b [cursorBytes]byte
	version, check := l.hashes(uint32(offset))
	binary.BigEndian.PutUint32(b[:4], version)
	binary.BigEndian.PutUint32(b[4:8], uint32(offset))
	binary.BigEndian.PutUint64(b[8:], check)
	return base64.RawURLEncoding.AppendEncode(text, b[:])
}

// offset reads a cursor; the empty one is the start of the list.
func (l list) offset(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) != cursorBytes {
		return 0, badRequest(ParameterError{"cursor", "is not one that this list gave"})
	}
	offset := binary.BigEndian.Uint32(b[4:8])
	version := binary.BigEndian.Uint32(b[:4])
	if check := fnv1a(l.sum, string(b[:8])); check != binary.BigEndian.Uint64(b[8:]) {
		return 0, badRequest(ParameterError{"cursor", "is not one that this list gave"})
	}
	if now, _ := l.hashes(0); version != now {
		return 0, staleCursor(l.version)
	}
	return int(offset), nil
}

// page cuts [offset, offset+limit) out of n items and gives the cursor of what
// follows, nil at the end.
func (l list) page(cursor string, limit, n int) (from, to int, next *string, err error) {
	offset, err := l.offset(cursor)
	if err != nil {
		return 0, 0, nil, err
	}
	from = min(offset, n)
	to = min(from+limit, n)
	if to < n {
		c := l.cursor(to)
		next = &c
	}
	return from, to, next, nil
}

// limitOr is the number of items asked for, or the default of the contract.
func limitOr(limit, otherwise int) int {
	if limit == 0 {
		return otherwise
	}
	return limit
}

// pageSize is the default of limit in the contract.
const pageSize = 20
