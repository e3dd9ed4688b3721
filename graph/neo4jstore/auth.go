package neo4jstore

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/db"
)

// login hands the driver the name and password to log in with. With a password
// file it looks whether that has changed when the server refuses the password,
// and says so to the driver, which then tries again; a wrong password that stays
// wrong is not tried twice, as Neo4j locks an account after a few of them.
type login struct {
	user, password, file string

	mu    sync.Mutex
	token *neo4j.AuthToken
	// edition counts the passwords that the file has had.
	edition int
}

func (l *login) GetAuthToken(context.Context) (neo4j.AuthToken, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.token == nil {
		token, err := l.read()
		if err != nil {
			return neo4j.AuthToken{}, err
		}
		l.set(token)
	}
	return *l.token, nil
}

func (l *login) read() (neo4j.AuthToken, error) {
	password := l.password
	if l.file != "" {
		text, err := os.ReadFile(l.file)
		if err != nil {
			return neo4j.AuthToken{}, fmt.Errorf("read the password for Neo4j: %w", err)
		}
		password = strings.TrimRight(string(text), "\r\n")
	}
	return neo4j.BasicAuth(l.user, password, ""), nil
}

// renew takes up what the password file says now, and returns a number that
// changes with the password.
func (l *login) renew() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != "" {
		if fresh, err := l.read(); err == nil {
			l.set(fresh)
		}
	}
	return l.edition
}

// current is that number for the password in use.
func (l *login) current() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.edition
}

// set takes up a token, and tells whether it is another one than before.
func (l *login) set(fresh neo4j.AuthToken) bool {
	if l.token != nil && reflect.DeepEqual(fresh.Tokens, l.token.Tokens) {
		return false
	}
	l.token = &fresh
	l.edition++
	return true
}

func (l *login) HandleSecurityException(_ context.Context, refused neo4j.AuthToken, e *db.Neo4jError) (bool, error) {
	if l.file == "" || e.Code != codeUnauthorized {
		return false, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.token != nil && !reflect.DeepEqual(refused.Tokens, l.token.Tokens) {
		return true, nil // another connection has found the new one
	}
	fresh, err := l.read()
	if err != nil {
		return false, err
	}
	l.set(fresh)
	return !reflect.DeepEqual(fresh.Tokens, refused.Tokens), nil
}
