package duckstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"
)

// Mark is what stands for an id in privacy.forgotten.
func Mark(salt, id string) string {
	sum := sha256.Sum256([]byte(salt + id))
	return hex.EncodeToString(sum[:])
}

// mark notes the marks of ids.
func mark(ctx context.Context, conn *sql.Conn, ids []string) error {
	salt, err := makeSalt(ctx, conn)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := conn.ExecContext(ctx, query("forget_mark"), Mark(salt, id)); err != nil {
			return err
		}
	}
	return nil
}

// Salt is the secret of the data folder that marks are made with. The first call makes
// it; it never changes.
func (s *Store) Salt(ctx context.Context) (salt string, err error) {
	if err := s.enter(); err != nil {
		return "", err
	}
	salt, err = saltOf(ctx, s.db)
	s.leave()
	if err == nil && salt == "" {
		err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) (err error) {
			salt, err = makeSalt(ctx, conn)
			return err
		})
	}
	if err != nil {
		return "", fmt.Errorf("read the salt of the data folder: %w", s.explain(ctx, err))
	}
	return salt, nil
}

// makeSalt is saltOf, and makes it where there is none.
func makeSalt(ctx context.Context, conn *sql.Conn) (salt string, err error) {
	if salt, err = saltOf(ctx, conn); err != nil || salt != "" {
		return salt, err
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	salt = hex.EncodeToString(b)
	_, err = conn.ExecContext(ctx, "INSERT INTO privacy.salt VALUES (?)", salt)
	return salt, err
}

func saltOf(ctx context.Context, q queryer) (salt string, err error) {
	rows, err := q.QueryContext(ctx, "SELECT salt FROM privacy.salt")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&salt); err != nil {
			return "", err
		}
	}
	return salt, rows.Err()
}

// AllowAgain takes the marks of ids away, so that their rows are taken in again,
// and says how many there were.
func (s *Store) AllowAgain(ctx context.Context, ids []string) (lifted int64, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		salt, err := saltOf(ctx, conn)
		if err != nil {
			return err
		}
		for _, id := range ids {
			n, err := execRows(ctx, conn, "DELETE FROM privacy.forgotten WHERE mark = ?", Mark(salt, id))
			if err != nil {
				return err
			}
			lifted += n
		}
		return noteRemoval(ctx, conn, "allow", time.Time{}, map[string]int64{"privacy.forgotten": lifted})
	})
	if err != nil {
		return 0, fmt.Errorf("let a person come back: %w", err)
	}
	return lifted, nil
}

// Forgotten returns what tells whether an id is that of a person who asked to be
// forgotten, as of now; nil when nobody did.
func (s *Store) Forgotten(ctx context.Context) (func(id string) bool, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	f, err := ForgottenIn(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read who asked to be forgotten: %w", s.explain(ctx, err))
	}
	return f, nil
}

// ForgottenIn is Forgotten as a connection within an Update sees it.
func ForgottenIn(ctx context.Context, q queryer) (func(id string) bool, error) {
	salt, err := saltOf(ctx, q)
	if err != nil || salt == "" {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, "SELECT mark FROM privacy.forgotten")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	marks := map[string]bool{}
	for rows.Next() {
		var m string
		if err := rows.Scan(&m); err != nil {
			return nil, err
		}
		marks[m] = true
	}
	if err := rows.Err(); err != nil || len(marks) == 0 {
		return nil, err
	}
	return func(id string) bool { return marks[Mark(salt, id)] }, nil
}
