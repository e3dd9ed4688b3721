package loaders

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"kith/graph"
)

// Salt is the secret that ids are hashed with. It prints as nothing, so that it
// gets into no log and no message.
type Salt struct{ key []byte }

// leastSalt is how many bytes a salt must have: who knows all telephone numbers
// must not be able to try all salts.
const leastSalt = 16

// NewSalt makes a salt of a secret text.
func NewSalt(secret string) (Salt, error) {
	secret = strings.TrimRight(secret, "\r\n")
	if len(secret) < leastSalt {
		return Salt{}, fmt.Errorf("the salt has %d characters, and needs at least %d that nobody can guess: make one with openssl rand -hex 32", len(secret), leastSalt)
	}
	return Salt{[]byte(secret)}, nil
}

// ReadSalt takes the salt from a file, without the line end behind it.
func ReadSalt(path string) (Salt, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Salt{}, fmt.Errorf("read the salt: %w", err)
	}
	s, err := NewSalt(string(text))
	if err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// String, GoString and MarshalText keep the secret.
func (Salt) String() string { return "(secret)" }

// GoString keeps the secret.
func (Salt) GoString() string { return "(secret)" }

// MarshalText keeps the secret.
func (Salt) MarshalText() ([]byte, error) { return []byte("(secret)"), nil }

func (s Salt) none() bool { return len(s.key) == 0 }

// hash is what hashExpr computes.
func (s Salt) hash(text string) string {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

// mark tells one salt from another without telling the salt.
func (s Salt) mark() string { return s.hash("kith: which salt is this?")[:16] }

// pads are the two blocks that HMAC puts before what it hashes (RFC 2104).
func (s Salt) pads() (inner, outer []byte) {
	key := s.key
	if len(key) > sha256.BlockSize {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	inner, outer = make([]byte, sha256.BlockSize), make([]byte, sha256.BlockSize)
	copy(inner, key)
	copy(outer, key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	return inner, outer
}

// hashExpr is SQL for the HMAC-SHA-256 of the text x, in hex. The pads are
// variables of the connection, so that they are in no query and no plan.
func hashExpr(x string) string {
	return "sha256(getvariable('kith_outer') || unhex(sha256(getvariable('kith_inner') || encode(" + x + "))))"
}

// lend lets the queries of a connection hash; the function that it returns takes
// the secret back.
func (s Salt) lend(ctx context.Context, conn *sql.Conn) (back func() error, err error) {
	inner, outer := s.pads()
	for _, v := range []struct {
		set   string
		value []byte
	}{{"SET VARIABLE kith_inner = ?", inner}, {"SET VARIABLE kith_outer = ?", outer}} {
		if _, err := conn.ExecContext(ctx, v.set, v.value); err != nil {
			return nil, errors.New("the salt could not be handed to DuckDB") // without what DuckDB says, which may have it
		}
	}
	return func() error {
		// Also when the load was cancelled.
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "RESET VARIABLE kith_inner; RESET VARIABLE kith_outer")
		if err != nil {
			return fmt.Errorf("forget the salt: %w", err)
		}
		return nil
	}, nil
}

// sealed says whether the store has people whose ids are hashed, so that no other
// ids may stand beside them.
func sealed(ctx context.Context, db querier) (is bool, err error) {
	query, err := render("sealed.sql", nil)
	if err != nil {
		return false, err
	}
	if err := db.QueryRowContext(ctx, query).Scan(&is); err != nil {
		return false, fmt.Errorf("look whether ids are hashed: %w", err)
	}
	return is, nil
}

// sameSalt refuses a salt other than that of earlier imports: the same customer
// would get two ids.
func (s Salt) sameSalt(ctx context.Context, conn *sql.Conn, file string) error {
	id, err := s.other(ctx, conn)
	if err != nil {
		return err
	}
	if id.Valid {
		return &graph.DataError{File: file, Reason: fmt.Sprintf("the salt is another than that of import %d, so the same customer would get another id; give the same salt, load into a data folder of its own, or, where the earlier salt was wrong, take what was loaded with it back (kith load --undo %d)", id.Int64, id.Int64)}
	}
	return nil
}

// other is the first import whose ids are hashed with another salt; it is not valid
// where there is none.
func (s Salt) other(ctx context.Context, db querier) (id sql.NullInt64, err error) {
	query, err := render("salts.sql", nil)
	if err != nil {
		return id, err
	}
	if err := db.QueryRowContext(ctx, query, s.mark()).Scan(&id); err != nil {
		return id, fmt.Errorf("look for another salt: %w", err)
	}
	return id, nil
}
